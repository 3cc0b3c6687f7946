# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportMissingTypeStubs=false
# pyright: reportUnknownArgumentType=false, reportPrivateUsage=false
# Ray is untyped here.
"""Ray's state API (`ray.util.state`), started when something first asks for it; the rest of Ray's dashboard is not there.

Ray Train asks for it by itself, and without an answer waits for most of a minute.
"""

from __future__ import annotations

import asyncio
import inspect
import os
import socket
from typing import Any

from . import cluster

_ABSENT = "The sealed cluster has Ray's state API, but not its dashboard or its Jobs API"


def listen() -> socket.socket:
    """The port, open before anything answers at it; connections wait in it."""
    listener = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    listener.bind((cluster.IP, cluster.STATE_PORT))
    listener.listen(64)
    return listener


def become_state_api(listener: socket.socket, cluster_id: str) -> None:
    """Answer at the port that is open already, as the head of Ray's dashboard would."""
    os.environ["RAY_USAGE_STATS_ENABLED"] = "0"
    asyncio.run(_serve(listener, cluster_id))


async def _serve(listener: socket.socket, cluster_id: str) -> None:
    from aiohttp import web
    from ray.dashboard.modules.state.state_head import StateHead
    from ray.dashboard.subprocesses.module import SubprocessModule, SubprocessModuleConfig

    async def absent(_: web.Request) -> web.Response:
        return web.Response(status=501, reason=_ABSENT)

    async def run(head: Any) -> None:
        """In place of Ray's own, which serves the dashboard's process by a socket."""
        app = web.Application()
        for _, handler in inspect.getmembers(head, lambda each: hasattr(each, "__route_path__")):
            app.router.add_route(handler.__route_method__, handler.__route_path__, handler)
        app.router.add_route("*", "/{other:.*}", absent)
        runner = web.AppRunner(app, access_log=None)
        await runner.setup()
        await web.SockSite(runner, listener).start()

    SubprocessModule.run = run
    config = SubprocessModuleConfig(
        cluster_id_hex=cluster_id,
        gcs_address=cluster.GCS,
        session_name=cluster.SESSION,
        temp_dir=str(cluster.TEMP),
        session_dir=str(cluster.HERE),
        logging_level="ERROR",
        logging_format="",
        log_dir=str(cluster.LOGS),
        logging_filename="",
        logging_rotate_bytes=0,
        logging_rotate_backup_count=0,
        socket_dir=str(cluster.HERE / "sockets"),
    )
    await StateHead(config).run()
    await asyncio.Event().wait()
