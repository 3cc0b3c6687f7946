"""What the raylet starts for a worker: hands its arguments to process 1, which forks one that has Ray imported."""

from __future__ import annotations

import json
import os
import socket
import sys

NURSERY = "\0raygen-nursery"


def main() -> None:
    request = {"argv": sys.argv[1:], "env": dict(os.environ)}
    with socket.socket(socket.AF_UNIX, socket.SOCK_STREAM) as nursery:
        nursery.settimeout(30)
        nursery.connect(NURSERY)
        nursery.sendall(json.dumps(request).encode() + b"\n")
        nursery.settimeout(None)
        # Lives as long as the worker, as the process that the raylet thinks it is.
        nursery.recv(1)


if __name__ == "__main__":
    main()
