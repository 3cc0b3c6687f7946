"""Whether a snippet is one that Monty answers as CPython does; where it is not sure, it is none.

What Monty lacks it mostly says by an exception, which nobody misses unless the snippet itself catches it. The rest of
these lists was found by running both side by side: the order of sets, rounding to digits, what classes may define,
regular expressions, a few functions of `math`.
"""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Callable
from typing import Any

from services.snippets.patterns import is_plain_call, plain

_MODULES = frozenset(
    {
        *("__future__", "bisect", "collections", "copy", "datetime", "decimal"),
        *("functools", "itertools", "json", "math", "random"),
    }
)
_NAMES = frozenset(
    {
        *("hasattr", "getattr", "setattr", "delattr", "vars", "dir", "locals", "globals", "exec", "eval", "compile"),
        *("set", "frozenset", "hash", "id", "iter", "super", "object", "round", "re"),
        *("nan", "gamma", "lgamma", "erf", "erfc", "cbrt", "exp2"),
    }
)  # fmt: skip
# What other text than plain text can come from, of which patterns may find something else.
_BEYOND = frozenset({"chr", "decode", "loads"})
_DEFINED = frozenset({"__init__", "__repr__", "__str__"})
_CAUGHT = frozenset({"ZeroDivisionError", "IndexError", "KeyError"})
_UNORDERED = frozenset({"len", "sorted", "min", "max"})
_NEVER: frozenset[type] = frozenset(
    {
        *(ast.TryStar, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await),
        *(ast.Set, ast.SetComp, ast.With, ast.Yield, ast.YieldFrom),
    }
)
_NEVER_OUTSIDE = _NEVER | {ast.Return}
_NO_NODES = {"ctx", "op", "ops", "id", "attr", "arg", "name", "names", "kind", "conversion", "type_comment"}
_FIELDS: dict[type, tuple[str, ...]] = {
    kind: tuple(field for field in kind._fields if field not in _NO_NODES)
    for kind in vars(ast).values()
    if isinstance(kind, type) and issubclass(kind, ast.AST)
}
_OBJECT = re.compile(r"<[A-Za-z_][\w.-]* [^<>\n]*>")
_LONG = re.compile(r"-?(?<!\d)\d++\.\d++(?:e[+-]?\d++)?")
_DIGITS = 16


def fits(tree: ast.Module) -> bool:
    """Whether Monty may be asked."""
    return _Look(tree).fits()


def agrees(text: str) -> bool:
    """Whether what Monty shows is what CPython would: no object's own name, no half of a character, no odd last digit."""
    if "\ufffd" in text or _OBJECT.search(text):
        return False
    long = (match[0] for match in _LONG.finditer(text) if len(match[0]) > _DIGITS)
    return all(repr(float(number)) == number for number in long)


class _Look:
    """One walk over all nodes, without recursion; `_CHECKS` say of a kind of node whether it may be there.

    A check takes over from the walk: it adds the children of its node that have to be checked to `_todo`.
    """

    def __init__(self, tree: ast.Module) -> None:
        self._todo: list[ast.AST | None] = [tree]
        self._functions: list[ast.AST | None] = []
        self._plain_text = True
        self._patterns = False
        self._sets: set[str] = set()
        self._used: Counter[str] = Counter()
        self._unordered: Counter[str] = Counter()

    def fits(self) -> bool:
        # What functions consist of comes last: `return` is for them alone, and Monty takes it anywhere.
        if not self._walked(_NEVER_OUTSIDE):
            return False
        self._todo = self._functions
        if not self._walked(_NEVER) or (self._patterns and not self._plain_text):
            return False
        return all(self._used[name] == self._unordered[name] for name in self._sets)

    def _walked(self, never: frozenset[type]) -> bool:
        todo, checks = self._todo, _CHECKS
        while todo:
            node = todo.pop()
            kind = type(node)
            if kind in never:
                return False
            check = checks.get(kind)
            if check is None:
                self._below(node)
            elif not check(self, node):
                return False
        return True

    def _below(self, node: ast.AST | None) -> bool:
        todo = self._todo
        for field in _FIELDS.get(type(node), ()):  # () for what is no node
            value = getattr(node, field)
            if type(value) is list:
                todo += value
            elif value is not None:
                todo.append(value)
        return True

    def import_(self, node: ast.Import) -> bool:
        return all(
            alias.name in _MODULES or (alias.name == "re" and not alias.asname) for alias in node.names
        )

    def import_from(self, node: ast.ImportFrom) -> bool:
        return node.module in _MODULES and all(
            alias.name not in _NAMES and alias.name != "*" for alias in node.names
        )

    def name(self, node: ast.Name) -> bool:
        name = node.id
        self._used[name] += type(node.ctx) is not ast.Store
        self._plain_text = self._plain_text and name not in _BEYOND
        return name not in _NAMES and not _dunder(name)

    def attribute(self, node: ast.Attribute) -> bool:
        name = node.attr
        self._todo.append(node.value)
        self._plain_text = self._plain_text and name not in _BEYOND
        return name not in _NAMES and (name == "__name__" or not _dunder(name))

    def constant(self, node: ast.Constant) -> bool:
        # Not a number is found in lists by another rule; and `float` reads it from text.
        value = node.value
        if isinstance(value, str):
            self._plain_text = self._plain_text and plain(value)
            return value.strip(" +-").lower() != "nan"
        self._plain_text = self._plain_text and not isinstance(value, bytes)
        return True

    def call(self, node: ast.Call) -> bool:
        called, arguments = node.func, node.args
        if isinstance(called, ast.Name):
            if called.id == "round":  # see rounding.py
                self._inside(node)
                return not any(isinstance(argument, ast.Starred) for argument in arguments)
            if called.id in _UNORDERED and len(arguments) == 1 and not node.keywords:
                return self._without_order(arguments[0])
        elif is_plain_call(node):
            self._patterns = True
            return self._inside(node)
        return self._below(node)

    def expression(self, node: ast.Expr) -> bool:
        call = node.value
        if isinstance(call, ast.Call) and _called(call) in {"add", "discard"}:
            assert isinstance(call.func, ast.Attribute)
            self._without_order(call.func.value)
            return self._inside(call)
        self._todo.append(call)
        return True

    def compare(self, node: ast.Compare) -> bool:
        if len(node.ops) > 1 or not isinstance(node.ops[0], ast.In | ast.NotIn):
            return self._below(node)
        self._todo.append(node.left)
        return self._without_order(node.comparators[0])

    def assign(self, node: ast.Assign) -> bool:
        target = node.targets[0]
        if len(node.targets) > 1 or not isinstance(target, ast.Name) or not _is_set(node.value):
            return self._below(node)
        self._sets.add(target.id)
        self._todo.append(target)
        return self._without_order(node.value)

    def _without_order(self, node: ast.expr) -> bool:
        """Look at a set, among others, where nothing depends on the order of its members."""
        if isinstance(node, ast.Name):
            self._unordered[node.id] += 1
        if not _is_set(node):
            self._todo.append(node)
            return True
        return self._inside(node) if isinstance(node, ast.Call) else self._below(node)

    def _inside(self, node: ast.Call) -> bool:
        self._todo += node.args
        self._todo += node.keywords
        return True

    def dictionary(self, node: ast.Dict) -> bool:
        # Of the equal keys 1 and True, Monty keeps the last.
        self._below(node)
        return not any(isinstance(key, ast.Constant) and isinstance(key.value, bool) for key in node.keys)

    def operation(self, node: ast.BinOp) -> bool:
        # Sets made of the views of dictionaries.
        self._below(node)
        return not any(_called(side) in {"keys", "items"} for side in (node.left, node.right))

    def handler(self, node: ast.ExceptHandler) -> bool:
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        self._todo += node.body
        return node.name is None and all(isinstance(kind, ast.Name) and kind.id in _CAUGHT for kind in kinds)

    def class_(self, node: ast.ClassDef) -> bool:
        self._todo += node.body
        return not (node.bases or node.keywords or node.decorator_list) and all(map(_plain, node.body))

    def function(self, node: ast.FunctionDef) -> bool:
        self._todo += (node.args, node.returns)
        self._functions += node.body
        return not node.decorator_list and (node.name in _DEFINED or not _dunder(node.name))


# Typed loosely: a node comes to the check of its own kind.
_CHECKS: dict[type, Callable[[_Look, Any], bool]] = {
    ast.Import: _Look.import_,
    ast.ImportFrom: _Look.import_from,
    ast.Name: _Look.name,
    ast.Attribute: _Look.attribute,
    ast.Constant: _Look.constant,
    ast.Call: _Look.call,
    ast.Expr: _Look.expression,
    ast.Compare: _Look.compare,
    ast.Assign: _Look.assign,
    ast.Dict: _Look.dictionary,
    ast.BinOp: _Look.operation,
    ast.ExceptHandler: _Look.handler,
    ast.ClassDef: _Look.class_,
    ast.FunctionDef: _Look.function,
}


def _plain(node: ast.stmt) -> bool:
    """What a class may consist of: methods, values, and words about it."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
        return node.value is None or isinstance(node.value, ast.Constant)
    return isinstance(node, ast.FunctionDef | ast.Pass)


def _is_set(node: ast.expr) -> bool:
    if isinstance(node, ast.Call):
        return isinstance(node.func, ast.Name) and node.func.id == "set"
    return isinstance(node, ast.Set | ast.SetComp)


def _called(node: ast.expr) -> str | None:
    """The method that a call is of."""
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None


def _dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
