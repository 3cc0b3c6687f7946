# pyright: reportUnknownMemberType=false, reportMissingTypeStubs=false
# Ray is untyped here.
"""What process 1 imports before it forks; the template imports it before there is a cluster."""

from __future__ import annotations

import functools
import importlib
import os
from pathlib import Path
from types import CodeType

RAYLET = 3
"""The process ID of the raylet, where process 1 has started nothing but the GCS before."""
# What is imported with pandas.
_TOGETHER = ("numpy", "pandas", "pyarrow", "dateutil", "six.py")


def import_ray(raylet: int, packages: Path) -> None:
    """What forked drivers and workers then have for nothing; none of it may start a thread.

    Ray reads some variables once, as it is imported, which a raylet would set for each worker that it starts.
    """
    for_workers = {"RAY_RAYLET_PID": str(raylet), "RAY_JOB_ID": "ffffffff"}
    os.environ.update(for_workers)
    if not _brings(packages, _TOGETHER):
        import numpy  # noqa: F401
        import pandas  # noqa: F401
        import pyarrow.json  # noqa: F401
    import ray
    import ray._common.pydantic_compat as compatibility
    import ray._private.arrow_serialization
    import ray._private.workers
    import ray.actor
    import ray.remote_function

    for module in ("asked", "checkpoints", "driver", "tail", "touched"):
        importlib.import_module(f"raygen_driver.{module}")
    compatibility._iter_model_field_types()  # imports what the first task would
    compiled(str(Path(ray._private.workers.__file__).with_name("default_worker.py")))
    for name in for_workers:
        del os.environ[name]


def _brings(packages: Path, names: tuple[str, ...]) -> bool:
    """Whether one of these is among the packages that are installed for a program, and must not be mixed with ours."""
    return any((packages / name).exists() for name in names)


@functools.cache
def compiled(path: str) -> CodeType:
    """The code of a script of Ray's, which a run of it would compile anew each time."""
    return compile(Path(path).read_bytes(), path, "exec")
