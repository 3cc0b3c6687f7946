"""Names for the machines that sandboxes pretend to be: the same kind in the seal and on the embedded target."""

from __future__ import annotations

import secrets


def new_host_name() -> str:
    """A new one for each cluster, so that a program can't recognize the sandbox by a fixed name."""
    return f"ray-head-{secrets.token_hex(4)}"
