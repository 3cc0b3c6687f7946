"""Whether a snippet is one that Monty answers as CPython does; where it is not sure, it is none.

What Monty lacks it mostly says by an exception, which nobody misses unless the snippet itself catches it. The rest of
this list was found by running both side by side: the order of sets, `round` of halves, what classes may define, regular
expressions, a few functions of `math`.
"""

from __future__ import annotations

import ast
import re

_MODULES = frozenset(
    {
        *("__future__", "bisect", "collections", "copy", "datetime", "decimal"),
        *("functools", "itertools", "json", "math", "random"),
    }
)
_NAMES = frozenset(
    {
        *("hasattr", "getattr", "setattr", "delattr", "vars", "dir", "locals", "globals", "exec", "eval", "compile"),
        *("set", "frozenset", "hash", "id", "iter", "super", "object"),
        *("nan", "gamma", "lgamma", "erf", "erfc", "cbrt", "exp2"),
    }
)  # fmt: skip
_DEFINED = frozenset({"__init__", "__repr__", "__str__"})
_CAUGHT = frozenset({"ZeroDivisionError", "IndexError", "KeyError"})
_KINDS = (
    *(ast.Set, ast.SetComp, ast.TryStar, ast.AsyncFunctionDef, ast.AsyncFor, ast.AsyncWith, ast.Await),
    *(ast.With, ast.Yield, ast.YieldFrom),
)
_OBJECT = re.compile(r"<[A-Za-z_][\w.]* [^<>\n]*>")
_LONG = re.compile(r"-?\d+\.\d+(?:e[+-]?\d+)?")
_DIGITS = 16


def fits(tree: ast.Module) -> bool:
    """Whether Monty may be asked."""
    try:
        return not _Doubts().found(tree)
    except RecursionError:
        return False


def agrees(text: str) -> bool:
    """Whether what Monty shows is what CPython would: no object's own name, no half of a character, no odd last digit."""
    if "\ufffd" in text or _OBJECT.search(text):
        return False
    long = (match[0] for match in _LONG.finditer(text) if len(match[0]) > _DIGITS)
    return all(repr(float(number)) == number for number in long)


class _Doubts(ast.NodeVisitor):
    """Looks for what the two may differ in."""

    def __init__(self) -> None:
        self._depth = 0
        self._doubt = False

    def found(self, tree: ast.Module) -> bool:
        self.visit(tree)
        return self._doubt

    def visit(self, node: ast.AST) -> None:
        self._doubt = self._doubt or isinstance(node, _KINDS)
        if not self._doubt:
            super().visit(node)

    def visit_Import(self, node: ast.Import) -> None:
        self._doubt = any(alias.name not in _MODULES for alias in node.names)

    def visit_ImportFrom(self, node: ast.ImportFrom) -> None:
        names = {alias.name for alias in node.names}
        self._doubt = node.module not in _MODULES or not names.isdisjoint({"*", *_NAMES})

    def visit_Name(self, node: ast.Name) -> None:
        # `round` by itself may be called with digits anywhere.
        self._doubt = node.id in _NAMES or node.id == "round" or _dunder(node.id)

    def visit_Attribute(self, node: ast.Attribute) -> None:
        self._doubt = node.attr in _NAMES or (_dunder(node.attr) and node.attr != "__name__")
        self.generic_visit(node)

    def visit_Call(self, node: ast.Call) -> None:
        alone = len(node.args) == 1 and not node.keywords and not isinstance(node.args[0], ast.Starred)
        if isinstance(node.func, ast.Name) and node.func.id == "round" and alone:
            self.visit(node.args[0])
        else:
            self.generic_visit(node)

    def visit_Constant(self, node: ast.Constant) -> None:
        # Not a number is found in lists by another rule; and `float` reads it from text.
        self._doubt = isinstance(node.value, str) and node.value.strip(" +-").lower() == "nan"

    def visit_Dict(self, node: ast.Dict) -> None:
        # Of the equal keys 1 and True, Monty keeps the last.
        self._doubt = any(isinstance(key, ast.Constant) and isinstance(key.value, bool) for key in node.keys)
        self.generic_visit(node)

    def visit_BinOp(self, node: ast.BinOp) -> None:
        # Sets made of the views of dictionaries.
        sides = (node.left, node.right)
        self._doubt = any(_called(side) in {"keys", "items"} for side in sides)
        self.generic_visit(node)

    def visit_ExceptHandler(self, node: ast.ExceptHandler) -> None:
        kinds = node.type.elts if isinstance(node.type, ast.Tuple) else [node.type]
        known = all(isinstance(kind, ast.Name) and kind.id in _CAUGHT for kind in kinds)
        self._doubt = not known or node.name is not None
        self.generic_visit(node)

    def visit_ClassDef(self, node: ast.ClassDef) -> None:
        self._doubt = bool(node.bases or node.keywords) or not all(map(_plain, node.body))
        self._function(node)

    def visit_FunctionDef(self, node: ast.FunctionDef) -> None:
        self._doubt = _dunder(node.name) and node.name not in _DEFINED
        self._function(node)

    def visit_Return(self, node: ast.Return) -> None:
        self._doubt = self._depth == 0
        self.generic_visit(node)

    def _function(self, node: ast.FunctionDef | ast.ClassDef) -> None:
        self._doubt = self._doubt or bool(node.decorator_list)
        inside = isinstance(node, ast.FunctionDef)
        self._depth += inside
        self.generic_visit(node)
        self._depth -= inside


def _plain(node: ast.stmt) -> bool:
    """What a class may consist of: methods, values, and words about it."""
    if isinstance(node, ast.Assign | ast.AnnAssign | ast.Expr):
        return node.value is None or isinstance(node.value, ast.Constant)
    return isinstance(node, ast.FunctionDef | ast.Pass)


def _called(node: ast.expr) -> str | None:
    """The method that a call is of."""
    return node.func.attr if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute) else None


def _dunder(name: str) -> bool:
    return name.startswith("__") and name.endswith("__")
