"""What a program imports that the validation environment does not have, found before anything runs."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib.metadata import packages_distributions
from pathlib import Path

from packaging.utils import canonicalize_name

from services.domain import modules
from services.domain.parsing import parse
from services.domain.values import InputFile

_FORGIVING = {"ImportError", "ModuleNotFoundError", "Exception", "BaseException"}
_OURS = "raygen"


def missing(
    code: str, files: Iterable[InputFile] = (), provided: frozenset[str] = frozenset()
) -> tuple[str, ...]:
    """Top-level packages that the program or a module among `files` imports, and that are neither in the standard library nor
    installed nor `provided` nor among `files`, in the order of their imports.

    Imports that the program expects to fail, in a `try` that catches ImportError, are its own affair.
    """
    own = modules.modules(files)
    there = installed() | provided | modules.names(own)
    texts = [code, *(modules.source(file.content) for file in own)]
    wanted = dict.fromkeys(name for text in texts for name in _top_level(text))
    return tuple(name for name in wanted if name not in there)


def used(code: str, files: Iterable[InputFile] = ()) -> tuple[str, ...]:
    """The installed packages, by normalized name, that the program or a module among `files` imports."""
    own = modules.modules(files)
    wanted = {
        name for text in (code, *(modules.source(file.content) for file in own)) for name in _top_level(text)
    }
    return owners(wanted - modules.names(own))


def owners(names: Iterable[str]) -> tuple[str, ...]:
    """The installed packages, by normalized name, that modules come from; `names` are dotted or top-level."""
    top = {name.partition(".")[0] for name in names}
    found = {owner for name in top for owner in _owners().get(name, ())}
    return tuple(sorted({canonicalize_name(owner) for owner in found} - {_OURS}))


def _top_level(code: str) -> Iterator[str]:
    try:
        tree = parse(code)
    except (SyntaxError, ValueError, RecursionError, MemoryError):
        return
    for name in _imported(tree):
        yield name.partition(".")[0]


def provided(path: Path | None) -> frozenset[str]:
    """The top-level packages and modules in a directory that packages were installed into."""
    if path is None:
        return frozenset()
    found = (_module(each) for each in path.iterdir())
    return frozenset(name for name in found if name.isidentifier())


def _module(path: Path) -> str:
    """What a file or directory is imported as; no identifier for what can't be."""
    if path.is_dir():
        return path.name
    plain = path.name.partition(".")[0]
    return plain if path.name.endswith((".py", ".so")) else ""


@cache
def _owners() -> Mapping[str, list[str]]:
    return packages_distributions()


@cache
def installed() -> frozenset[str]:
    """The top-level packages that a sealed program can import; it sees what this process's environment has."""
    packages = {name for name, owners in _owners().items() if set(owners) != {_OURS}}
    return frozenset(packages | sys.stdlib_module_names | {"__future__", "__main__"})


def _imported(tree: ast.AST) -> Iterator[str]:
    """In the order of the text; without recursion, since a program may be nested as deep as its author likes."""
    todo: list[ast.AST] = [tree]
    while todo:
        node = todo.pop()
        match node:
            case ast.Import(names=names):
                yield from (name.name for name in names)
                continue
            case ast.ImportFrom(module=str(module), level=0):
                yield module
                continue
            case ast.Try(handlers=handlers) if any(_forgives(handler) for handler in handlers):
                inner: Iterable[ast.AST] = [*node.handlers, *node.orelse, *node.finalbody]
            case ast.If(test=ast.Name(id="TYPE_CHECKING") | ast.Attribute(attr="TYPE_CHECKING")):
                inner = node.orelse
            case _:
                inner = ast.iter_child_nodes(node)
        todo += reversed([*inner])


def _forgives(handler: ast.ExceptHandler) -> bool:
    kinds = handler.type.elts if isinstance(handler.type, ast.Tuple) else [handler.type]
    return any(kind is None or (isinstance(kind, ast.Name) and kind.id in _FORGIVING) for kind in kinds)
