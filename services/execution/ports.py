"""Finds a block of free loopback ports for one Ray cluster among several on a machine."""

from __future__ import annotations

import random
import socket
from dataclasses import dataclass

from services.domain.errors import TargetUnavailable

_LOWEST, _HIGHEST = 20_000, 32_000
_FIXED, _WORKERS = 11, 400
_TRIES = 60


@dataclass(frozen=True, slots=True)
class Ports:
    """A block of ports from `base`: one for each of Ray's servers, then the workers' range."""

    base: int

    @property
    def dashboard(self) -> int:
        return self.base + 1

    @property
    def agent(self) -> int:
        return self.base + 2

    def flags(self) -> list[str]:
        """Every port that `ray start` would otherwise choose by itself."""
        names = (
            *("port", "dashboard-port", "dashboard-agent-listen-port", "dashboard-agent-grpc-port"),
            *("runtime-env-agent-port", "node-manager-port", "object-manager-port", "metrics-export-port"),
            "ray-client-server-port",
        )
        first = self.base + _FIXED
        workers = [f"--min-worker-port={first}", f"--max-worker-port={first + _WORKERS - 1}"]
        return [*(f"--{name}={self.base + number}" for number, name in enumerate(names)), *workers]

    def environment(self) -> dict[str, str]:
        return {
            "DASHBOARD_METRIC_PORT": str(self.base + 9),
            "AUTOSCALER_METRIC_PORT": str(self.base + 10),
        }


def free_block() -> Ports:
    """A block in which nothing listens now; another process may still win the race, so starting may need a retry."""
    for _ in range(_TRIES):
        base = random.randrange(_LOWEST, _HIGHEST - _FIXED - _WORKERS)  # noqa: S311  # spread, not secrecy
        if all(_free(port) for port in range(base, base + _FIXED + _WORKERS)):
            return Ports(base)
    raise TargetUnavailable("No block of free ports was found for the embedded cluster.")


def listeners(ports: Ports) -> dict[int, socket.socket]:
    """Listening sockets on this machine's loopback for the ports that a bot talks to, by port.

    Raises TargetUnavailable when another process has taken one since.
    """
    found: dict[int, socket.socket] = {}
    try:
        for port in (ports.dashboard, ports.agent):
            found[port] = socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError:
        for each in found.values():
            each.close()
        raise TargetUnavailable("A port of the embedded cluster was taken during startup.") from None
    return found


def _free(port: int) -> bool:
    with socket.socket() as probe:
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
        return True
