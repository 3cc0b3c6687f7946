# pyright: reportUnknownMemberType=false, reportUnknownLambdaType=false, reportMissingTypeStubs=false
# pyright: reportUnknownArgumentType=false, reportUnknownVariableType=false
# Ray is untyped here.
"""Ray's agent for runtime environments, started when a program first asks for one: most never do."""

from __future__ import annotations

import os
import runpy
import socket
import sys

from . import cluster


def listen() -> socket.socket:
    """The agent's port, open before there is an agent; connections wait in it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((cluster.IP, cluster.RUNTIME_ENV_PORT))
    listener.listen(64)
    return listener


def become_agent(listener: socket.socket, cluster_id: str, raylet: int) -> None:
    """Go on as Ray's own agent, on the port that is open already."""
    from aiohttp import web
    from ray._private import process_watcher

    # It would look for the raylet as its parent; here process 1 is, and ends when the raylet does.
    process_watcher.create_check_raylet_task = lambda *_: None
    run_app = web.run_app
    web.run_app = lambda app, sock, loop: run_app(app, sock=listener, loop=loop, print=None)  # noqa: ARG005
    os.environ["RAY_RAYLET_PID"] = str(raylet)
    script = str(cluster.ray_home() / "_private/runtime_env/agent/main.py")
    sys.argv = [
        script,
        f"--node-id={cluster.NODE_ID}",
        f"--node-ip-address={cluster.IP}",
        "--runtime-env-agent-port=0",
        f"--session-dir={cluster.HERE}",
        f"--gcs-address={cluster.GCS}",
        f"--cluster-id-hex={cluster_id}",
        f"--runtime-env-dir={cluster.HERE / 'runtime_env'}",
        "--logging-rotate-bytes=0",
        "--logging-rotate-backup-count=0",
        f"--log-dir={cluster.LOGS}",
        f"--temp-dir={cluster.TEMP}",
    ]
    runpy.run_path(script, run_name="__main__")
