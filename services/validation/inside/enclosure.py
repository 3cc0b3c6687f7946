"""Seals a fork of the template off from the template and from all its other forks.

The template sees what every seal shows, and nothing of the host besides. A fork gets namespaces of its own, file systems
of its own wherever something can be written or watched, and then loses the right to change any of that.
"""

from __future__ import annotations

import ctypes
import os
import socket
import struct
from pathlib import Path
from typing import Any

from observer import launch  # pyright: ignore[reportMissingImports]  # its name in the seal

from . import cuda

_NEWNS, _NEWCGROUP, _NEWUTS, _NEWIPC, _NEWUSER, _NEWPID, _NEWNET = (
    *(0x20000, 0x2000000, 0x4000000, 0x8000000),
    *(0x10000000, 0x20000000, 0x40000000),
)
_RDONLY, _NOSUID, _NODEV, _NOEXEC, _REMOUNT, _BIND, _REC, _PRIVATE = 1, 2, 4, 8, 32, 4096, 16384, 1 << 18
_PR_CAPBSET_DROP, _PR_SET_NO_NEW_PRIVS, _PR_SET_SECCOMP, _SECCOMP_FILTER = 24, 38, 22, 2
_CAPABILITIES_V3 = 0x20080522
_OWN = "/raygen/own"
_LARGEST = 1024**2
_libc = ctypes.CDLL(None, use_errno=True)


def enter(host_name: str) -> None:
    """Namespaces for a cluster; the next fork is the first process in them. Raises OSError, like all here."""
    launch.enter_new_namespaces(_NEWNET | _NEWPID | _NEWIPC | _NEWUTS | _NEWCGROUP)
    launch.bring_up_loopback()
    socket.sethostname(host_name)


def furnish(spaces: dict[str, tuple[int, str]], hosts: str, read_only: list[str], home: str) -> None:
    """File systems of its own for the first process: `spaces` has the size in bytes and the mode of each memory file system."""
    _check(_libc.unshare(_NEWNS))
    _mount("", "/", "", _REC | _PRIVATE)
    for path, (size, mode) in spaces.items():
        _mount("tmpfs", path, "tmpfs", _NOSUID | _NODEV, f"size={size},mode={mode}")
    _mount("devpts", "/dev/pts", "devpts", _NOSUID | _NOEXEC, "newinstance,ptmxmode=0666,mode=620")
    _lay_out_files(hosts)
    _mount("proc", "/proc", "proc", _NOSUID | _NODEV | _NOEXEC)
    # Room for the one that `give_up_privileges` makes, and no more.
    Path("/proc/sys/user/max_user_namespaces").write_text("1", encoding="ascii")
    for path in read_only:
        if os.path.exists(path):
            _bind(path, path)
    os.chdir(home)


def give_up_privileges(uid: int, seccomp: bytes) -> None:
    """What nothing in the seal gets back: whatever namespaces and file systems belong to is out of reach from now on."""
    _check(_libc.unshare(_NEWUSER))
    launch.become(uid, 0, 0)
    capability = 0
    while _libc.prctl(_PR_CAPBSET_DROP, capability, 0, 0, 0) == 0:
        capability += 1
    header, none = struct.pack("=Ii", _CAPABILITIES_V3, 0), bytes(24)
    _check(_libc.capset(header, none))
    _check(_libc.prctl(_PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0))
    steps = ctypes.create_string_buffer(seccomp, len(seccomp))
    program = struct.pack("=HxxxxxxQ", len(seccomp) // 8, ctypes.addressof(steps))
    _check(_libc.prctl(_PR_SET_SECCOMP, _SECCOMP_FILTER, program, 0, 0))
    launch.end_with_parent()


def _lay_out_files(hosts: str) -> None:
    """Files that differ, or that are watched: what happens to those of one cluster shows in no other."""
    _mount("tmpfs", _OWN, "tmpfs", _NOSUID | _NODEV, f"size={_LARGEST},mode=755")
    own = Path(_OWN)
    decoys = own / "cuda"
    decoys.mkdir()
    for path in (own / "hosts", *(decoys / name for name in cuda.NAMES)):
        path.write_bytes(hosts.encode() if path.parent == own else cuda.decoy())
        path.chmod(0o444)
    _bind(str(own / "hosts"), "/etc/hosts")
    _bind(str(decoys), cuda.PLACE)
    _check(_libc.umount2(_OWN.encode(), 0))


def _bind(source: str, path: str) -> None:
    """Show `source` at `path`, read-only."""
    _mount(source, path, "", _BIND | _REC)
    _mount("", path, "", _REMOUNT | _BIND | _RDONLY | _NOSUID | _NODEV | _NOEXEC)


def _mount(source: str, path: str, kind: str, flags: int, options: str = "") -> None:
    words = [word.encode() if word else None for word in (source, path, kind)]
    _check(_libc.mount(*words, ctypes.c_ulong(flags), options.encode() or None), path)


def _check(result: Any, about: str = "") -> None:
    if result != 0:
        number = ctypes.get_errno()
        raise OSError(number, os.strerror(number), about or None)
