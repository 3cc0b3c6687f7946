"""A process with Ray imported, from which each cluster's first process is forked: `python -m inside.template CONTROL`.

It never runs a program and hears from the bot alone, on the socket CONTROL: of each cluster a line of JSON, with descriptors for
a channel and the three pipes to the bot. What forks have in common is what was imported before the first of them: the same
files as for everybody, and addresses in memory. All that a cluster writes or is given is in its own copy.
"""

from __future__ import annotations

import base64
import gc
import json
import os
import signal
import socket
import sys
from pathlib import Path
from typing import Any, NoReturn

from observer import launch, nameserver  # pyright: ignore[reportMissingImports]  # its name in the seal

from . import enclosure, process
from .imports import RAYLET, import_ray

_LARGEST = 256 * 1024
_GO = b"1"
_PACKAGES = Path("/packages")


def serve(control: socket.socket) -> None:
    """Until the bot is gone."""
    os.set_inheritable(control.fileno(), False)
    del os.environ["PYTHONPATH"]
    signal.signal(signal.SIGCHLD, signal.SIG_IGN)
    import_ray(RAYLET, _PACKAGES)
    gc.collect()
    gc.freeze()  # forks share what nobody counts
    control.send(b"ready")
    while True:
        packet, fds, _, _ = socket.recv_fds(control, _LARGEST, 8)
        if not packet:
            return
        asked = json.loads(packet)
        process.fork(lambda: _begin(asked, fds), keep=tuple(fds))  # noqa: B023  # it is called before the next turn
        for fd in fds:
            os.close(fd)


def _begin(asked: dict[str, Any], fds: list[int]) -> None:
    """Once the bot says so: until then it can place this process where it wants it, or be gone."""
    channel, *pipes = fds
    with socket.socket(fileno=channel) as waiting:
        waiting.send(_GO)  # the kernel adds who this is
        if waiting.recv(1) != _GO:
            return
    for number, pipe in enumerate(pipes):
        os.dup2(pipe, number)
        os.close(pipe)
    enclosure.enter(asked["host_name"])
    names = nameserver.NameServer()
    ours, theirs = socket.socketpair(socket.AF_UNIX, socket.SOCK_SEQPACKET)
    process.fork(lambda: _become_first(asked, theirs), keep=(theirs.fileno(),))
    launch.observe(ours, names)


def _become_first(asked: dict[str, Any], observer: socket.socket) -> NoReturn:
    os.setsid()
    enclosure.furnish(asked["spaces"], asked["hosts"], asked["read_only"], os.environ["HOME"])
    enclosure.give_up_privileges(asked["uid"], base64.b64decode(asked["seccomp"]))
    # Not before: a cluster has names of its own from its import on.
    from .__main__ import main
    from .observer import ObserverChannel

    try:
        main(json.loads(asked["settings"]), ObserverChannel(observer.detach()), imported=True)
    except SystemExit as stop:
        process.leave(stop)
    process.leave(SystemExit(0))


if __name__ == "__main__":
    serve(socket.socket(fileno=int(sys.argv[1])))
