"""What the raylet starts for a worker: hands its arguments to process 1, which forks one that has Ray imported.

It imports next to nothing: `socket` and `json` take longer than an interpreter does to start.
"""

from __future__ import annotations

import _socket
import os
import sys

FORK_SERVER = "\0raygen-fork_server"


def main() -> None:
    """Send the number of arguments, the arguments and the environment, each ended by a zero byte."""
    words = [os.fsencode(word) for word in sys.argv[1:]]
    environment = [name + b"=" + value for name, value in os.environb.items()]
    fork_server = _socket.socket(_socket.AF_UNIX, _socket.SOCK_STREAM)
    fork_server.settimeout(30)
    fork_server.connect(FORK_SERVER)
    fork_server.sendall(b"\0".join([b"%d" % len(words), *words, *environment]))
    fork_server.shutdown(_socket.SHUT_WR)
    fork_server.settimeout(None)
    # Lives as long as the worker, as the process that the raylet thinks it is.
    fork_server.recv(1)


if __name__ == "__main__":
    main()
