# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false
# Ray is untyped here.
"""Starts everything in a sandbox: `python -m inside SETTINGS OBSERVER` with the bot on standard input and output.

OBSERVER is the file descriptor of a socket to the observer of the seal's network.
"""

from __future__ import annotations

import json
import os
import sys
import time
from pathlib import Path
from typing import Any

from . import cluster, postgres, process
from .fork_server import ForkServer
from .imports import RAYLET, import_ray
from .observer import ObserverChannel
from .supervisor import SealedSupervisor

_START_LIMIT = 3600.0  # the bot gives up long before


def main(settings: dict[str, Any], observer: ObserverChannel, *, imported: bool = False) -> None:
    """Serve until the bot is gone; `imported` when Ray has been imported for process 1 already."""
    process.shield()
    os.environ.pop("PYTHONPATH", None)  # nothing else in here imports what is there
    observer.hold_up_connections()
    os.nice(settings["nice"])
    process.offer_to_the_oom_killer()
    process.limit(processes=settings["processes"])
    incoming, outgoing = _take_pipes()
    cluster.make_session()
    server = postgres.Server(settings["databases"])
    gcs, start_gcs = process.start_later()
    start_gcs(cluster.gcs())
    raylet, start_raylet = process.start_later()
    # Not the raylet's: its store doubles the size of a sparse file where there is no room, and aborts when it can't.
    process.limit_files(settings["file_size"])
    if not imported:
        import_ray(raylet, cluster.PACKAGES)
    elif raylet != RAYLET:
        raise SystemExit(f"the raylet is process {raylet}")
    server.start()
    fork_server = ForkServer()
    launcher = str(Path(__file__).with_name("launcher.py"))
    introduction = _Introduction()
    cluster_id = introduction.cluster_id()
    start_raylet(
        cluster.raylet(
            cluster_id, launcher, settings["resources"], settings["shared_memory"], settings["workers"]
        )
    )
    introduction.raylet_is_up()
    server.load()
    process.call_itself(f"{sys.executable} -m ray.scripts.scripts start --head --block")
    SealedSupervisor(
        incoming,
        outgoing,
        fork_server,
        observer,
        gcs,
        raylet,
        cluster_id,
        settings["workers"],
        settings["written"],
        server,
    ).serve()


def _take_pipes() -> tuple[int, int]:
    """Move the pipes to the bot away from where a child would inherit them as standard streams."""
    incoming, outgoing = os.dup(0), os.dup(1)
    null = os.open(os.devnull, os.O_RDWR)
    os.dup2(null, 0)
    os.dup2(null, 1)
    os.close(null)
    return incoming, outgoing


class _Introduction:
    """A child that writes into the GCS what Ray's own start would, and waits there for the raylet.

    It is a child because Ray's client starts threads.
    """

    def __init__(self) -> None:
        reading, writing = os.pipe()
        self._pid = process.fork(lambda: _introduce(writing), keep=(writing,))
        os.close(writing)
        self._answers = os.fdopen(reading, encoding="ascii")

    def cluster_id(self) -> str:
        return self._line()

    def raylet_is_up(self) -> None:
        self._line()
        self._answers.close()
        os.waitpid(self._pid, 0)

    def _line(self) -> str:
        line = self._answers.readline().strip()
        if not line:
            raise SystemExit(f"Ray did not start: {cluster.last_words()}")
        return line


def _introduce(writing: int) -> None:
    from ray._common.usage import usage_lib
    from ray._private import ray_constants
    from ray._raylet import GcsClient

    limit = time.monotonic() + _START_LIMIT
    client: Any = None
    while client is None:
        try:
            client = GcsClient(address=cluster.GCS)
        except Exception:  # noqa: BLE001  # not up yet, in whatever words
            _pause(limit)
    client.internal_kv_put(
        b"session_name", cluster.SESSION.encode(), True, ray_constants.KV_NAMESPACE_SESSION
    )
    usage_lib.put_cluster_metadata(client, ray_init_cluster=False)
    state_api = f"{cluster.IP}:{cluster.STATE_PORT}".encode()
    for key, address in ((b"webui:url", b""), (ray_constants.DASHBOARD_ADDRESS.encode(), state_api)):
        client.internal_kv_put(key, address, True, ray_constants.KV_NAMESPACE_DASHBOARD)
    os.write(writing, client.cluster_id.hex().encode() + b"\n")
    while not client.get_all_node_info(timeout=5):
        _pause(limit)
    os.write(writing, b"up\n")


def _pause(limit: float) -> None:
    if time.monotonic() > limit:
        raise SystemExit(1)
    time.sleep(0.01)


if __name__ == "__main__":
    main(json.loads(sys.argv[1]), ObserverChannel(int(sys.argv[2])))
