"""Names as Python looks them up: a chain of scopes, each knowing what its names are bound to."""

from __future__ import annotations

import ast
import builtins

from services.policy.values import UNKNOWN, Definition, Value, named

BUILTINS = {name: named(f"builtins.{name}") for name in dir(builtins)}
# The same thing under the name that the rules use.
_CANONICAL = {"posix": "os", "nt": "os", "_pickle": "pickle", "_socket": "socket", "_ctypes": "ctypes"}


class Scope:
    """One module, class, function or comprehension; `definition` is the function or class it belongs to."""

    __slots__ = ("bound", "definition", "globals", "is_class", "parent", "stars")

    def __init__(
        self, parent: Scope | None = None, definition: Definition | None = None, *, is_class: bool = False
    ) -> None:
        self.parent = parent
        self.is_class = is_class
        self.definition = definition or (parent.definition if parent else None)
        self.bound: dict[str, Value] = {}
        self.globals: frozenset[str] = frozenset()
        self.stars: list[str] = parent.stars if parent else []

    @property
    def module(self) -> Scope:
        scope = self
        while scope.parent is not None:
            scope = scope.parent
        return scope

    @property
    def remote(self) -> bool:
        """Whether this code runs in a worker: inside a remote function or an actor's method."""
        return self.definition is not None and self.definition.remote

    @property
    def function(self) -> ast.FunctionDef | ast.AsyncFunctionDef | None:
        node = self.definition.node if self.definition else None
        return None if isinstance(node, ast.ClassDef) else node

    def bind(self, name: str, value: Value) -> None:
        (self.module if name in self.globals else self).bound[name] = value

    def get(self, name: str) -> Value | None:
        """What a name is bound to in the program; None for builtins and the unknown."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.bound.get(name)
            if value is not None:
                return value
            scope = scope.parent
        return None

    def find(self, name: str) -> tuple[Value, Scope] | None:
        """The binding of a name and the scope that holds it; None for builtins and the unknown."""
        scope: Scope | None = self
        while scope is not None:
            value = scope.bound.get(name)
            if value is not None:
                return value, scope
            scope = scope.parent
        return None

    def lookup(self, name: str) -> Value:
        return self.get(name) or BUILTINS.get(name, UNKNOWN)

    def import_module(self, dotted: str, alias: str | None) -> None:
        first = dotted.partition(".")[0]
        self.bind(alias or first, named(canonical(dotted if alias else first)))


def canonical(dotted: str) -> str:
    first, dot, rest = dotted.partition(".")
    return _CANONICAL.get(first, first) + dot + rest
