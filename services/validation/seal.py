"""The bubblewrap command line of a sealed sandbox: nothing of the host but the interpreter, and that read-only."""

from __future__ import annotations

import base64
import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Self

from services import driver
from services.domain.connections import MOUNT
from services.domain.values import InputFile
from services.isolation import bubblewrap, seccomp
from services.isolation.host_names import new_host_name
from services.validation import nesting
from services.validation.inside import cuda, postgres
from services.validation.interface import NOTHING_PROVIDED, DataPlace, Provided
from services.validation.observer import launch

BWRAP = "bwrap"
HOME = "/home/ray"
PACKAGE = "/raygen"
INPUTS = f"{PACKAGE}/inputs"
PACKAGES = "/packages"
CHECKPOINTS = f"{PACKAGE}/checkpoints.tar"
DATA = MOUNT
WRITTEN = "/tmp/data"  # noqa: S108  # the sandbox's own
MIB = 1024**2

_UID = "1000"
_ETC = {
    "/etc/passwd": f"root:x:0:0::/:/bin/false\nray:x:{_UID}:{_UID}:ray:{HOME}:/bin/sh\n",
    "/etc/group": f"root:x:0:\nray:x:{_UID}:\n",
    "/etc/nsswitch.conf": "passwd: files\ngroup: files\nhosts: files dns\n",
    "/etc/resolv.conf": "nameserver 127.0.0.1\noptions timeout:1 attempts:1\n",
}
# The first name of an address is the one that it is asked back for (`socket.getfqdn`).
_HOSTS = "127.0.0.1 {0}\n127.0.0.1 localhost\n::1 localhost ip6-localhost ip6-loopback\n"
_ETC_OF_HOST = ("/etc/ld.so.cache", "/etc/alternatives", "/etc/mime.types", "/etc/localtime")
_INSIDE, _OBSERVER = (Path(__file__).parent / name for name in ("inside", "observer"))


@dataclass(frozen=True, slots=True)
class Spaces:
    """Bytes of the memory file systems inside: shared memory (Ray's objects), /tmp (its session, programs), HOME."""

    shared_memory: int = 512 * MIB
    tmp: int = 384 * MIB
    home: int = 128 * MIB

    @property
    def total(self) -> int:
        return self.shared_memory + self.tmp + self.home


@dataclass(frozen=True, slots=True)
class Furnishing:
    """What programs find in their working directory: files that they can't change, and a tar archive of checkpoints."""

    inputs: tuple[InputFile, ...] = ()
    checkpoints: bytes = b""

    def __bool__(self) -> bool:
        return bool(self.inputs or self.checkpoints)


EMPTY = Furnishing()


@dataclass(frozen=True, slots=True)
class Mounts:
    """What is mounted for a program and can't be changed by it: an environment, which Python looks into before its own, and data."""

    packages: Path | None = None
    provided: Provided = NOTHING_PROVIDED

    def __bool__(self) -> bool:
        return bool(self.packages or self.provided)

    @property
    def variables(self) -> dict[str, str]:
        """The environment variables of its data and secrets."""
        places = {each.variable: _location(each) for each in self.provided.places}
        return {**places, **dict(self.provided.dummies)}

    @property
    def written(self) -> dict[str, str]:
        """The locations below WRITTEN that programs may write to, by connection."""
        return {each.name: each.root for each in self.provided.places if each.writes and not each.database}

    @property
    def databases(self) -> dict[str, bool]:
        """Its databases, and which of them programs may write to."""
        return {each.name: each.writes for each in self.provided.places if each.database}


def _location(place: DataPlace) -> str:
    if place.database:
        return f"postgresql://ray@127.0.0.1:{postgres.PORT}/{place.name}"
    return f"{WRITTEN if place.writes else DATA}/{place.name}{place.root and '/'}{place.root}"


NO_MOUNTS = Mounts()


@dataclass(slots=True)
class Seal:
    """A bwrap command, and the open files that it needs; they are closed by leaving the context."""

    spaces: Spaces
    data: Furnishing = EMPTY
    mounts: Mounts = NO_MOUNTS
    host_name: str = field(default_factory=new_host_name)
    _files: ExitStack = field(default_factory=ExitStack)
    fds: list[int] = field(default_factory=list[int])

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._files.close()

    def command(self, *words: str, path: str = "") -> list[str]:
        """The whole command line that runs `words` sealed; `path` is where Python looks first for modules."""
        return self._command(words, path)

    def observed_command(self, *words: str, path: str = "") -> list[str]:
        """The same with an observer of the network, whose socket is a last argument: see `observer.launch`."""
        return launch.wrapped(self._command(words, path, "--share-net"))

    def template_command(self, *words: str, path: str) -> list[str]:
        """For a process whose forks seal themselves: it can make namespaces, and sees an uncovered /proc of its own.

        What a fork then gets is in `fork_request`.
        """
        return nesting.wrapped(
            [
                *(BWRAP, "--unshare-user", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
                *("--new-session", "--die-with-parent", "--cap-drop", "ALL", "--uid", _UID, "--gid", _UID),
                *self._file_system("--bind", "/proc", "/proc"),
                *_environment(path, self.mounts.variables),
                *("--", *words),
            ]
        )

    def fork_request(self) -> dict[str, Any]:
        """What `inside.template` makes of a fork, so that it is sealed as `command` seals."""
        spaces = {"/tmp": (self.spaces.tmp, "1777"), HOME: (self.spaces.home, "755")}  # noqa: S108  # a private one
        return {
            "host_name": self.host_name,
            "hosts": _HOSTS.format(self.host_name),
            "spaces": {**spaces, "/dev/shm": (self.spaces.shared_memory, "755")},  # noqa: S108  # a private one
            "read_only": bubblewrap.KERNEL,
            "uid": int(_UID),
            "seccomp": base64.b64encode(seccomp.program()).decode(),
        }

    def _command(self, words: Sequence[str], path: str, *network: str) -> list[str]:
        return [
            *(BWRAP, "--unshare-all", "--unshare-user", "--disable-userns", "--new-session", *network),
            *("--die-with-parent", "--as-pid-1", "--cap-drop", "ALL"),
            *("--uid", _UID, "--gid", _UID, "--hostname", self.host_name),
            *self._file_system("--proc", "/proc", *bubblewrap.kernel_settings()),
            *("--seccomp", str(self._data(seccomp.program()))),
            *_environment(path, self.mounts.variables),
            *("--", *words),
        ]

    def _file_system(self, *proc: str) -> Iterator[str]:
        # Before the interpreter, which may itself be installed below /tmp.
        yield from ("--perms", "1777", "--size", str(self.spaces.tmp), "--tmpfs", "/tmp")  # noqa: S108  # as above
        yield from ("--size", str(self.spaces.home), "--tmpfs", HOME)
        yield from bubblewrap.programs()
        yield from self._bound(_INSIDE, f"{PACKAGE}/inside")
        yield from self._bound(driver.SOURCE, f"{PACKAGE}/{driver.PACKAGE}")
        yield from self._bound(_OBSERVER, f"{PACKAGE}/observer")
        yield from ("--dir", f"{PACKAGE}/own")
        if self.mounts.packages:
            yield from self._bound(self.mounts.packages, PACKAGES)
        for place in self.mounts.provided.places:
            if place.sample:
                yield from self._bound(place.sample, f"{DATA}/{place.name}")
        for path, text in (*_ETC.items(), ("/etc/hosts", _HOSTS.format(self.host_name))):
            yield from self._file(path, text.encode())
        for name in cuda.NAMES:
            yield from self._file(f"{cuda.PLACE}/{name}", cuda.decoy())
        for file in self.data.inputs:
            yield from self._file(f"{INPUTS}/{file.name}", file.content)
        if self.data.checkpoints:
            yield from self._file(CHECKPOINTS, self.data.checkpoints)
        for path in (*_ETC_OF_HOST, *map(str, Path("/etc").glob("java-*"))):
            yield from ("--ro-bind-try", path, path)
        yield from (*proc, "--dev", "/dev")
        yield from ("--size", str(self.spaces.shared_memory), "--tmpfs", "/dev/shm")  # noqa: S108  # a private one
        yield from ("--remount-ro", "/dev")
        yield from ("--remount-ro", "/", "--chdir", HOME)

    def _bound(self, path: Path, where: str) -> tuple[str, ...]:
        return ("--ro-bind", str(path), where)

    def _file(self, where: str, content: bytes) -> tuple[str, ...]:
        """A file of its own, which the file system that is read-only in the end keeps as it is."""
        return ("--perms", "0444", "--file", str(self._data(content)), where)

    def _data(self, content: bytes) -> int:
        fd = os.memfd_create("raygen", os.MFD_CLOEXEC)
        with open(fd, "wb", closefd=False) as file:
            file.write(content)
        os.lseek(fd, 0, os.SEEK_SET)
        return self._keep(fd)

    def _keep(self, fd: int) -> int:
        self.fds.append(fd)
        self._files.callback(os.close, fd)
        return fd


def _environment(path: str, provided: Mapping[str, str]) -> Iterator[str]:
    variables = {
        **provided,
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "LD_LIBRARY_PATH": cuda.PLACE,
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "PYTHONPATH": path,
        "PYTHONDONTWRITEBYTECODE": "1",
        "TZ": "UTC",
        "USER": "ray",
        # A cluster of one person's own processes on its own loopback.
        "RAY_AUTH_MODE": "disabled",
        # Ray's only switch that keeps it from asking 8.8.8.8 for its own address.
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
        "OPENBLAS_NUM_THREADS": "1",
        "JE_ARROW_MALLOC_CONF": "background_thread:false",  # process 1 forks, so it has no threads
        "OMP_NUM_THREADS": "1",
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)
