"""Hooks that run once a module has been imported, and functions that stand in for others."""

from __future__ import annotations

import functools
import importlib.abc
import importlib.machinery
import sys
from collections.abc import Callable
from typing import Any


def after_import(hooks: dict[str, Callable[[Any], None]]) -> None:
    """Call each function with its module: now if that is imported already, otherwise as soon as it is."""
    hooks = dict(hooks)
    for name in [name for name in hooks if name in sys.modules]:
        hooks.pop(name)(sys.modules[name])
    sys.meta_path.insert(0, _AfterImport(hooks))


def in_place_of(original: Any, replacement: Callable[..., Any]) -> Any:
    """`replacement` with the name, signature and docstring of `original`."""

    @functools.wraps(original)
    def replaced(*args: Any, **options: Any) -> Any:
        return replacement(*args, **options)

    return replaced


class _AfterImport(importlib.abc.MetaPathFinder):
    """Calls a function with a module as soon as it has been imported."""

    def __init__(self, hooks: dict[str, Callable[[Any], None]]) -> None:
        self._hooks = hooks

    def find_spec(self, name: str, path: Any, target: Any = None) -> Any:
        hook = self._hooks.pop(name, None)
        if hook is None:
            return None
        spec = importlib.machinery.PathFinder.find_spec(name, path, target)
        if spec is not None and spec.loader is not None:
            load = spec.loader.exec_module

            def load_then_hook(module: Any) -> None:
                load(module)
                hook(module)

            spec.loader.exec_module = load_then_hook  # type: ignore[method-assign]
        return spec
