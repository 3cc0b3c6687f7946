"""What the raylet starts for a worker: hands its arguments to process 1, which forks one that has Ray imported."""

from __future__ import annotations

import json
import os
import socket
import sys

FORK_SERVER = "\0raygen-fork_server"


def main() -> None:
    request = {"argv": sys.argv[1:], "env": dict(os.environ)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as fork_server:
        fork_server.settimeout(30)
        fork_server.connect(FORK_SERVER)
        fork_server.sendall(json.dumps(request).encode() + b"\n")
        fork_server.settimeout(None)
        # Lives as long as the worker, as the process that the raylet thinks it is.
        fork_server.recv(1)


if __name__ == "__main__":
    main()
