"""Prints what a cluster has as one line of JSON: runs by itself on a target, as a job, with whatever Python is there.

Each node is asked by a task that takes no CPU. Only packages that are the same on all nodes that answer are listed.
"""

from __future__ import annotations

import json
import logging
import platform
import signal
import sys
from importlib import metadata
from typing import Any

MARK = "RAYGEN_PROFILE "
WALL = 90
"""Seconds after which it ends, whatever it waits for."""
_NODES = 16
_WAIT = 45.0
_ACCELERATOR = "accelerator_type:"


def here() -> dict[str, Any]:
    """What this process can import: of a package that is there twice, the one that Python finds first."""
    import ray  # noqa: PLC0415  # as the task that it also is

    packages: dict[str, str] = {}
    for each in metadata.distributions():
        name = each.metadata["Name"]
        if name:
            words = name.lower().replace("_", "-").replace(".", "-").split("-")
            packages.setdefault("-".join(filter(None, words)), each.version)
    return {"python": platform.python_version(), "ray": ray.__version__, "packages": packages}


def main() -> None:
    import ray as untyped  # noqa: PLC0415  # after the alarm is set
    from ray.util.scheduling_strategies import NodeAffinitySchedulingStrategy  # noqa: PLC0415

    ray: Any = untyped
    ray.init(log_to_driver=False, logging_level=logging.ERROR)
    nodes: list[dict[str, Any]] = [each for each in ray.nodes() if each["Alive"]]
    task: Any = ray.remote(num_cpus=0, max_retries=0)(here)
    asked = [
        task.options(
            name="raygen_profile",
            scheduling_strategy=NodeAffinitySchedulingStrategy(each["NodeID"], soft=False),
        ).remote()
        for each in nodes[:_NODES]
    ]
    done, _ = ray.wait(asked, num_returns=len(asked), timeout=_WAIT)
    answers: list[dict[str, Any]] = []
    for each in done:
        try:
            answers.append(ray.get(each))
        except ray.exceptions.RayError:  # its node is gone, or can't start a worker
            continue
    own = here()
    packages = {
        name: version
        for name, version in own["packages"].items()
        if all(each["packages"].get(name) == version for each in answers)
    }
    resources: list[dict[str, float]] = [each["Resources"] for each in nodes]
    found = {
        **own,
        "packages": packages,
        "answered": len(answers),
        "nodes": len(nodes),
        "gpus": sum(each.get("GPU", 0.0) for each in resources),
        "accelerators": sorted(
            {
                name[len(_ACCELERATOR) :]
                for each in resources
                for name in each
                if name.startswith(_ACCELERATOR)
            }
        ),
        "memory": int(max((each.get("memory", 0.0) for each in resources), default=0.0)),
    }
    sys.stdout.write("\n" + MARK + json.dumps(found) + "\n")


if __name__ == "__main__":
    signal.alarm(WALL)
    main()
