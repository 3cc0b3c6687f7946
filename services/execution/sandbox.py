"""The bubblewrap command line that gives a local Ray cluster a machine view of its own: nothing of the bot in it."""

from __future__ import annotations

import sys
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path

from services.isolation import bubblewrap
from services.isolation.host_names import new_host_name

RAY_DIR = "/ray"
LEASES = "/raygen/leases"
CLAIMS = "/raygen/claims"
TOKEN = "/raygen/token"  # noqa: S105  # a path
GUARD = "/raygen/guard.py"
HOME = "/home/ray"
ENVIRONMENTS = "/raygen/environments"
PACKAGES = "/packages"

_TMP = "/tmp"  # noqa: S108  # a private one
_SHM = "/dev/shm"  # noqa: S108  # a private one

_ETC = (
    "/etc/alternatives",
    "/etc/ca-certificates",
    "/etc/hosts",
    "/etc/ld.so.cache",
    "/etc/ld.so.conf",
    "/etc/ld.so.conf.d",
    "/etc/localtime",
    "/etc/nsswitch.conf",
    "/etc/pki",
    "/etc/ssl",
)


@dataclass(frozen=True, slots=True)
class ClusterView:
    """Host paths that the cluster sees, and the sizes in bytes of its memory file systems.

    `environments` holds the packages of programs, by the sha256 of their lock.
    """

    ray: Path
    leases: Path
    claims: Path
    token: Path
    passwd: Path
    group: Path
    resolv: Path
    filter: Path
    shared_memory: int
    scratch: int
    environments: Path | None = None


def arguments(view: ClusterView) -> list[str]:
    """Everything between `bwrap` and the command."""
    return [*_namespaces(), *_file_system(view), *_environment()]


def _namespaces() -> list[str]:
    return [
        *("--unshare-user", "--unshare-pid", "--unshare-ipc", "--unshare-uts", "--unshare-cgroup-try"),
        *("--unshare-net", "--new-session", "--as-pid-1", "--die-with-parent"),
        *("--uid", "1000", "--gid", "1000", "--hostname", new_host_name(), "--cap-drop", "ALL"),
    ]


def _file_system(view: ClusterView) -> Iterator[str]:
    # Before the interpreter, which may itself be installed below /tmp.
    yield from ("--size", str(view.scratch), "--tmpfs", _TMP)
    yield from ("--size", str(view.scratch), "--tmpfs", HOME)
    yield from bubblewrap.programs()
    for path in _ETC:
        yield from ("--ro-bind-try", path, path)
    yield from ("--ro-bind", str(view.passwd), "/etc/passwd", "--ro-bind", str(view.group), "/etc/group")
    yield from ("--ro-bind", str(view.resolv), "/etc/resolv.conf")
    yield from ("--proc", "/proc")
    yield from bubblewrap.kernel_settings()
    yield from ("--dev", "/dev")
    yield from ("--size", str(view.shared_memory), "--tmpfs", _SHM, "--remount-ro", "/dev")
    yield from ("--bind", str(view.ray), RAY_DIR, "--bind", str(view.claims), CLAIMS)
    yield from ("--ro-bind", str(view.leases), LEASES, "--ro-bind", str(view.token), TOKEN)
    yield from ("--ro-bind", str(Path(__file__).with_name("guard.py")), GUARD)
    yield from ("--dir", PACKAGES, "--dir", ENVIRONMENTS)
    if view.environments:
        yield from ("--ro-bind", str(view.environments), ENVIRONMENTS)
    enclosure = str(Path(__file__).with_name("enclosure.py"))
    yield from (
        "--ro-bind",
        str(view.filter),
        "/raygen/seccomp",
        "--ro-bind",
        enclosure,
        "/raygen/enclosure.py",
    )
    yield from ("--ro-bind", enclosure, str(_ray_package() / "_private/workers/setup_worker.py"))
    yield from ("--remount-ro", "/", "--chdir", HOME)


def _ray_package() -> Path:
    """Where Ray is installed; found without importing it, which takes long."""
    spec = find_spec("ray")
    assert spec is not None
    assert spec.origin is not None
    return Path(spec.origin).parent


def _environment() -> Iterator[str]:
    variables = {
        "HOME": HOME,
        "LANG": "C.UTF-8",
        "PATH": f"{sys.prefix}/bin:/usr/local/bin:/usr/bin:/bin",
        "PYTHONDONTWRITEBYTECODE": "1",
        "RAY_AUTH_MODE": "token",
        "RAY_AUTH_TOKEN_PATH": TOKEN,
        # Its look at the driver's parents fails now and then, as /proc has the numbers of the cluster, not of the run.
        "RAY_ENABLE_UV_RUN_RUNTIME_ENV": "0",
        "RAY_ENABLE_WINDOWS_OR_OSX_CLUSTER": "0",  # Ray's only switch for binding everything to loopback
        "RAY_USAGE_STATS_ENABLED": "0",
        "TMPDIR": _TMP,
        "TZ": "UTC",
        "USER": "ray",
    }
    for name, value in variables.items():
        yield from ("--setenv", name, value)
