"""One walk over a program's syntax tree, in the order in which Python binds names.

Bodies of functions come last, when everything at module level is known. The stack is explicit, so that no depth
of nesting exhausts Python's own; a tuple on it is an action, due once everything pushed after it is done.
"""

from __future__ import annotations

import ast
from collections import deque
from collections.abc import Callable, Iterable
from functools import cache
from typing import Any, cast

from services.policy.scopes import Scope
from services.policy.state import State

Handler = Callable[["Walk", Any], None]
_Action = tuple[Callable[..., None], tuple[Any, ...]]
_NO_NODES = frozenset(
    (
        "ctx",
        "op",
        "ops",
        "id",
        "attr",
        "arg",
        "kind",
        "type_comment",
        "name",
        "names",
        "level",
        "annotation",
        "asname",
        "module",
        "returns",
        "conversion",
        "kwd_attrs",
    )
)


@cache
def _fields(kind: type[ast.AST]) -> tuple[str, ...]:
    """The fields that can hold children, last first, since a stack turns them around."""
    if issubclass(kind, ast.Constant | ast.Name):
        return ()
    return tuple(field for field in reversed(kind._fields) if field not in _NO_NODES)


class Walk:
    """The walk's own stack and queue around the state that detectors see."""

    def __init__(self, state: State, handlers: dict[type[ast.AST], Handler]) -> None:
        self.state = state
        self._handlers = handlers
        self._stack: list[ast.AST | _Action] = []
        self._later: deque[tuple[Iterable[ast.AST], Scope]] = deque()

    def run(self, tree: ast.Module) -> None:
        self.push(tree.body)
        self._drain()
        while self._later:
            body, scope = self._later.popleft()
            self.state.scope, self.state.loops, self.state.guards = scope, [], 0
            self.push(body)
            self._drain()

    def _drain(self) -> None:
        stack, handlers = self._stack, self._handlers
        while stack:
            item = stack.pop()
            if isinstance(item, tuple):
                item[0](*item[1])
                continue
            handler = handlers.get(item.__class__)
            if handler:
                handler(self, item)
            else:
                self.children(item)

    def push(self, nodes: Iterable[ast.AST | None]) -> None:
        """Visit `nodes` next, in their order."""
        self._stack.extend(reversed([node for node in nodes if node is not None]))

    def then(self, action: Callable[..., None], *arguments: Any) -> None:
        """Do `action` once everything pushed from here on was visited."""
        self._stack.append((action, arguments))

    def later(self, body: Iterable[ast.AST], scope: Scope) -> None:
        """Visit a function's body when the rest of the program is known."""
        self._later.append((body, scope))

    def children(self, node: ast.AST) -> None:
        stack = self._stack
        for field in _fields(node.__class__):
            child = getattr(node, field, None)
            if isinstance(child, list):
                items = cast("list[ast.AST | None]", child)
                stack += [item for item in reversed(items) if item is not None]
            elif isinstance(child, ast.AST):
                stack.append(child)
