"""A node that joins a cluster on loopback, which `ray start` refuses as long as Ray keeps to loopback."""

from __future__ import annotations

import signal
import sys

from ray._private.node import Node
from ray._private.parameter import RayParams


def main(address: str) -> None:
    params = RayParams(
        gcs_address=address,
        node_ip_address="127.0.0.1",
        num_cpus=1,
        num_gpus=0,
        resources={"farm": 1},
        object_store_memory=80_000_000,
        min_worker_port=0,
        max_worker_port=0,
        node_manager_port=0,
        include_log_monitor=False,
    )
    params.dashboard_agent_listen_port = None  # any but the head's
    Node(params, head=False, shutdown_at_exit=True, spawn_reaper=False)
    signal.pause()


if __name__ == "__main__":
    main(*sys.argv[1:])
