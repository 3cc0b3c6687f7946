# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
# Ray is untyped here, and has no public hook for this.
"""One execution of one program in this process."""

from __future__ import annotations

import ast
import atexit
import builtins
import contextlib
import functools
import os
import resource
import sys
import threading
import time
import traceback
import types
import warnings
from collections.abc import Callable
from typing import Any, NamedTuple

from .artifacts import ArtifactCollector
from .asked import Asked
from .chatter import hush
from .checkpoints import OUTPUTS, point_train_at, set_times
from .early import early_end
from .failures import own_traceback, reasons
from .imports import after_import
from .session import RayConnection
from .shown import Shown
from .tail import Tail
from .text import Facts, flush, shortened, tellable
from .touched import KINDS, TouchRecorder
from .value import facts_of


def execute(path: str, arguments: list[str] | None = None, begin: Callable[[], None] = lambda: None) -> Facts:
    """Run the program at `path` in this process and give its facts; its own output goes where this process's does.

    `begin` is called when all is ready, right before the program's own time starts.
    """
    driver = ProgramDriver(path)
    driver.prepare()
    begin()
    return driver.run(arguments)


class Sealed(NamedTuple):
    """What is different in a seal.

    `logs` is the directory of the workers' logs, where no log monitor of Ray's brings them to the driver; `journal` the
    file into which workers note what they touch; `writable` the directories that can be written to. `on_stop` is
    called, from another thread, with the facts so far when the program is stopped.
    """

    logs: str
    journal: str
    writable: tuple[str, ...]
    on_stop: Callable[[Facts], None]


class ProgramDriver:
    """One execution of one program in this process."""

    def __init__(self, path: str, sealed: Sealed | None = None) -> None:
        self._path = path
        self._program = os.path.abspath(path)
        self._sealed = sealed
        self._asked = Asked(sealed=sealed is not None)
        self._touched = TouchRecorder(
            self._is_own,
            own=os.path.dirname(self._program),
            sealed=sealed.writable if sealed else (),
            journal=sealed.journal if sealed else None,
        )
        self._artifacts = ArtifactCollector(os.path.dirname(self._program))
        self._tail = Tail(sealed.logs) if sealed else None
        self._session = RayConnection(follows=sealed is None)
        self._shown = Shown()

    def prepare(self) -> None:
        """Quiet Ray, and put the program in the place of `__main__`."""
        os.environ.setdefault("MPLBACKEND", "Agg")
        os.environ.setdefault("RAY_DEDUP_LOGS", "0")
        os.environ.setdefault("RAY_COLOR_PREFIX", "0")
        os.environ.setdefault("RAY_DATA_DISABLE_PROGRESS_BARS", "1")
        os.makedirs(OUTPUTS, exist_ok=True)
        set_times(os.path.dirname(self._program))
        warnings.filterwarnings("ignore", module=r"ray\..*")
        sys.argv = [self._path]
        sys.modules["__main__"] = self._module()
        self._session.prepare()
        own = os.path.dirname(self._program)  # ahead of what Ray has put there by now
        sys.path[:] = [own, *(path for path in sys.path if path and os.path.abspath(path) != own)]
        self._touched.prepare()

    def connect(self, *, workers: int = 0) -> None:
        """Connect to Ray ahead of the program, whose own `ray.init` then finds the connection made.

        As many `workers` have then run something for this connection, and are quick to do so again.
        """
        own = sys.path.pop(0)  # which Ray would otherwise hand on to workers twice
        try:
            self._session.connect(workers)
        finally:
            sys.path.insert(0, own)

    def run(self, arguments: list[str] | None = None) -> Facts:
        """Execute the program to its end, threads and exit functions included."""
        sys.argv = [self._path, *(arguments or [])]
        self._asked.begin()
        self._artifacts.begin()
        own = os.path.dirname(self._program)
        after_import(
            {"ray.data": self._prepare_data, "ray.train.constants": functools.partial(point_train_at, own)}
        )
        self._shown.begin()
        self._touched.begin()
        if self._tail:
            self._tail.begin()
        born = os.getpid()
        began, cpu = time.monotonic(), time.process_time()
        facts = self._execute()
        if os.getpid() != born:
            flush()
            os._exit(facts["exit_code"])  # the program forked, and this is its child
        return self._with(facts, lambda: _measured(began, cpu), *self._seen, self._artifacts.facts)

    def _is_own(self, name: str) -> bool:
        """Whether a file holds the program or a module of it."""
        own = os.path.join(os.path.dirname(self._program), "")
        ours = (os.path.join(own, "raygen_driver", ""), os.path.join(own, "launch.py"))
        return name.startswith(own) and name.endswith(".py") and not name.startswith(ours)

    @property
    def _seen(self) -> tuple[Callable[[], Facts], ...]:
        """What it asked of Ray and what it touched."""
        return (self._touched.facts, lambda: self._asked.facts(self._touched.asked), self._beyond)

    def _beyond(self) -> Facts:
        """Outside of a seal nothing observes what its tasks touch in their workers."""
        return {"unknown": list(KINDS) if self._sealed is None and self._asked.any else []}

    def _with(self, facts: Facts, *parts: Callable[[], Facts]) -> Facts:
        """`facts` and those of the parts; what a program has broken is missing, and the rest is there."""
        unknown: list[str] = []
        for part in parts:
            with contextlib.suppress(BaseException):
                found = part()
                unknown += found.pop("unknown", ())
                facts.update(found)
        return {**facts, "unknown": unknown}

    def stop(self) -> None:
        """Report what is known so far; in a seal, and from another thread."""
        assert self._sealed is not None
        flush()
        self._sealed.on_stop({**self._with({"exit_code": 1}, *self._seen), "artifacts": [], "dropped": []})

    def _execute(self) -> Facts:
        facts: Facts = {"exit_code": 0}
        try:
            value = self._run()
            facts.update(facts_of(None if self._artifacts.shows(value) else value, self._shown.table()))
        except SystemExit as stop:
            facts["exit_code"] = _exit_code(stop)
            if not facts["exit_code"]:
                with contextlib.suppress(Exception):
                    facts.update(early_end(stop, self._program))
        except BaseException as error:  # noqa: BLE001  # whatever a program raises is its result
            facts["exit_code"] = 130 if isinstance(error, KeyboardInterrupt) else 1
            facts.update(self._explained(error))
        with contextlib.suppress(BaseException):  # a signal of the program's own may come even now
            self._settle()
        return facts

    def _module(self) -> types.ModuleType:
        module = types.ModuleType("__main__")
        module.__file__ = self._program
        module.__builtins__ = builtins  # type: ignore[attr-defined]
        module.__annotations__ = {}
        module.__dict__["__cached__"] = None
        return module

    def _run(self) -> Any:
        """Execute the file as `__main__`; the value of a last expression, as a notebook would show it."""
        tree = parsed(self._program)
        names = sys.modules["__main__"].__dict__
        last = _last_expression(tree)
        if last is not None:
            del tree.body[-1]
        exec(compile(tree, self._program, "exec", dont_inherit=True), names)  # noqa: S102  # the one place that runs it
        if last is None:
            return None
        code = compile(ast.Expression(last.value), self._program, "eval", dont_inherit=True)
        return eval(code, names)  # noqa: S307  # as above

    def _prepare_data(self, data: Any) -> None:
        hush(data)
        self._shown.watch_data(data)

    def _settle(self) -> None:
        """What the interpreter does at its end, before the facts: threads, exit functions, the workers' last lines."""
        with contextlib.suppress(Exception):
            threading._shutdown()  # type: ignore[attr-defined]  # waits for the program's threads, as at exit
        with contextlib.suppress(Exception):
            self._artifacts.save_figures_left_open()  # matplotlib's own exit function closes them
        if self._tail is not None:
            # The parent process ends the whole cluster; Ray's own farewell takes most of a second.
            self._session.forgo_farewell()
            self._tail.pump()
        flush()  # an exit function may end the process
        with contextlib.suppress(Exception):
            atexit._run_exitfuncs()
        if self._tail is not None:
            self._tail.end()
        flush()

    def _explained(self, error: BaseException) -> Facts:
        """Print the traceback as Python would, and return its cause."""
        if self._tail:
            self._tail.pump()
        own = error.__traceback__ = own_traceback(error.__traceback__, self._program)
        flush()
        # The program's own standard error may be closed or replaced; that must not hide the failure.
        with contextlib.suppress(BaseException):
            traceback.print_exception(type(error), error, own, file=sys.stderr)
        facts = reasons(error, self._program, self._is_own)
        with contextlib.suppress(BaseException):
            lines = traceback.format_exception(type(error), error, own)
            facts["failure"]["traceback"] = shortened(tellable("".join(lines)))
        return facts


def parsed(program: str) -> ast.Module:
    """A program's syntax tree, by its text in UTF-8, as people were shown it: whatever encoding a comment in it declares."""
    with open(program, "rb") as file:
        source = file.read().decode()
    tree = compile(source, program, "exec", ast.PyCF_ONLY_AST, dont_inherit=True)
    assert isinstance(tree, ast.Module)
    return tree


def _measured(began: float, cpu: float) -> Facts:
    return {
        "wall": round(time.monotonic() - began, 4),
        "cpu": round(time.process_time() - cpu, 4),
        "peak_memory": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024,
    }


def _last_expression(tree: ast.Module) -> ast.Expr | None:
    """The last statement if it is an expression; a lone text is a docstring."""
    last = tree.body[-1] if tree.body else None
    if not isinstance(last, ast.Expr):
        return None
    lone_text = len(tree.body) == 1 and isinstance(last.value, ast.Constant)
    return None if lone_text else last


def _exit_code(stop: SystemExit) -> int:
    if stop.code is None or isinstance(stop.code, int):
        return (stop.code or 0) & 0xFF
    with contextlib.suppress(Exception):
        print(stop.code, file=sys.stderr)  # noqa: T201  # as the interpreter does
    return 1
