"""One embedded Ray cluster as the bot sees it from outside: start it, find it again, end it."""

from __future__ import annotations

import contextlib
import json
import os
import secrets
import shutil
import signal
import subprocess
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path

from services.domain.errors import TargetUnavailable
from services.domain.untrusted_data import from_json
from services.execution import outgoing, sandbox
from services.execution.cluster_directory import ClusterDirectory, read, write
from services.execution.outgoing import Outgoing
from services.execution.ports import Ports, free_block, listeners
from services.isolation import seccomp

_MIB = 1024**2
_SPAWN_LIMIT = 60.0
_END_LIMIT = 15.0
_SHELL = '"$@" </dev/null >"$0" 2>&1 &'
_NETWORK = Path(__file__).with_name("network.py")


@dataclass(frozen=True, slots=True)
class Size:
    """What a cluster may take: logical CPUs, and bytes of object store and of each scratch file system."""

    cpus: int = field(default_factory=lambda: max(2, os.cpu_count() or 2))
    object_store: int = 500 * _MIB
    scratch: int = 1024 * _MIB


@dataclass(frozen=True, slots=True)
class Cluster:
    """A started cluster: its directory, first port, token, network, and process 1 with its start time in ticks.

    The ports are the same in the cluster's own network and, for the two that lead into it, on the host's loopback.
    """

    directory: Path
    base: int
    token: str = field(repr=False)
    pid: int
    born: int
    outgoing: Outgoing

    @property
    def address(self) -> str:
        return f"http://127.0.0.1:{Ports(self.base).dashboard}"

    @property
    def agent(self) -> str:
        return f"http://127.0.0.1:{Ports(self.base).agent}"

    @property
    def leases(self) -> Path:
        return self.directory / "leases"

    def alive(self) -> bool:
        return _born(self.pid) == self.born

    def end(self) -> None:
        """Kill process 1, and with it everything in its namespace; returns when it is gone."""
        limit = time.monotonic() + _END_LIMIT
        while self.alive():
            if time.monotonic() > limit:
                raise TargetUnavailable("The embedded cluster can't be stopped.")
            _kill(self.pid, self.born)
            time.sleep(0.02)


def launch(home: ClusterDirectory, size: Size, way_out: Outgoing, orphan_limit: float) -> Cluster:
    """Spawn a cluster as an orphan process, and record it; blocks until its process 1 and its network exist."""
    directory = home.root / f"c-{secrets.token_hex(6)}"
    token, ports = secrets.token_hex(32), free_block()
    view = _furnish(directory, home, token, size, way_out)
    command = [
        sys.executable,
        "-I",
        "-S",
        sandbox.GUARD,
        sandbox.LEASES,
        str(orphan_limit),
        *_ray_start(ports, size),
    ]
    options = [*sandbox.arguments(view), *_setenv(ports)]
    _spawn(directory, ports, way_out, options, command)
    pid = _await_pid(directory)
    born = _born(pid)
    if born is None:
        raise TargetUnavailable(
            f"The embedded cluster stopped during startup. {_last_words(directory)}".rstrip()
        )
    cluster = Cluster(directory, ports.base, token, pid, born, way_out)
    _record(home, cluster)
    return cluster


def recorded(home: ClusterDirectory) -> Cluster | None:
    """The cluster that this or an earlier process started last, dead or alive."""
    state = read(home.state)
    if state is None:
        return None
    way_out = Outgoing(state["outgoing"])
    return Cluster(
        home.root / state["id"], state["base"], state["token"], state["pid"], state["born"], way_out
    )


def clean_up(home: ClusterDirectory, directory: Path) -> None:
    """End what may still live of a cluster and keep the logs of its jobs."""
    cluster = recorded(home)
    if cluster is not None and cluster.directory == directory:
        cluster.end()
        home.state.unlink(missing_ok=True)
    else:
        _end_unrecorded(directory)
    home.archive(directory)


def _record(home: ClusterDirectory, cluster: Cluster) -> None:
    record = {
        "id": cluster.directory.name,
        "address": cluster.address,
        "base": cluster.base,
        "token": cluster.token,
        "pid": cluster.pid,
        "born": cluster.born,
        "outgoing": cluster.outgoing,
    }
    write(home.state, record)


def _furnish(
    directory: Path, home: ClusterDirectory, token: str, size: Size, way_out: Outgoing
) -> sandbox.ClusterView:
    for path in (directory, directory / "ray", directory / "leases"):
        path.mkdir(mode=0o700)
    files = {
        "token": token,
        "passwd": f"ray:x:1000:1000:ray:{sandbox.HOME}:/bin/sh\n",
        "group": "ray:x:1000:\n",
        "resolv.conf": outgoing.resolv_conf(way_out, outgoing.host_resolv_conf()),
    }
    for name, text in files.items():
        (directory / name).touch(mode=0o600)
        (directory / name).write_text(text, encoding="utf-8")
    (directory / "seccomp").write_bytes(seccomp.program())
    return sandbox.ClusterView(
        ray=directory / "ray",
        leases=directory / "leases",
        claims=home.claims,
        token=directory / "token",
        passwd=directory / "passwd",
        group=directory / "group",
        resolv=directory / "resolv.conf",
        filter=directory / "seccomp",
        shared_memory=size.object_store + 64 * _MIB,
        scratch=size.scratch,
        environments=home.environments,
    )


def _ray_start(ports: Ports, size: Size) -> list[str]:
    return [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head"),
        *(f"--temp-dir={sandbox.RAY_DIR}", "--node-ip-address=127.0.0.1", "--dashboard-host=127.0.0.1"),
        *ports.flags(),
        *(f"--num-cpus={size.cpus}", f"--object-store-memory={size.object_store}"),
        *("--include-dashboard=true", "--disable-usage-stats", "--log-style=record", "--log-color=false"),
    ]


def _setenv(ports: Ports) -> list[str]:
    return [word for name, value in ports.environment().items() for word in ("--setenv", name, value)]


def _spawn(directory: Path, ports: Ports, way_out: Outgoing, options: list[str], command: list[str]) -> None:
    """Options go through a file descriptor, so that no process list shows host paths."""
    with contextlib.ExitStack() as stack:
        words = os.memfd_create("options")
        stack.callback(os.close, words)
        os.write(words, b"".join(option.encode() + b"\0" for option in options))
        os.lseek(words, 0, os.SEEK_SET)
        info = os.open(directory / "info.json", os.O_CREAT | os.O_WRONLY | os.O_CLOEXEC, 0o600)
        stack.callback(os.close, info)
        doors = {stack.enter_context(door).fileno(): port for port, door in listeners(ports).items()}
        network = {
            "listeners": doors,
            "info": info,
            "keep": [words],
            "pasta": outgoing.pasta(way_out, outgoing.host_resolv_conf()),
            "denied": outgoing.shut(way_out),
        }
        bwrap = [_bwrap(), "--args", str(words), "--", *command]
        helper = [sys.executable, "-I", "-S", str(_NETWORK), json.dumps(network), "--", *bwrap]
        subprocess.run(  # noqa: S603  # our own words only
            ["/bin/sh", "-c", _SHELL, str(directory / "out.log"), *helper],
            env={},
            pass_fds=(words, info, *doors),
            start_new_session=True,
            check=True,
            timeout=_SPAWN_LIMIT,
        )


def _bwrap() -> str:
    found = shutil.which("bwrap")
    if found is None:
        raise TargetUnavailable(
            "The embedded cluster needs bubblewrap (the command `bwrap`), which is not installed."
        )
    return found


def _await_pid(directory: Path) -> int:
    limit = time.monotonic() + _SPAWN_LIMIT
    while time.monotonic() < limit:
        info = read(directory / "info.json")
        if info is not None:
            return int(info["child-pid"])
        time.sleep(0.01)
        if words := _last_words(directory):
            raise TargetUnavailable(f"The sandbox of the embedded cluster can't be created: {words}")
    raise TargetUnavailable(
        "The embedded cluster's sandbox did not start in time: this machine is slow or busy."
    )


def _last_words(directory: Path) -> str:
    try:
        lines = (directory / "out.log").read_text(encoding="utf-8", errors="replace").splitlines()
    except FileNotFoundError:
        return ""
    return next((line for line in reversed(lines) if line.startswith(("bwrap:", "guard:", "network:"))), "")


def _end_unrecorded(directory: Path) -> None:
    """End a cluster whose starter died before it could write down whom it had started."""
    with contextlib.suppress(TargetUnavailable, OSError):
        info = from_json((directory / "info.json").read_text(encoding="utf-8") or "{}")
        pid = int(info.get("child-pid", 0))
        born = _born(pid)
        if born is not None and Path(f"/proc/{pid}/ns/pid").stat().st_ino == info.get("pid-namespace"):
            Cluster(directory, 0, "", pid, born, Outgoing.NONE).end()


def _born(pid: int) -> int | None:
    """When a living process started, in clock ticks since the machine did; distinguishes a reused PID."""
    try:
        stat = Path(f"/proc/{pid}/stat").read_text(encoding="utf-8", errors="replace")
    except OSError:
        return None
    fields = stat.rpartition(")")[2].split()
    return None if fields[0] in "ZX" else int(fields[19])


def _kill(pid: int, born: int) -> None:
    with contextlib.suppress(ProcessLookupError):
        handle = os.pidfd_open(pid)
        try:
            if _born(pid) == born:
                signal.pidfd_send_signal(handle, signal.SIGKILL)
        finally:
            os.close(handle)
