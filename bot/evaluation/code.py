"""A program as checks see it: what it makes remote, what it calls, by the full names of what it imports."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Self

from services.domain.parsing import parse

_Definition = ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
_REMOTE = "ray.remote"


@dataclass(frozen=True, slots=True)
class Code:
    """What a program defines and calls; empty when it can't be parsed.

    `calls` and `mentions` are dotted names as imported: `r.put` is `ray.put` after `import ray as r`.
    """

    tasks: frozenset[str] = frozenset()
    actors: frozenset[str] = frozenset()
    defined: frozenset[str] = frozenset()
    calls: frozenset[str] = frozenset()
    mentions: frozenset[str] = frozenset()
    options: frozenset[str] = frozenset()
    yields: bool = False

    @classmethod
    def parse(cls, text: str) -> Self:
        try:
            tree = parse(text)
        except (SyntaxError, ValueError, RecursionError):
            return cls()
        nodes = list(ast.walk(tree))
        names = _imported(nodes)
        definitions = [node for node in nodes if isinstance(node, _Definition)]
        remote = set(_remote(nodes, definitions, names))
        classes = {node.name for node in definitions if isinstance(node, ast.ClassDef)}
        calls = [node for node in nodes if isinstance(node, ast.Call)]
        return cls(
            tasks=frozenset(remote - classes),
            actors=frozenset(remote & classes),
            defined=frozenset(node.name for node in definitions),
            calls=frozenset(_dotted(call.func, names) for call in calls) - {""},
            mentions=frozenset(_dotted(node, names) for node in nodes if isinstance(node, ast.expr)) - {""},
            options=frozenset(word.arg for call in calls for word in call.keywords if word.arg),
            yields=any(isinstance(node, ast.Yield | ast.YieldFrom) for node in nodes),
        )


def _remote(nodes: list[ast.AST], definitions: list[_Definition], names: Mapping[str, str]) -> Iterator[str]:
    """Names of what is decorated with `ray.remote`, or wrapped by it in a call."""
    for definition in definitions:
        if any(_makes_remote(decorator, names) for decorator in definition.decorator_list):
            yield definition.name
    for node in nodes:
        if isinstance(node, ast.Call) and _makes_remote(node.func, names):
            yield from (argument.id for argument in node.args if isinstance(argument, ast.Name))


def _makes_remote(node: ast.expr, names: Mapping[str, str]) -> bool:
    """`ray.remote`, or `ray.remote(num_cpus=1)`."""
    return _dotted(node.func if isinstance(node, ast.Call) else node, names) == _REMOTE


def _imported(nodes: list[ast.AST]) -> Mapping[str, str]:
    """What each imported name stands for."""
    found: dict[str, str] = {}
    for node in nodes:
        if isinstance(node, ast.Import):
            found |= {alias.asname: alias.name for alias in node.names if alias.asname}
        elif isinstance(node, ast.ImportFrom) and node.module:
            found |= {alias.asname or alias.name: f"{node.module}.{alias.name}" for alias in node.names}
    return found


def _dotted(node: ast.expr, names: Mapping[str, str]) -> str:
    match node:
        case ast.Name(id=name):
            return names.get(name, name)
        case ast.Attribute(value=value, attr=attribute):
            before = _dotted(value, names)
            return f"{before}.{attribute}" if before else ""
        case _:
            return ""
