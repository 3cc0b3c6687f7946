"""No fixed name tells a program whether it is in the seal or on the target that it is approved for."""

from __future__ import annotations

import json
import re
import sys
from typing import Any

import pytest

from services.execution.embedded import EmbeddedTarget
from services.validation.interface import ValidationLimits
from services.validation.sandbox import ClusterSettings, Sandbox
from tests.integration.execution.conftest import run

LOOK = """
import getpass, json, os, platform, socket, sys
import ray

ray.init()

def seen():
    return {
        "host": platform.node(),
        "full host": socket.getfqdn(),
        "user": getpass.getuser(),
        "home": os.path.expanduser("~"),
        "python path": os.environ["PYTHONPATH"],
        "directory": os.getcwd(),
        "import path": [path for path in sys.path if path.startswith(("/raygen", "/home"))],
        "machine": os.path.exists("/etc/machine-id"),
        "password": open("/etc/passwd").read().splitlines()[-1],
        "other variables": sorted(name for name in os.environ if "RAYGEN" in name or "SEAL" in name),
    }

context = ray.get_runtime_context()
print("LOOK" + json.dumps({
    **seen(),
    "program": __file__,
    "arguments": sys.argv,
    "command": open("/proc/self/cmdline").read().replace("\\0", " ").strip(),
    "session": os.path.basename(context.get_session_name()),
    "node": context.get_node_id(),
    "node host": ray.nodes()[0]["NodeManagerHostname"],
    "first": open("/proc/1/cmdline").read().replace("\\0", " "),
    "worker": ray.get(ray.remote(seen).remote()),
}))
"""
#: What differs from cluster to cluster and run to run, in the same way on both sides.
NUMBERS = (
    (r"ray-head-[0-9a-f]{8}", "HOST"),
    (r"session_\d{4}-\d\d-\d\d_\d\d-\d\d-\d\d_\d{6}_\d+", "SESSION"),
    (r"_ray_pkg_[0-9a-f]{32}", "PACKAGE"),
    (r"--nonce [0-9a-f]{32}", "NONCE"),
    (r"\b[0-9a-f]{56}\b", "NODE"),
    (
        r"(/tmp)?/ray/SESSION",
        "RAY",
    ),  # Ray's own directory: the usual one, and that of a cluster with a short path
)
VARY = ("host", "full host", "directory", "python path", "program", "command", "session", "node", "node host")


def look(output: str) -> dict[str, Any]:
    line = next(line for line in output.splitlines() if line.startswith("LOOK"))
    return json.loads(line.removeprefix("LOOK"))


def plain(seen: dict[str, Any]) -> dict[str, Any]:
    """The same with words for what varies."""
    text = json.dumps(seen)
    for pattern, word in NUMBERS:
        text = re.sub(pattern, word, text)
    return json.loads(text)


async def sealed() -> dict[str, Any]:
    sandbox = await Sandbox.start(ClusterSettings(workers=1))
    try:
        record = await sandbox.run(LOOK, ValidationLimits())
    finally:
        await sandbox.close()
    assert record.status == 0, record.stderr
    return look(record.stdout.decode())


@pytest.mark.asyncio(loop_scope="session")
async def test_the_seal_has_the_targets_names_or_ones_that_change(shared: EmbeddedTarget) -> None:
    first, second = await sealed(), await sealed()
    output, _ = await run(shared, "raygen-names", LOOK)
    target = look(output)
    for name in VARY:
        assert len({first[name], second[name], target[name]}) == 3, name
    # The checkout itself may be in a folder called raygen.
    commands = [seen.pop("first").replace(sys.prefix, "") for seen in (first, second, target)]
    assert not [command for command in commands[:2] if "inside" in command or "raygen" in command]
    assert plain(first) == plain(second) == plain(target)
