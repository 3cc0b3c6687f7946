"""What the policy knows of an expression without running it: a name, a text, a number, a rough size."""

from __future__ import annotations

import ast
from dataclasses import dataclass
from enum import Enum, auto
from functools import lru_cache

LONGEST_TEXT = 4096
LONGEST_NAME = 200


class Kind(Enum):
    """What sort of thing a value is, as far as Ray's patterns care."""

    OTHER = auto()
    MUTABLE = auto()
    FUNCTION = auto()
    CLASS = auto()
    REMOTE_FUNCTION = auto()
    ACTOR_CLASS = auto()
    ACTOR = auto()
    REF = auto()
    PUT = auto()


@dataclass(slots=True)
class Definition:
    """A function or class of the program; `remote` may be learned after its definition was seen."""

    node: ast.FunctionDef | ast.AsyncFunctionDef | ast.ClassDef
    owner: Definition | None = None
    marked: bool = False

    @property
    def remote(self) -> bool:
        return self.marked or (self.owner is not None and self.owner.remote)

    @property
    def tiny(self) -> bool:
        """Whether the body is one returned expression that calls nothing: far less work than a task costs."""
        body = self.node.body
        last = body[-1]
        if not isinstance(last, ast.Return) or len(body) > 1 + isinstance(body[0], ast.Expr):
            return False
        work = ast.Call | ast.ListComp | ast.SetComp | ast.DictComp | ast.GeneratorExp | ast.Await
        return last.value is None or not any(isinstance(node, work) for node in ast.walk(last.value))


@dataclass(frozen=True, slots=True)
class Value:
    """What is known of an expression; everything unknown is empty.

    `name` is the dotted origin outside the program: `os.system`, `subprocess.Popen()` for what a call gave,
    `psutil.process_iter()[]` for one of its elements. `text` is a string, or the path of a path object, in
    which an ellipsis stands for an unknown part. `size` counts elements. `node` is the display or call that
    made the value.
    """

    name: str = ""
    text: str | None = None
    number: float | None = None
    size: int = 0
    kind: Kind = Kind.OTHER
    node: ast.expr | None = None
    definition: Definition | None = None

    @property
    def element(self) -> Value:
        """One item of it, as a loop would see it."""
        return named(f"{self.name}[]") if self.name else UNKNOWN

    @property
    def result(self) -> Value:
        """What a call of it gives."""
        return named(f"{self.name}()") if self.name else UNKNOWN

    def attribute(self, attr: str) -> Value:
        return named(f"{self.name}.{attr}") if self.name else UNKNOWN


UNKNOWN = Value()


@lru_cache(maxsize=8192)
def named(name: str) -> Value:
    return Value(name=name) if len(name) <= LONGEST_NAME else UNKNOWN


def worded(text: str, name: str = "") -> Value:
    return Value(name=name, text=text[:LONGEST_TEXT])
