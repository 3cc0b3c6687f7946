# pyright: reportPrivateUsage=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# The arguments of audit events are untyped.
"""What a program touches, by Python's audit events: files, hosts, processes, names in the environment; and its packages.

It is what the program's own code wants, itself or through a library, and neither Ray's doing nor an import's.
"""

from __future__ import annotations

import contextlib
import importlib.machinery
import ipaddress
import json
import os
import sys
import threading
from collections.abc import Callable
from typing import Any

from .packages import watch_imports
from .text import Facts, shortened

KINDS = ("files", "hosts", "processes", "environment", "packages", "refused")
_LISTED = 50
_COUNTED = 20_000
_NAME = 200
_JOURNAL = 64 * 1024 * 1024
_RAY = os.path.join(os.path.dirname(importlib.machinery.PathFinder.find_spec("ray").origin or ""), "")  # type: ignore[union-attr]
_OURS = ("/usr/lib/", "/usr/share/", "/tmp/ray/")  # noqa: S108  # the interpreter's, and Ray's session
# Where the packages that are installed for a program are mounted, read-only.
_PACKAGES = "/packages"
# What looks through the directories that modules are imported from.
_LOOKUPS = tuple(
    os.path.join(os.path.dirname(os.__file__), *name) for name in (("importlib", ""), ("pkgutil.py",))
)
# Libraries of an NVIDIA driver are news wherever they are looked for.
_DRIVERS = ("libcuda.so", "libnvidia-ml.so")
_LINKED = ("-lcuda", "-lnvidia-ml")
_WRITES = os.O_WRONLY | os.O_RDWR | os.O_CREAT


class TouchRecorder:
    """Notes what the code in files that `is_program` knows does, from `begin` on.

    What it does below the directory `own` is no news. `sealed` names the directories that can be written to inside a
    seal, empty outside of one. With `journal`, a file
    that workers share with their driver, each note is also appended there, or read from there.
    """

    def __init__(
        self,
        is_program: Callable[[str], bool],
        *,
        own: str,
        sealed: tuple[str, ...] = (),
        journal: str | None = None,
    ) -> None:
        self._is_program = is_program
        inside = ("/raygen/raygen_driver/", "/raygen/inside/") if sealed else ()
        packages = (_PACKAGES + os.sep,) if sealed or _PACKAGES in sys.path else ()
        installed = (sys.prefix + os.sep, sys.base_prefix + os.sep, *packages)
        self._searched = frozenset(sys.path)
        self._own = (os.path.join(own, ""), *installed, *_OURS, *inside)
        self._sealed = sealed
        self._journal = journal
        self._start, self._written = 0, 0
        self._file: tuple[int, int] | None = None
        self._place = os.getcwd()
        self._noted: dict[str, dict[str, None]] = {kind: {} for kind in KINDS}
        self._depth = threading.local()
        self.asked: dict[str, float] = {}

    def prepare(self) -> None:
        """What takes milliseconds, ahead of the program."""
        watch_imports(self._is_program, self._imported)

    def begin(self) -> None:
        if self._journal:
            with contextlib.suppress(OSError):
                os.close(os.open(self._journal, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600))
                found = os.stat(self._journal)
                self._start, self._file = found.st_size, (found.st_dev, found.st_ino)
        self._watch_environment()
        sys.addaudithook(self._audit)

    def asks(self, name: str, amount: float) -> None:
        """Report to the driver that a task in this worker requests an amount of a resource; it finds that in `asked`."""
        if self._journal:
            self._depth.busy = True
            try:
                self._append(self._journal, json.dumps(["resources", name, amount]).encode() + b"\n")
            finally:
                self._depth.busy = False

    def facts(self) -> Facts:
        """The notes of this process, and with them what workers wrote into the journal since `begin`.

        `unknown` are the kinds of which there may be more: all, once the journal has lost a line.
        """
        self._depth.busy = True
        whole = self._read_journal()
        listed: dict[str, Any] = {kind: list(names)[:_LISTED] for kind, names in self._noted.items()}
        more = {kind: len(names) - _LISTED for kind, names in self._noted.items() if len(names) > _LISTED}
        unknown = [kind for kind in KINDS if not whole or len(self._noted[kind]) >= _COUNTED]
        unknown += [] if whole else ["resources"]
        return {"touched": {**listed, "more": more}, "unknown": unknown}

    def _read_journal(self) -> bool:
        """Whether it is all there."""
        if not self._journal:
            return True
        try:
            found = os.stat(self._journal)
            if (found.st_dev, found.st_ino) != self._file or found.st_size < self._start + self._written:
                return False
            with open(self._journal, "rb") as journal:
                journal.seek(self._start)
                data = journal.read(_JOURNAL)
        except OSError:
            return False
        *lines, rest = data.split(b"\n")
        unread = [line for line in lines if not self._take(line)]
        return not unread and not rest and len(data) < _JOURNAL

    def _take(self, line: bytes) -> bool:
        try:
            kind, name, *amounts = json.loads(line)
            if kind == "resources":
                self.asked[str(name)] = max(float(amounts[0]), self.asked.get(str(name), 0.0))
                return True
            noted = self._noted[kind]
        except (ValueError, LookupError, TypeError, OverflowError, RecursionError):
            return False
        if len(noted) < _COUNTED:
            noted.setdefault(shortened(str(name), _NAME))
        return True

    def _watch_environment(self) -> None:
        """Reading a variable raises no audit event, so the mapping itself reports it."""
        touched, plain = self, type(os.environ)

        class Environment(plain):  # type: ignore[misc,valid-type]
            def __getitem__(self, key: Any) -> Any:
                touched._note("environment", shortened(str(key), _NAME))
                return super().__getitem__(key)

        with contextlib.suppress(TypeError):
            os.environ.__class__ = Environment

    def _imported(self, package: str) -> None:
        noted = self._noted["packages"]
        if package in noted or len(noted) >= _COUNTED or getattr(self._depth, "busy", False):
            return
        if os.path.exists(os.path.join(self._place, f"{package}.py")) or os.path.isdir(
            os.path.join(self._place, package)
        ):
            return  # a module of the program's own
        self._depth.busy = True
        try:
            self._keep("packages", shortened(package, _NAME))
        finally:
            self._depth.busy = False

    def _audit(self, event: str, args: tuple[Any, ...]) -> None:
        kind = _AUDITED.get(event)
        if kind is not None:
            name = _named(event, args)
            if event in _LISTINGS and self._is_lookup(name, sys._getframe(1).f_code.co_filename):
                return
            if self._note(kind, name) and self._sealed:
                self._judge(event, args, name)

    def _is_lookup(self, directory: str, by: str) -> bool:
        """Whether a directory is listed to find packages, and was there to find them in before the program began."""
        return directory in self._searched and by.startswith(_LOOKUPS)

    def _note(self, kind: str, name: str) -> bool:
        """Whether it is worth a note: the program's own, and not noted before."""
        if not name or getattr(self._depth, "busy", False):
            return False
        self._depth.busy = True
        try:
            noted = self._noted[kind]
            if name in noted or len(noted) >= _COUNTED or not self._by_program(kind):
                return False
            if kind == "files" and self._is_no_news(name):
                return False
            self._keep(kind, name)
            return True
        finally:
            self._depth.busy = False

    def _is_no_news(self, file: str) -> bool:
        driver = os.path.isabs(file) and os.path.basename(file).startswith(_DRIVERS)
        return not driver and os.path.abspath(file).startswith(self._own)

    def _keep(self, kind: str, name: str) -> None:
        self._noted[kind][name] = None
        if self._journal:
            self._append(self._journal, json.dumps([kind, name]).encode() + b"\n")

    def _append(self, journal: str, line: bytes) -> None:
        """One write of one line, so that workers don't mix theirs; where there is no room for it the journal goes."""
        try:
            file = os.open(journal, os.O_WRONLY | os.O_APPEND)
            try:
                written = os.write(file, line)
            finally:
                os.close(file)
        except OSError:
            written = 0
        self._written += len(line)
        if written < len(line):
            with contextlib.suppress(OSError):
                os.unlink(journal)

    def _judge(self, event: str, args: tuple[Any, ...], name: str) -> None:
        """Note what the seal refuses: the network beyond the loopback, and writing anywhere but in its own room."""
        self._depth.busy = True
        try:
            if event in _DESTINATIONS and not _loopback(args):
                self._keep("refused", f"network to {name}"[:_NAME])
            elif event == "socket.getaddrinfo" and not _address(name):
                self._keep("refused", f"name lookup of {name}"[:_NAME])
            elif self._changes(event, args) and not os.path.realpath(name).startswith(self._sealed):
                self._keep("refused", f"writing to {name}"[:_NAME])
        finally:
            self._depth.busy = False

    @staticmethod
    def _changes(event: str, args: tuple[Any, ...]) -> bool:
        if event == "open":
            flags = args[2] if len(args) > 2 and isinstance(args[2], int) else 0
            return bool(flags & _WRITES)
        return event in _CHANGES

    def _by_program(self, kind: str) -> bool:
        frame: Any = sys._getframe(3)
        steps = 4 if kind == "environment" else 100
        while frame is not None and steps:
            name = frame.f_code.co_filename
            if self._is_program(name):
                return True
            if name.startswith(("<frozen importlib", _RAY)):
                return False
            frame, steps = frame.f_back, steps - 1
        return False


_CHANGES = frozenset(
    {"os.remove", "os.rename", "os.mkdir", "os.rmdir", "os.chmod", "os.symlink", "os.link", "shutil.rmtree"}
)
_LISTINGS = frozenset({"os.listdir", "os.scandir"})
_DESTINATIONS = frozenset({"socket.connect", "socket.sendto", "socket.sendmsg"})
_AUDITED = {
    **dict.fromkeys({"open", "ctypes.dlopen"} | _LISTINGS | _CHANGES, "files"),
    "socket.connect": "hosts",
    "socket.getaddrinfo": "hosts",
    "socket.gethostbyname": "hosts",
    "socket.sendto": "hosts",
    "socket.sendmsg": "hosts",
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
    if event in _DESTINATIONS:
        address = args[1] if len(args) > 1 and args[1] is not None else ""
        if isinstance(address, tuple):
            host, port = (*map(str, address[:2]), "")[:2]
            return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"
        return shortened(str(address), _NAME)
    first = args[0] if args else ""
    if event == "subprocess.Popen" and (library := _sought(args[1:2])):
        return f"{shortened(str(first), _NAME)} {library}"
    if event in {"os.kill", "os.killpg"}:
        return f"kill {first}"
    if isinstance(first, bytes):
        first = os.fsdecode(first)
    return shortened(str(first), _NAME) if isinstance(first, (str, os.PathLike)) else ""


def _sought(commands: tuple[Any, ...]) -> str:
    """The library of an NVIDIA driver that a linker is started to find, as by `ctypes.util.find_library`."""
    words = commands[0] if commands and isinstance(commands[0], list) else []
    return next((word for word in words if word in _LINKED), "")


def _loopback(args: tuple[Any, ...]) -> bool:
    """Whether a socket's address is a path or this machine itself."""
    address = args[1] if len(args) > 1 else None
    return not isinstance(address, tuple) or _local(str(address[0]))


def _address(host: str) -> bool:
    """Whether there is nothing to look up."""
    try:
        return host in {"", "localhost"} or bool(ipaddress.ip_address(host.partition("%")[0]))
    except ValueError:
        return False


def _local(host: str) -> bool:
    if host in {"", "localhost"}:
        return True
    try:
        return ipaddress.ip_address(host.partition("%")[0]).is_loopback
    except ValueError:
        return False
