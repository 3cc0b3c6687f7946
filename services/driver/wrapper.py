"""Runs a program as `__main__` on Ray, quietly, and writes structured facts beside its output.

Usage: `python wrapper.py [--nonce NONCE] PROGRAM [ARGUMENT…]`. The file travels to any Ray cluster in a job's working
directory, so it knows the standard library and Ray only, and keeps to the syntax of Python 3.9.

With a nonce, standard output is framed: a line `\\x1eraygen:NONCE begin` before the program's first byte, and
`\\x1eraygen:NONCE {facts as one line of JSON}` after its last, on a line of its own only if the program ended its last
line. Whoever knows the nonce can separate Ray's preamble, the program's own output (to the byte), and the facts.
In a validation there is no nonce: a forked process calls `Driver` and hands the facts to whoever forked it.

Workers' prints arrive in the program's own streams as they were written, without Ray's `(name pid=…)` before each line.
All that the program prints comes before the facts, threads and exit functions included.

Facts are what the program's own process says of itself. They add to a verdict, which is never taken from them.
Keys: exit_code, value, failure {kind, message, frames [{line, function, source}], inside}, missing_module, infeasible,
wall and cpu (seconds), peak_memory (bytes), tasks {name: count}, resources {name: the most that one task asked for},
touched {files, hosts, processes, environment}, artifacts [{name, media_type, content (base64)}], dropped [sentences].
"""

# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
# Ray and other people's exceptions are untyped here, and Ray has no public hook for what is counted.

from __future__ import annotations

import ast
import atexit
import base64
import builtins
import contextlib
import functools
import importlib.abc
import importlib.machinery
import io
import json
import linecache
import logging
import mimetypes
import os
import re
import resource
import sys
import threading
import time
import traceback
import types
import warnings
from collections.abc import Callable, Iterator
from typing import Any

_RAY = os.path.join(os.path.dirname(importlib.machinery.PathFinder.find_spec("ray").origin or ""), "")  # type: ignore[union-attr]
Facts = dict[str, Any]

OUTPUTS = "outputs"
_ARTIFACT_BYTES = 15 * 1024 * 1024
_ARTIFACTS = 20
_TEXT = 20_000
_LISTED = 50
_INFEASIBLE_GRACE = 3.0
_TAIL_INTERVAL = 0.05
_WARMING = "def warm():\n    import time\n    time.sleep(0.05)\n"
_IMAGES = (".png", ".jpg", ".jpeg", ".gif", ".svg", ".webp")

# The platform chooses cluster and size; a program that names its own runs all the same, where it was approved for.
_CHOSEN = frozenset(
    {
        "address",
        "num_cpus",
        "num_gpus",
        "resources",
        "labels",
        "object_store_memory",
        "object_spilling_directory",
        "enable_resource_isolation",
        "cgroup_path",
        "system_reserved_cpu",
        "system_reserved_memory",
        "local_mode",
        "include_dashboard",
        "dashboard_host",
        "dashboard_port",
        "allow_multiple",
        "_temp_dir",
        "_node_ip_address",
        "_node_name",
        "_memory",
        "_plasma_directory",
        "_driver_object_store_memory",
        "_enable_object_reconstruction",
        "_metrics_export_port",
        "_system_config",
        "_redis_username",
        "_redis_password",
    }
)
# What a connection that was made before the program asked for one need not be made anew for.
_COSMETIC = frozenset(
    {"logging_level", "logging_format", "configure_logging", "ignore_reinit_error", "log_to_driver"}
)


def main(arguments: list[str]) -> int:
    """Execute as a job's entrypoint; the exit status is the program's own."""
    nonce = None
    if arguments and arguments[0] == "--nonce":
        nonce, arguments = arguments[1], arguments[2:]
    frame = f"\x1eraygen:{nonce} " if nonce else None
    if frame:
        _write(f"{frame}begin\n")
    facts = execute(arguments[0], arguments[1:])
    if frame:
        _write(f"{frame}{json.dumps(facts)}\n")
    return int(facts["exit_code"])


def execute(path: str, arguments: list[str] | None = None) -> Facts:
    """Run the program at `path` in this process and give its facts; its own output goes where this process's does."""
    driver = Driver(path)
    driver.prepare()
    return driver.run(arguments)


class Driver:
    """One execution of one program in this process.

    `logs` is the directory of the workers' logs, where no log monitor of Ray's brings them to the driver.
    `on_infeasible` is called, from another thread, with the facts so far when the program has waited some seconds for
    more than the cluster has; without it the program goes on waiting, as it may on a cluster that grows.
    """

    def __init__(
        self, path: str, *, logs: str | None = None, on_infeasible: Callable[[Facts], None] | None = None
    ) -> None:
        self._path = path
        self._program = os.path.abspath(path)
        self._watch = _Watch(self._program, on_infeasible)
        self._tail = _Tail(logs) if logs else None
        self._session = _Session(follows=self._tail is None)

    def prepare(self) -> None:
        """Quiet Ray, and hook whatever tells what the program does."""
        os.environ.setdefault("MPLBACKEND", "Agg")
        os.environ.setdefault("RAY_DEDUP_LOGS", "0")
        os.environ.setdefault("RAY_COLOR_PREFIX", "0")
        os.makedirs(OUTPUTS, exist_ok=True)
        warnings.filterwarnings("ignore", module=r"ray\..*")
        sys.argv = [self._path]
        sys.path[0:0] = [os.path.dirname(self._program)]
        sys.modules["__main__"] = self._module()
        self._session.prepare()

    def connect(self, *, workers: int = 0) -> None:
        """Connect to Ray ahead of the program, whose own `ray.init` then finds the connection made.

        As many `workers` have then run something for this connection, and are quick to do so again.
        """
        self._session.connect(workers)

    def run(self, arguments: list[str] | None = None) -> Facts:
        """Execute the program to its end, threads and exit functions included."""
        sys.argv = [self._path, *(arguments or [])]
        self._watch.begin()
        if self._tail:
            self._tail.begin()
        born = os.getpid()
        began, cpu = time.monotonic(), time.process_time()
        facts = self._execute()
        if os.getpid() != born:
            _flush()
            os._exit(facts["exit_code"])  # the program forked, and this is its child
        facts["wall"] = round(time.monotonic() - began, 4)
        facts["cpu"] = round(time.process_time() - cpu, 4)
        facts["peak_memory"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
        facts.update(self._watch.seen())
        facts.update(self._watch.collected())
        return facts

    def _execute(self) -> Facts:
        facts: Facts = {"exit_code": 0}
        try:
            value = self._run()
            if value is not None:
                facts["value"] = _shortened(repr(value))
        except SystemExit as stop:
            facts["exit_code"] = _exit_code(stop)
        except BaseException as error:  # noqa: BLE001  # whatever a program raises is its result
            facts["exit_code"] = 130 if isinstance(error, KeyboardInterrupt) else 1
            facts.update(self._explained(error))
        self._settle()
        return facts

    def _module(self) -> types.ModuleType:
        module = types.ModuleType("__main__")
        module.__file__ = self._program
        module.__builtins__ = builtins  # type: ignore[attr-defined]
        return module

    def _run(self) -> Any:
        """Execute the file as `__main__`; the value of a last expression, as a notebook would show it."""
        with open(self._program, "rb") as file:
            source = file.read()
        tree = compile(source, self._program, "exec", ast.PyCF_ONLY_AST)
        assert isinstance(tree, ast.Module)
        names = sys.modules["__main__"].__dict__
        last = tree.body[-1] if len(tree.body) > 1 and isinstance(tree.body[-1], ast.Expr) else None
        if last is not None:
            del tree.body[-1]
        exec(compile(tree, self._program, "exec"), names)  # noqa: S102  # this is the one place that runs it
        if last is None:
            return None
        return eval(compile(ast.Expression(last.value), self._program, "eval"), names)  # noqa: S307  # as above

    def _settle(self) -> None:
        """What the interpreter does at its end, before the facts: threads, exit functions, the workers' last lines."""
        with contextlib.suppress(Exception):
            threading._shutdown()  # type: ignore[attr-defined]  # waits for the program's threads, as at exit
        if self._tail is not None:
            # Whoever forked this process ends the whole cluster; Ray's own farewell takes most of a second.
            self._session.forgo_farewell()
        with contextlib.suppress(Exception):
            atexit._run_exitfuncs()
        if self._tail is not None:
            self._tail.end()
        _flush()

    def _explained(self, error: BaseException) -> Facts:
        """Print the traceback as Python would, and tell what is behind it."""
        if self._tail:
            self._tail.pump()
        own = error.__traceback__ = _own_traceback(error.__traceback__, self._program)
        _flush()
        # The program's own standard error may be closed or replaced; that must not hide the failure.
        with contextlib.suppress(Exception):
            traceback.print_exception(type(error), error, own, file=sys.stderr)
        return _reasons(error, _frames(own, self._program), self._program)


class _Session:
    """The program's connection to Ray: quiet, to the cluster that was chosen for it, and perhaps made ahead."""

    def __init__(self, *, follows: bool) -> None:
        self._follows = follows
        self._init: Callable[..., Any] = _nothing
        self._ahead = False

    def prepare(self) -> None:
        import ray
        import ray.exceptions
        from ray._private import worker

        self._init = ray.init
        ray.init = _in_place_of(ray.init, self.init)
        connected, shut_down = ray.is_initialized, ray.shutdown
        ray.is_initialized = _in_place_of(connected, lambda: not self._ahead and connected())
        ray.shutdown = _in_place_of(shut_down, lambda *args, **options: self._shut(shut_down, args, options))
        worker.print_to_stdstream = _print_plainly  # type: ignore[assignment]
        _keep_causes(ray.exceptions.ActorDiedError)

    def connect(self, workers: int) -> None:
        import ray

        self._init(logging_level=logging.WARNING, log_to_driver=False)
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(_WARMING, names)  # noqa: S102  # what is of `__main__` travels to workers by value
        warming = ray.remote(num_cpus=1)(names["warm"])
        ray.get([warming.remote() for _ in range(workers)])
        self._ahead = True

    def init(self, *_address: Any, **options: Any) -> Any:
        """`ray.init` as programs see it."""
        kept = {name: value for name, value in options.items() if name not in _CHOSEN and value is not None}
        kept.setdefault("logging_level", logging.WARNING)
        if not self._follows:
            kept["log_to_driver"] = False
        if not self._ahead:
            return self._init(**kept)
        self._ahead = False
        from ray._private import worker

        if set(kept) - _COSMETIC:
            worker.shutdown()
            return self._init(**kept)
        context = self._init(**{**kept, "ignore_reinit_error": True})
        for hook in getattr(worker, "_post_init_hooks", ()):
            hook()
        return context

    def forgo_farewell(self) -> None:
        from ray._private import worker

        atexit.unregister(worker.shutdown)

    def _shut(self, shut_down: Callable[..., None], args: tuple[Any, ...], options: dict[str, Any]) -> None:
        """`ray.shutdown` as programs see it: without effect before their first `ray.init`."""
        if not self._ahead:
            shut_down(*args, **options)


class _Tail:
    """Brings the workers' prints into the program's streams from the files that Ray has them write."""

    _marks = (":job_id:", ":actor_name:", ":task_name:")

    def __init__(self, logs: str) -> None:
        self._logs = logs
        self._files: dict[str, io.BufferedReader] = {}
        self._partial: dict[str, bytes] = {}
        self._busy = threading.Lock()
        self._ended = threading.Event()

    def begin(self) -> None:
        """Start to follow; what is in the files now is not this program's."""
        for name in self._names():
            self._open(name).seek(0, os.SEEK_END)
        threading.Thread(target=self._follow, name="ray_print_logs", daemon=True).start()

    def end(self) -> None:
        self._ended.set()
        self.pump(last=True)

    def pump(self, *, last: bool = False) -> None:
        with self._busy:
            for name in self._names():
                data = self._partial.pop(name, b"") + self._open(name).read()
                if not data:
                    continue
                whole, newline, rest = data.rpartition(b"\n")
                if last:
                    whole, newline, rest = data, b"", b""
                if rest:
                    self._partial[name] = rest
                self._emit(whole + newline, sys.stderr if name.endswith(".err") else sys.stdout)

    def _follow(self) -> None:
        while not self._ended.wait(_TAIL_INTERVAL):
            with contextlib.suppress(Exception):
                self.pump()

    def _names(self) -> list[str]:
        found = (name for name in os.listdir(self._logs) if name.startswith("worker-"))
        return sorted(name for name in found if name.endswith((".out", ".err")))

    def _open(self, name: str) -> io.BufferedReader:
        file = self._files.get(name)
        if file is None:
            file = self._files[name] = open(os.path.join(self._logs, name), "rb")  # noqa: SIM115
        return file

    def _emit(self, data: bytes, stream: Any) -> None:
        lines = data.decode("utf-8", "replace").splitlines(keepends=True)
        text = "".join(line for line in lines if not line.startswith(self._marks))
        if text:
            with contextlib.suppress(Exception):
                stream.write(text)
                stream.flush()


class _Watch:
    """What is known of a program: what it asks of Ray, what it touches, what it makes."""

    def __init__(self, program: str, on_infeasible: Callable[[Facts], None] | None) -> None:
        self._program = program
        self._on_infeasible = on_infeasible
        self._touched: dict[str, dict[str, None]] = {
            kind: {} for kind in ("files", "hosts", "processes", "environment")
        }
        self._tasks: dict[str, int] = {}
        self._resources: dict[str, float] = {}
        self._infeasible: dict[str, float] = {}
        self._figures: list[tuple[str, bytes]] = []
        self._before: set[str] = set()
        self._depth = threading.local()

    def begin(self) -> None:
        self._before = set(os.listdir(os.path.dirname(self._program)))
        self._prepare_ray()
        sys.meta_path.insert(0, _AfterImport({"matplotlib.pyplot": self._prepare_pyplot}))
        if "matplotlib.pyplot" in sys.modules:
            self._prepare_pyplot(sys.modules["matplotlib.pyplot"])
        self._prepare_environment()
        sys.addaudithook(self._audit)

    def seen(self) -> Facts:
        """What it asked of Ray and what it touched."""
        facts: Facts = {
            "tasks": dict(list(self._tasks.items())[:_LISTED]),
            "resources": self._resources,
            "touched": {kind: list(names)[:_LISTED] for kind, names in self._touched.items()},
        }
        if self._infeasible:
            facts["infeasible"] = self._infeasible
        return facts

    def collected(self) -> Facts:
        """Figures and files as artifacts, as many as fit; the rest is named in `dropped`."""
        with contextlib.suppress(Exception):
            self._save_figures()
        artifacts: list[dict[str, str]] = []
        dropped: list[str] = []
        room = _ARTIFACT_BYTES
        for name, content, size in self._candidates():
            if len(artifacts) == _ARTIFACTS or size > room:
                dropped.append(f"{name} ({size:,} bytes) is too much to bring along")
                continue
            room -= size
            media_type = mimetypes.guess_type(name)[0] or "application/octet-stream"
            encoded = base64.b64encode(content).decode()
            artifacts.append({"name": name, "media_type": media_type, "content": encoded})
        return {"artifacts": artifacts, "dropped": dropped[:_LISTED]}

    def _candidates(self) -> Iterator[tuple[str, bytes, int]]:
        """Name, content and size; the content is cut where it is too much anyway."""
        yield from ((name, content, len(content)) for name, content in self._figures)
        here = os.path.dirname(self._program)
        new = sorted(set(os.listdir(here)) - self._before - {OUTPUTS})
        images = [os.path.join(here, name) for name in new if name.lower().endswith(_IMAGES)]
        outputs = os.path.join(here, OUTPUTS)
        written = [
            os.path.join(folder, name) for folder, _, names in os.walk(outputs) for name in sorted(names)
        ]
        for path in [*images, *sorted(written)]:
            # A link could lead out of the program's own directory.
            if os.path.islink(path) or not os.path.isfile(path):
                continue
            size = os.path.getsize(path)
            with contextlib.suppress(OSError), open(path, "rb") as file:
                yield os.path.basename(path), file.read(min(size, _ARTIFACT_BYTES + 1)), size

    def _prepare_ray(self) -> None:
        import ray.actor
        import ray.remote_function

        function = ray.remote_function.RemoteFunction
        function._remote = self._counted(function._remote, lambda it: it._function_name)
        actor = ray.actor.ActorClass
        actor._remote = self._counted(actor._remote, lambda it: it.__ray_metadata__.class_name)
        method = ray.actor.ActorMethod
        method._remote = self._counted(method._remote, lambda it: it._method_name, asks=False)

    def _counted(self, remote: Any, name_of: Callable[[Any], str], *, asks: bool = True) -> Any:
        @functools.wraps(remote)
        def counted(target: Any, *args: Any, **options: Any) -> Any:
            with contextlib.suppress(Exception):
                name = name_of(target).rsplit(".", 1)[-1]
                self._tasks[name] = self._tasks.get(name, 0) + 1
                if asks:
                    self._ask({**(getattr(target, "_default_options", None) or {}), **options})
            return remote(target, *args, **options)

        return counted

    def _ask(self, options: dict[str, Any]) -> None:
        asked = {
            "CPU": options.get("num_cpus"),
            "GPU": options.get("num_gpus"),
            **(options.get("resources") or {}),
        }
        asked = {name: float(amount) for name, amount in asked.items() if amount}
        for name, amount in asked.items():
            if amount > self._resources.get(name, 0.0):
                self._resources[name] = amount
                self._compare(name, amount)

    def _compare(self, name: str, amount: float) -> None:
        if self._on_infeasible is None or self._infeasible:
            return
        import ray

        if amount > ray.cluster_resources().get(name, 0.0):
            self._infeasible[name] = amount
            timer = threading.Timer(_INFEASIBLE_GRACE, self._give_up)
            timer.daemon = True
            timer.start()

    def _give_up(self) -> None:
        assert self._on_infeasible is not None
        self._on_infeasible({"exit_code": 1, **self.seen(), "artifacts": [], "dropped": []})

    def _prepare_pyplot(self, pyplot: Any) -> None:
        def show(*_: Any, **__: Any) -> None:
            self._save_figures()

        pyplot.show = show

    def _save_figures(self) -> None:
        pyplot = sys.modules.get("matplotlib.pyplot")
        if pyplot is None:
            return
        for number in pyplot.get_fignums():
            buffer = io.BytesIO()
            pyplot.figure(number).savefig(buffer, format="png", bbox_inches="tight")
            self._figures.append((f"figure-{len(self._figures) + 1}.png", buffer.getvalue()))
        pyplot.close("all")

    def _prepare_environment(self) -> None:
        """Reading a variable raises no audit event, so the mapping itself tells of it."""
        watch, plain = self, type(os.environ)

        class Environment(plain):  # type: ignore[misc,valid-type]
            def __getitem__(self, key: Any) -> Any:
                watch._note("environment", str(key)[:200])
                return super().__getitem__(key)

        with contextlib.suppress(TypeError):
            os.environ.__class__ = Environment

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        kind = _AUDITED.get(event)
        if kind is not None:
            self._note(kind, _named(event, args))

    def _note(self, kind: str, name: str) -> None:
        if not name or getattr(self._depth, "busy", False):
            return
        self._depth.busy = True
        try:
            noted = self._touched[kind]
            if len(noted) < _LISTED and self._by_program(kind) and not self._own(kind, name):
                noted[name] = None
        finally:
            self._depth.busy = False

    def _by_program(self, kind: str) -> bool:
        """Whether the program's own code wants it, itself or through a library, and not Ray or an import."""
        frame: Any = sys._getframe(3)
        steps = 4 if kind == "environment" else 100
        while frame is not None and steps:
            name = frame.f_code.co_filename
            if name == self._program:
                return True
            if name.startswith(("<frozen importlib", _RAY)):
                return False
            frame, steps = frame.f_back, steps - 1
        return False

    def _own(self, kind: str, name: str) -> bool:
        if kind != "files":
            return False
        here = os.path.dirname(self._program) + os.sep
        ours = (here, sys.prefix + os.sep, sys.base_prefix + os.sep, "/usr/lib/", "/usr/share/", "/tmp/ray/")  # noqa: S108
        return os.path.abspath(name).startswith(ours)


_AUDITED = {
    "open": "files",
    "os.remove": "files",
    "os.rename": "files",
    "os.listdir": "files",
    "os.scandir": "files",
    "os.mkdir": "files",
    "os.chmod": "files",
    "os.symlink": "files",
    "shutil.rmtree": "files",
    "socket.connect": "hosts",
    "socket.getaddrinfo": "hosts",
    "socket.gethostbyname": "hosts",
    "socket.sendto": "hosts",
    "subprocess.Popen": "processes",
    "os.system": "processes",
    "os.exec": "processes",
    "os.posix_spawn": "processes",
    "os.fork": "processes",
    "os.forkpty": "processes",
    "os.kill": "processes",
    "os.killpg": "processes",
    "os.putenv": "environment",
    "os.unsetenv": "environment",
}


def _named(event: str, args: tuple[Any, ...]) -> str:
    """What the event is about, as a short text."""
    if event in {"os.fork", "os.forkpty"}:
        return "fork"
    if event in {"socket.connect", "socket.sendto"}:
        address = args[1] if len(args) > 1 else ""
        if isinstance(address, tuple):
            return ":".join(str(part) for part in address[:2])
        return str(address)[:200]
    first = args[0] if args else ""
    if event in {"os.kill", "os.killpg"}:
        return f"kill {first}"
    if isinstance(first, bytes):
        first = os.fsdecode(first)
    return str(first)[:200] if isinstance(first, (str, os.PathLike)) else ""


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


def _in_place_of(original: Any, replacement: Callable[..., Any]) -> Any:
    @functools.wraps(original)
    def replaced(*args: Any, **options: Any) -> Any:
        return replacement(*args, **options)

    return replaced


def _nothing(**_: Any) -> None:
    """Stands where `ray.init` will be."""


def _print_plainly(data: dict[str, Any], ignore_prefix: bool = True) -> None:  # noqa: ARG001, FBT001, FBT002  # Ray's
    """Show workers' lines as the workers wrote them."""
    stream = sys.stderr if data["is_err"] else sys.stdout
    stream.write("".join(f"{line}\n" for line in data["lines"]))
    stream.flush()


def _keep_causes(error: Any) -> None:
    """An actor that died in its constructor tells why in its text only; keep the error itself."""
    construct = error.__init__

    @functools.wraps(construct)
    def keep(self: Any, cause: Any = None) -> None:
        construct(self, cause)
        if hasattr(cause, "traceback_str"):
            self.raygen_cause = cause

    error.__init__ = keep


def _reasons(error: BaseException, frames: list[dict[str, Any]], program: str) -> Facts:
    """The failure as facts: what was raised first, in which task or actor, and the program's own lines on the way."""
    if isinstance(error, SyntaxError) and error.filename == program:
        frames.append(
            {"line": error.lineno or 0, "function": "<module>", "source": (error.text or "").strip()}
        )
    cause: Any = getattr(error, "raygen_cause", error)
    inside = None
    while getattr(cause, "traceback_str", None) is not None and hasattr(cause, "function_name"):
        inside = _remote_name(cause) or inside
        frames += _remote_frames(str(cause.traceback_str), program)
        nested = getattr(cause, "cause", None)
        if not isinstance(nested, BaseException) or nested is cause:
            break
        cause = getattr(nested, "raygen_cause", nested)
    facts: Facts = {
        "failure": {
            "kind": type(cause).__name__,
            "message": _shortened(_message(cause), 4000),
            "frames": frames[-20:],
            "inside": inside,
        }
    }
    if isinstance(cause, ModuleNotFoundError) and cause.name:
        facts["missing_module"] = cause.name.split(".")[0]
    return facts


def _remote_name(cause: Any) -> str | None:
    """`work` or `Counter.add`, for a task or an actor's method; Ray tells the class in the process title only."""
    title = str(getattr(cause, "proctitle", "") or "").partition("ray::")[2]
    name = title.split("(")[0].strip() or str(cause.function_name or "")
    return _shortened(name, 200) or None


def _message(error: BaseException) -> str:
    try:
        return str(error)
    except Exception:  # noqa: BLE001  # an exception's own text may be broken
        return "(its message can't be shown)"


def _own_traceback(trace: types.TracebackType | None, program: str) -> types.TracebackType | None:
    """The traceback from the program's first frame on, without this file's; all of it when the program never began."""
    frames = []
    while trace is not None:
        if trace.tb_frame.f_code.co_filename == program or frames:
            frames.append(trace)
        trace = trace.tb_next
    own = None
    for kept in reversed(frames):
        if kept.tb_frame.f_code.co_filename != __file__:
            own = types.TracebackType(own, kept.tb_frame, kept.tb_lasti, kept.tb_lineno)
    return own


def _frames(trace: types.TracebackType | None, program: str) -> list[dict[str, Any]]:
    return [
        {"line": frame.lineno or 0, "function": frame.name, "source": (frame.line or "").strip()}
        for frame in traceback.extract_tb(trace)
        if frame.filename == program
    ]


def _remote_frames(text: str, program: str) -> list[dict[str, Any]]:
    found = re.findall(r'File "([^"]+)", line (\d+), in (\S+)', text)
    return [
        {"line": int(line), "function": name, "source": linecache.getline(program, int(line)).strip()}
        for file, line, name in found
        if file == program
    ]


def _exit_code(stop: SystemExit) -> int:
    if stop.code is None or isinstance(stop.code, int):
        return (stop.code or 0) & 0xFF
    with contextlib.suppress(Exception):
        print(stop.code, file=sys.stderr)  # noqa: T201  # as the interpreter does
    return 1


def _shortened(text: str, limit: int = _TEXT) -> str:
    return text if len(text) <= limit else text[: limit - 1] + "…"


def _flush() -> None:
    for stream in (sys.stdout, sys.stderr):
        with contextlib.suppress(Exception):
            stream.flush()


def _write(text: str) -> None:
    """Straight to the file descriptor: whatever the program did to `sys.stdout` does not matter."""
    _flush()
    data = text.encode("utf-8", "replace")
    while data:
        data = data[os.write(1, data) :]


if __name__ == "__main__":
    status = main(sys.argv[1:])
    sys.exit(status)
