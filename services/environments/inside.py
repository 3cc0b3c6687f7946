"""Runs in the build sandbox: a way from a TCP port to the proxy's socket, and the commands that use it.

The argument is a JSON object: `port`, `socket`, `commands` (each a list of words), `limits` (by the names of `resource`).
It ends with the status of the first command that fails. Standard library only.
"""

from __future__ import annotations

import contextlib
import json
import os
import resource
import socket
import subprocess
import sys
import threading

_PIECE = 262144


def main() -> int:
    asked = json.loads(sys.argv[1])
    listener = socket.create_server(("127.0.0.1", asked["port"]), backlog=128)
    threading.Thread(target=_relay, args=(listener, asked["socket"]), daemon=True).start()
    for name, limit in asked["limits"].items():
        resource.setrlimit(getattr(resource, name), (limit, limit))
    os.nice(asked["nice"])
    for command in asked["commands"]:
        status = subprocess.run(command, check=False, stdin=subprocess.DEVNULL).returncode  # noqa: S603
        if status:
            return status if status > 0 else 128 - status
    return 0


def _relay(listener: socket.socket, path: str) -> None:
    while True:
        near, _ = listener.accept()
        far = socket.socket(socket.AF_UNIX)
        try:
            far.connect(path)
        except OSError:
            near.close()
            continue
        threading.Thread(target=_copy, args=(near, far), daemon=True).start()
        threading.Thread(target=_copy, args=(far, near), daemon=True).start()


def _copy(source: socket.socket, target: socket.socket) -> None:
    try:
        while piece := source.recv(_PIECE):
            target.sendall(piece)
    except OSError:
        pass
    finally:
        for end in (source, target):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)


if __name__ == "__main__":
    sys.exit(main())
