"""A worker with an environment of its own, which Ray starts afresh: its own worker's script, watched like all others."""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[0] = str(Path(__file__).parents[1])
    from inside.fork_server import become_watched  # pyright: ignore[reportMissingImports]  # its name in the seal

    journal, programs = sys.argv[1:3]
    del sys.argv[1:3]
    become_watched(journal, programs)
