# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false
# Ray is untyped here, and has no public hook for this.
"""The program's connection to Ray: quiet, to the cluster that was chosen for it, and perhaps made ahead."""

from __future__ import annotations

import atexit
import faulthandler
import logging
import re
import signal
import sys
import threading
from collections.abc import Callable, Iterable
from typing import Any

from .delivered import DELIVERED
from .failures import keep_causes
from .imports import in_place_of
from .tail import PROGRESS_BAR

_RAYS_OWN = ("raylet", "autoscaler", "gcs_server")
# A worker that ended by itself before the raylet came to end it: neither the program's doing nor its concern.
_GONE = re.compile(r"\(raylet\) process\.cc:\d+: Process \d+ does not exist\.$")
# Ray's note to its log monitor, after text of the program's that has no line end yet.
_NOTE = re.compile(r"(?<=.):(?:job_id|actor_name|task_name):[\w.<>]+\n\Z")
_WARMING = "def warm():\n    import time\n    time.sleep(0.05)\n"

# The platform chooses cluster and size; a program that names its own runs all the same, where it was approved for.
_CHOSEN = frozenset(
    {
        "address",
        "num_cpus",
        "num_gpus",
        "resources",
        "labels",
        "object_store_memory",
        "object_spilling_directory",
        "enable_resource_isolation",
        "cgroup_path",
        "system_reserved_cpu",
        "system_reserved_memory",
        "local_mode",
        "include_dashboard",
        "dashboard_host",
        "dashboard_port",
        "allow_multiple",
        "_temp_dir",
        "_node_ip_address",
        "_node_name",
        "_memory",
        "_plasma_directory",
        "_driver_object_store_memory",
        "_enable_object_reconstruction",
        "_metrics_export_port",
        "_system_config",
        "_redis_username",
        "_redis_password",
    }
)
# Options that don't require a new connection if one was made before the program asked for it.
_COSMETIC = frozenset(
    {"logging_level", "logging_format", "configure_logging", "ignore_reinit_error", "log_to_driver"}
)


class RayConnection:
    """The program's connection to Ray: quiet, to the cluster that was chosen for it, and perhaps made ahead."""

    def __init__(self, *, follows: bool) -> None:
        self._follows = follows
        self._init: Callable[..., Any] = _nothing
        self._ahead = False
        self._terminated: Any = signal.SIG_DFL

    def prepare(self) -> None:
        import ray
        import ray.exceptions
        from ray._private import worker

        self._init = ray.init
        ray.init = in_place_of(ray.init, self.init)
        connected, shut_down = ray.is_initialized, ray.shutdown
        ray.is_initialized = in_place_of(connected, lambda: not self._ahead and connected())
        ray.shutdown = in_place_of(shut_down, lambda *args, **options: self._shut(shut_down, args, options))
        worker.print_to_stdstream = _print_plainly  # type: ignore[assignment]
        colours = ray.exceptions.colorama.Fore
        for name in vars(colours):
            setattr(colours, name, "")
        keep_causes(ray.exceptions.ActorDiedError)

    def connect(self, workers: int) -> None:
        import ray

        terminated = signal.getsignal(signal.SIGTERM)
        self._init(logging_level=logging.WARNING, log_to_driver=False)
        # Until the program asks for Ray, its signals are those of a program without.
        self._terminated = signal.signal(signal.SIGTERM, terminated)
        faulthandler.disable()
        for number in (signal.SIGSEGV, signal.SIGABRT, signal.SIGBUS, signal.SIGFPE, signal.SIGILL):
            signal.signal(number, signal.SIG_DFL)
        names: dict[str, Any] = {"__name__": "__main__"}
        exec(_WARMING, names)  # noqa: S102  # what is of `__main__` travels to workers by value
        warming = ray.remote(num_cpus=1)(names["warm"])
        ray.get([warming.remote() for _ in range(workers)])
        self._ahead = True

    def init(self, *_address: Any, **options: Any) -> Any:
        """`ray.init` as programs see it."""
        kept = {name: value for name, value in options.items() if name not in _CHOSEN and value is not None}
        kept.setdefault("logging_level", logging.WARNING)
        if not self._follows:
            kept["log_to_driver"] = False
        if DELIVERED:
            kept["runtime_env"] = DELIVERED.with_hook(kept.get("runtime_env"))
        if not self._ahead:
            return self._init(**kept)
        self._ahead = False
        from ray._private import worker

        if set(kept) - _COSMETIC:
            worker.shutdown()
            return self._init(**kept)
        if threading.current_thread() is threading.main_thread():
            signal.signal(signal.SIGTERM, self._terminated)
        context = self._init(**{**kept, "ignore_reinit_error": True})
        for hook in getattr(worker, "_post_init_hooks", ()):
            hook()
        return context

    def forgo_farewell(self) -> None:
        from ray._private import worker

        atexit.unregister(worker.shutdown)

    def _shut(self, shut_down: Callable[..., None], args: tuple[Any, ...], options: dict[str, Any]) -> None:
        """`ray.shutdown` as programs see it: without effect before their first `ray.init`."""
        if not self._ahead:
            shut_down(*args, **options)


def _nothing(**_: Any) -> None:
    """Stands where `ray.init` will be."""


def _print_plainly(data: dict[str, Any], ignore_prefix: bool = True) -> None:  # noqa: ARG001, FBT001, FBT002  # Ray's
    """Show workers' lines as the workers wrote them, and what Ray itself has to say where it can't be taken for output."""
    from_ray = data.get("pid") in _RAYS_OWN
    stream = sys.stderr if data["is_err"] or from_ray else sys.stdout
    mark = f"({data['pid']}) " if from_ray else ""
    lines = [f"{mark}{line}\n" for line in _records(data)]
    stream.write("".join(lines if from_ray else (_NOTE.sub("", line) for line in lines)))
    stream.flush()


def _records(data: dict[str, Any]) -> Iterable[str]:
    """The lines that are meant for people: of the autoscaler's log its events alone, as Ray itself has it."""
    from ray._private import worker

    lines = data["lines"]
    if data.get("pid") == "autoscaler":
        lines = worker.filter_autoscaler_events(lines)
    elif data.get("pid") == "raylet":
        lines = [line for line in lines if not _GONE.search(line)]
    return (line for line in lines if PROGRESS_BAR not in line)
