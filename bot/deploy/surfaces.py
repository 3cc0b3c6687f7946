"""What the handlers register and call, found in them rather than written down a second time."""

from __future__ import annotations

import ast
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any, cast

from slack_bolt.app.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

import handlers
from handlers.slack_api.installations import token_of
from services.domain.parsing import parse
from services.usecases import UseCases

_METHODS = frozenset(
    name
    for name, value in vars(AsyncWebClient).items()
    if callable(value) and "_" in name.strip("_") and not name.startswith("_")
)

READING = token_of.__name__
"""Stands for the reading of files, which is no method of the Web API."""
Register = Callable[[AsyncApp], None]


@dataclass(slots=True)
class Surfaces:
    """What people and Slack can reach the handlers by; an app to `register`, which only takes notes.

    A kind of listener that it does not know has no method here, so that none is left out of the manifest in silence.
    """

    events: set[str] = field(default_factory=set[str])
    commands: set[str] = field(default_factory=set[str])
    message_shortcuts: set[str] = field(default_factory=set[str])
    global_shortcuts: set[str] = field(default_factory=set[str])
    interactions: int = 0

    def error(self, listener: Any) -> Any:
        """Not reached by anybody from outside."""
        return listener

    def middleware(self, listener: Any) -> Any:
        """It goes before all listeners, and is none."""
        return listener

    def event(self, name: str) -> Callable[[Any], Any]:
        self.events.add(name)
        return _as_it_is

    def command(self, name: str) -> Callable[[Any], Any]:
        self.commands.add(name)
        return _as_it_is

    def message_shortcut(self, callback_id: str) -> Callable[[Any], Any]:
        self.message_shortcuts.add(callback_id)
        return self._interaction()

    def global_shortcut(self, callback_id: str) -> Callable[[Any], Any]:
        self.global_shortcuts.add(callback_id)
        return self._interaction()

    def action(self, constraint: Any) -> Callable[[Any], Any]:
        del constraint
        return self._interaction()

    def view(self, constraint: Any) -> Callable[[Any], Any]:
        del constraint
        return self._interaction()

    def _interaction(self) -> Callable[[Any], Any]:
        self.interactions += 1
        return _as_it_is


def registered(register: Register | None = None) -> Surfaces:
    """What `register` attaches listeners to; by default, what raygen's own handlers do."""
    found = Surfaces()
    (register or every_listener)(cast("AsyncApp", found))
    return found


def every_listener(app: AsyncApp) -> None:
    """Attach all of raygen's listeners to `app`, with nothing behind them: what they need is asked for once they are called."""
    nothing: Any = None
    none: dict[str, Any] = {each.name: nothing for each in fields(UseCases)}
    cases = UseCases(**none)
    handlers.register(
        app, use_cases=cases, courier=nothing, check=nothing, targets=nothing, authorizer=nothing
    )


def called(folder: Path | None = None) -> set[str]:
    """The methods of Slack's Web API, as the client names them, that the code in a folder calls; by default the handlers'.

    Who takes the token itself (`token_of`) calls something that the client has no method for: it reads files.
    """
    folder = folder or Path(handlers.__file__).parent
    return {name for file in folder.rglob("*.py") for name in calls_in(file.read_text(encoding="utf-8"))}


def calls_in(source: str) -> Iterator[str]:
    """The same of one file."""
    for node in ast.walk(parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in _METHODS:
            yield node.attr
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id == READING:
            yield READING


def _as_it_is(listener: Any) -> Any:
    return listener
