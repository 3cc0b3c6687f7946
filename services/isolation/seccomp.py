"""A seccomp filter as classic BPF, made by hand: what no Ray program needs and every escape begins with is refused."""

from __future__ import annotations

import platform
import struct
from collections.abc import Mapping
from dataclasses import dataclass

from services.domain.errors import SealUnavailable

_LOAD, _AND, _EQUAL, _AT_LEAST, _RETURN = 0x20, 0x54, 0x15, 0x35, 0x06
_NR, _ARCH, _ARG0, _ARG1 = 0, 4, 16, 24
_ALLOW, _KILL = 0x7FFF0000, 0x80000000
_EPERM, _ENOSYS, _EAFNOSUPPORT = 0x00050001, 0x00050026, 0x00050061
_X32 = 0x40000000
_NAMESPACES = 0x7E020080  # CLONE_NEWUSER, PID, NET, IPC, UTS, CGROUP, NS and TIME
_FAMILIES = (1, 2, 10, 16)  # unix, inet, inet6, and netlink, which lists interfaces
_TIOCSTI, _TIOCLINUX = 0x5412, 0x541C


@dataclass(frozen=True, slots=True)
class _Abi:
    audit: int
    clone: int
    socket: int
    ioctl: int
    refused: Mapping[str, int]
    x32: bool = False


# The same numbers on every architecture since Linux 5.
_MODERN = {
    "pidfd_getfd": 438,
    "open_tree": 428,
    "move_mount": 429,
    "fsopen": 430,
    "fsconfig": 431,
    "fsmount": 432,
    "fspick": 433,
    "mount_setattr": 442,
    "quotactl_fd": 443,
    "memfd_secret": 447,
    "open_tree_attr": 467,
}
# Programs fall back to older ways when these are unknown.
_UNKNOWN = {"clone3": 435, "io_uring_setup": 425, "io_uring_enter": 426, "io_uring_register": 427}

_X86_64 = {
    "ptrace": 101, "syslog": 103, "personality": 135, "pivot_root": 155, "adjtimex": 159, "chroot": 161,
    "acct": 163, "settimeofday": 164, "mount": 165, "umount2": 166, "swapon": 167, "swapoff": 168,
    "reboot": 169, "sethostname": 170, "setdomainname": 171, "iopl": 172, "ioperm": 173, "init_module": 175,
    "delete_module": 176, "quotactl": 179, "clock_settime": 227, "kexec_load": 246, "add_key": 248,
    "request_key": 249, "keyctl": 250, "unshare": 272, "perf_event_open": 298, "name_to_handle_at": 303,
    "open_by_handle_at": 304, "clock_adjtime": 305, "setns": 308, "process_vm_readv": 310,
    "process_vm_writev": 311, "kcmp": 312, "finit_module": 313, "kexec_file_load": 320, "bpf": 321,
    "userfaultfd": 323,
}  # fmt: skip
_AARCH64 = {
    "umount2": 39, "mount": 40, "pivot_root": 41, "chroot": 51, "quotactl": 60, "acct": 89, "personality": 92,
    "unshare": 97, "kexec_load": 104, "init_module": 105, "delete_module": 106, "clock_settime": 112,
    "syslog": 116, "ptrace": 117, "reboot": 142, "sethostname": 161, "setdomainname": 162, "settimeofday": 170,
    "adjtimex": 171, "add_key": 217, "request_key": 218, "keyctl": 219, "swapon": 224, "swapoff": 225,
    "perf_event_open": 241, "name_to_handle_at": 264, "open_by_handle_at": 265, "clock_adjtime": 266,
    "setns": 268, "process_vm_readv": 270, "process_vm_writev": 271, "kcmp": 272, "finit_module": 273,
    "bpf": 280, "userfaultfd": 282, "kexec_file_load": 294,
}  # fmt: skip

_ABIS = {
    "x86_64": _Abi(0xC000003E, clone=56, socket=41, ioctl=16, refused=_X86_64, x32=True),
    "aarch64": _Abi(0xC00000B7, clone=220, socket=198, ioctl=29, refused=_AARCH64),
}


def program(machine: str | None = None) -> bytes:
    """The filter as `struct sock_filter[]`, for bwrap's `--seccomp`.

    Raises SealUnavailable on an architecture whose system calls are not known here.
    """
    abi = _ABIS.get(machine or platform.machine())
    if abi is None:
        raise SealUnavailable(f"Programs can't be sealed on {machine or platform.machine()} machines yet.")
    code = [_step(_LOAD, _ARCH), _step(_EQUAL, abi.audit, 1, 0), _step(_RETURN, _KILL), _step(_LOAD, _NR)]
    if abi.x32:
        code += [_step(_AT_LEAST, _X32, 0, 1), _step(_RETURN, _ENOSYS)]
    for number in (*abi.refused.values(), *_MODERN.values()):
        code += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _EPERM)]
    for number in _UNKNOWN.values():
        code += [_step(_EQUAL, number, 0, 1), _step(_RETURN, _ENOSYS)]
    code += [*_clone(abi), *_socket(abi), *_ioctl(abi), _step(_RETURN, _ALLOW)]
    return b"".join(code)


def _clone(abi: _Abi) -> list[bytes]:
    """Threads and forks are fine, namespaces are not."""
    return [
        _step(_EQUAL, abi.clone, 0, 5),
        _step(_LOAD, _ARG0),
        _step(_AND, _NAMESPACES),
        _step(_EQUAL, 0, 1, 0),
        _step(_RETURN, _EPERM),
        _step(_RETURN, _ALLOW),
    ]


def _socket(abi: _Abi) -> list[bytes]:
    """Families that a network namespace does not contain (vsock) or that only attack surface needs."""
    count = len(_FAMILIES)
    tests = [_step(_EQUAL, family, count - at, 0) for at, family in enumerate(_FAMILIES)]
    return [
        _step(_EQUAL, abi.socket, 0, count + 3),
        _step(_LOAD, _ARG0),
        *tests,
        _step(_RETURN, _EAFNOSUPPORT),
        _step(_RETURN, _ALLOW),
    ]


def _ioctl(abi: _Abi) -> list[bytes]:
    """Nothing types into a terminal."""
    return [
        _step(_EQUAL, abi.ioctl, 0, 5),
        _step(_LOAD, _ARG1),
        _step(_EQUAL, _TIOCSTI, 1, 0),
        _step(_EQUAL, _TIOCLINUX, 0, 1),
        _step(_RETURN, _EPERM),
        _step(_RETURN, _ALLOW),
    ]


def _step(code: int, value: int, if_true: int = 0, if_false: int = 0) -> bytes:
    return struct.pack("=HBBI", code, if_true, if_false, value)
