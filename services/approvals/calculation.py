"""Whether a program only calculates, so that other numbers can't make it do anything else."""

from __future__ import annotations

import ast
import builtins
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.approvals import harmless as known

_MOST = 20_000
_SHOWN = 60
_OF_OPEN = {"mode", "encoding", "errors", "newline"}
_BUILTINS = frozenset(dir(builtins))

_PARTS = (ast.expr_context, ast.boolop, ast.operator, ast.unaryop, ast.cmpop)
# No module that is allowed has more parts in its name than this, with one for what is used of it.
_DEEPEST = 4


class More(Exception):  # no error: what a program is found to do
    """A program does more than calculate; the argument names what shows that."""


@dataclass(frozen=True, slots=True)
class Calculation:
    """What a program imports under which names, which names it binds besides, and which attributes its classes have."""

    imported: dict[str, set[str]] = field(default_factory=dict[str, set[str]])
    bound: set[str] = field(default_factory=set[str])
    attributes: set[str] = field(default_factory=set[str])

    @classmethod
    def of(cls, tree: ast.Module) -> Calculation:
        self = cls()
        count = 0
        for node in ast.walk(tree):
            count += isinstance(node, ast.Constant)
            if type(node).__name__ not in known.NODES and not isinstance(node, _PARTS):
                raise More(f"`{type(node).__name__.lower()}`")
            self._learn(node)
        if count > _MOST:
            raise More("its length")
        if both := self.bound & self.imported.keys():
            raise More(f"`{min(both)}` in two meanings")
        return self

    def _learn(self, node: ast.AST) -> None:
        match node:
            case ast.Import() | ast.ImportFrom():
                self._learn_import(node)
            case ast.Name(name, ast.Store() | ast.Del()):
                self._bind(name)
            case ast.arg(name) | ast.ExceptHandler(name=str(name)):
                self._bind(name)
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name):
                self._bind("" if name in known.METHODS else name)
            case ast.ClassDef(name, keywords=keywords, body=body):
                self._bind(name)
                if keywords:
                    raise More("a metaclass")
                self.attributes.update(_members(body))
            case ast.Attribute(attr=name, ctx=ast.Store()):
                self.attributes.add(name)
            case _:
                pass

    def _learn_import(self, node: ast.Import | ast.ImportFrom) -> None:
        for each in node.names:
            if isinstance(node, ast.Import):
                name, module = each.asname or each.name.partition(".")[0], each.name
                path = module if each.asname else name
            else:
                name, module = each.asname or each.name, f"{'.' * node.level}{node.module or ''}"
                path = f"{module}.{each.name}"
                if not (_is_symbol(path) or path in known.MODULES):
                    raise More(f"`{path[:_SHOWN]}`")
            if module not in known.MODULES:
                raise More(f"`{module[:_SHOWN]}`")
            self.imported.setdefault(name, set()).add(path)

    def _bind(self, name: str) -> None:
        if name.startswith("__"):
            raise More(f"`{name}`")
        self.bound.add(name)

    def numbers(self, tree: ast.Module) -> list[ast.Constant]:
        """Those that are free, once all of the program is known to be a calculation."""
        found: list[ast.Constant] = []
        # Each node with whether its numbers stay; a list, because programs may be nested deeper than Python's stack.
        todo: list[tuple[ast.AST, bool]] = [(tree, False)]
        while todo:
            node, fixed = todo.pop()
            if isinstance(node, ast.Constant):
                if type(node.value) in {int, float, complex} and not fixed:
                    found.append(node)
            else:
                parts = [(each, fixed or stays) for each, stays in self._parts(node)]
                todo += reversed(parts)
        return found

    def _parts(self, node: ast.AST) -> Iterator[tuple[ast.AST, bool]]:
        """What of a node is still to be looked at, each with whether its numbers stay."""
        match node:
            case ast.Name(name):
                self._check_name(name, node.ctx)
            case ast.Attribute():
                if (root := self._attribute(node)) is not None:
                    yield root, False
            case ast.Call():
                yield from self._call(node)
            case ast.FunctionDef() | ast.AsyncFunctionDef() | ast.ClassDef():
                # `@ray.remote` without arguments asks for nothing.
                bare = {id(each) for each in node.decorator_list if self._path(each) == "ray.remote"}
                yield from ((each, False) for each in ast.iter_child_nodes(node) if id(each) not in bare)
            case ast.JoinedStr():
                yield from ((each, True) for each in ast.iter_child_nodes(node))
            case _:
                yield from ((each, False) for each in ast.iter_child_nodes(node))

    def _check_name(self, name: str, context: ast.expr_context) -> None:
        paths = self.imported.get(name, set())
        if not isinstance(context, ast.Load):
            return
        if any(not _is_symbol(path) or path in known.ASKING for path in paths):
            raise More(f"`{name}` as a value")
        if not paths and name not in known.BUILTINS and (name in _BUILTINS or name not in self.bound):
            raise More(f"`{name}`")

    def _attribute(self, node: ast.Attribute) -> ast.expr | None:
        """What a chain of attributes begins with, where that is still to be looked at."""
        root, names = _chain(node)
        if isinstance(root, ast.Name) and root.id in self.imported:
            path = self._path(node)
            if not path or path in known.ASKING or not isinstance(node.ctx, ast.Load):
                raise More(f"`{'.'.join([root.id, *names])[:_SHOWN]}`")
            return None
        if names[0] == "format" and isinstance(root, ast.Constant):
            names = names[1:]
        for name in names:
            if not (name == "__name__" and isinstance(node.ctx, ast.Load)) and not self._is_harmless(name):
                raise More(f"`.{name[:_SHOWN]}`")
        return root

    def _is_harmless(self, name: str) -> bool:
        if name.startswith(known.PREFIXES) or name in known.NEVER:
            return False
        return name in known.ATTRIBUTES or name in self.attributes

    def _call(self, node: ast.Call) -> Iterator[tuple[ast.AST, bool]]:
        func, path = node.func, self._path(node.func)
        asks = path in known.ASKING
        if isinstance(func, ast.Name) and func.id == "open" and "open" not in self.imported:
            _check_open(node)
        elif isinstance(func, ast.Attribute) and func.attr == "options" and not path:
            asks = True
            yield func.value, False
        elif isinstance(func, ast.Attribute) and func.attr == "to_string" and not path:
            if node.args or not all(each.arg in known.PRINTING for each in node.keywords):
                raise More("`.to_string`")
            yield func.value, False
        elif not asks:
            yield func, False
        written_out = asks and path != "ray.remote"
        for each in node.args:
            if written_out and not _is_plain(each):
                raise More("resources that it computes")
            yield each, written_out
        for keyword in node.keywords:
            stays = asks or keyword.arg in known.RESOURCES
            if stays and (keyword.arg is None or not _is_plain(keyword.value)):
                raise More("resources that it computes")
            yield keyword.value, stays

    def _path(self, node: ast.expr) -> str:
        """What an expression names of an allowed module, such as `math.sqrt`; empty where it is anything else."""
        root, names = _chain(node)
        if not isinstance(root, ast.Name):
            return ""
        paths = {_resolve([*path.split("."), *names]) for path in self.imported.get(root.id, set())}
        return paths.pop() if len(paths) == 1 else ""


def _chain(node: ast.expr) -> tuple[ast.expr, list[str]]:
    """What an expression such as `a.b.c` begins with, and the attributes in their order."""
    names: list[str] = []
    while isinstance(node, ast.Attribute):
        names.append(node.attr)
        node = node.value
    return node, names[::-1]


def _is_symbol(path: str) -> bool:
    module, _, name = path.rpartition(".")
    return name in known.MODULES.get(module, ())


def _resolve(parts: list[str]) -> str:
    for count in range(1, min(len(parts), _DEEPEST) + 1):
        path = ".".join(parts[:count])
        if _is_symbol(path):
            return path if all(part in known.ATTRIBUTES for part in parts[count:]) else ""
    return ""


def _members(body: list[ast.stmt]) -> Iterator[str]:
    for each in body:
        match each:
            case ast.FunctionDef(name) | ast.AsyncFunctionDef(name) | ast.AnnAssign(ast.Name(name)):
                yield name
            case ast.Assign(targets):
                yield from (target.id for target in targets if isinstance(target, ast.Name))
            case _:
                pass


def _is_plain(node: ast.expr) -> bool:
    """Whether it is written out: constants, and lists, tuples and mappings of such."""
    match node:
        case ast.Constant():
            return True
        case ast.UnaryOp(ast.USub(), operand):
            return _is_plain(operand)
        case ast.List(each) | ast.Tuple(each):
            return all(map(_is_plain, each))
        case ast.Dict(keys, each):
            return all(key is not None and _is_plain(key) for key in keys) and all(map(_is_plain, each))
        case _:
            return False


def _check_open(node: ast.Call) -> None:
    """A file of the working directory, named as it is and for reading, is the same whatever the numbers are."""
    given = [*node.args, *(each.value for each in node.keywords)]
    texts = [each.value for each in given if isinstance(each, ast.Constant) and isinstance(each.value, str)]
    modes = {
        each.value.value
        for each in node.keywords
        if each.arg == "mode" and isinstance(each.value, ast.Constant)
    }
    modes.update(texts[1 : len(node.args)][:1])
    fine = len(texts) == len(given) and node.args and all(each.arg in _OF_OPEN for each in node.keywords)
    if not fine or not modes <= {"r", "rb", "rt"} or any(char in texts[0] for char in "/\\"):
        raise More("`open`")
