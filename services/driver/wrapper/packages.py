"""The packages that a program imports by itself, loaded before or not; what they import in turn is their own matter."""

from __future__ import annotations

import contextlib
import importlib
import importlib.abc
import sys
from collections.abc import Callable
from importlib.machinery import ModuleSpec
from typing import Any

_MACHINERY = ("<frozen importlib", str(importlib.__file__))


def watch_imports(is_program: Callable[[str], bool], note: Callable[[str], None]) -> None:
    """From now on call `note` with the name of each package that code in files that `is_program` knows imports.

    The standard library is none. A package is named at every import, whether it can be found or not; only code that the
    program makes while it runs has no file, and is not seen.
    """

    def imported(module: str) -> None:
        if is_program(_importer()):
            note(module.partition(".")[0])

    watched = _watched(imported)
    for name, module in list(sys.modules.items()):
        # Modules that load lazily may raise anything on attribute access.
        with contextlib.suppress(Exception):
            spec = module.__spec__
            if type(spec) is ModuleSpec and not _standard(name):
                spec.__class__ = watched
    sys.meta_path.insert(0, _Finder(imported, watched))


def _watched(imported: Callable[[str], None]) -> type[ModuleSpec]:
    """A spec that reports each import of its module.

    Importing a loaded module only checks whether its spec is still initializing: the one trace it leaves.
    Replacing `__import__` would work too, but appear in every traceback of a failed import.
    """

    class Watched(ModuleSpec):
        @property
        def _initializing(self) -> bool:
            imported(self.name)
            return bool(self.__dict__.get("_initializing"))

        @_initializing.setter
        def _initializing(self, value: bool) -> None:
            self.__dict__["_initializing"] = value

        def __reduce__(self) -> Any:
            """As the plain spec that it stands for: modules are pickled with theirs when they travel by value."""
            return ModuleSpec, (self.name, self.loader), self.__dict__

    return Watched


class _Finder(importlib.abc.MetaPathFinder):
    """Finds what the others find, and has the next imports of that watched, too."""

    def __init__(self, imported: Callable[[str], None], watched: type[ModuleSpec]) -> None:
        self._imported = imported
        self._watched = watched

    def find_spec(self, name: str, path: Any, target: Any = None) -> ModuleSpec | None:
        if _standard(name):
            return None
        self._imported(name)
        others = [finder for finder in sys.meta_path if finder is not self and hasattr(finder, "find_spec")]
        found = (finder.find_spec(name, path, target) for finder in others)
        spec = next((spec for spec in found if spec is not None), None)
        if type(spec) is ModuleSpec:
            spec.__class__ = self._watched
        return spec


def _importer() -> str:
    """The file of the code whose import it is."""
    frame: Any = sys._getframe(3)  # pyright: ignore[reportPrivateUsage]  # the frame that imports
    while frame is not None and frame.f_code.co_filename.startswith(_MACHINERY):
        frame = frame.f_back
    return frame.f_code.co_filename if frame is not None else ""


def _standard(module: str) -> bool:
    return module.partition(".")[0] in sys.stdlib_module_names or module == "__main__"
