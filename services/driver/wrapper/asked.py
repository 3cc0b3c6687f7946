# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportMissingTypeStubs=false
# Ray is untyped here, and has no public hook for what is counted.
"""What a program asks of Ray: its tasks and actors by name, and the most that one of them wants."""

from __future__ import annotations

import functools
from collections.abc import Callable
from typing import Any

from .text import Facts

_LISTED = 50
# Where Ray's libraries put actors of their own: a place that every cluster has.
_HEAD = "node:__internal_head__"


class Asked:
    """Counts calls of remote functions, actors and their methods.

    `report` is called with the name and amount of a resource whenever more of it is asked for than before.
    """

    def __init__(
        self,
        report: Callable[[str, float], None] | None = None,
        *,
        sealed: bool = False,
    ) -> None:
        self._sealed = sealed
        self._report = report
        self._tasks: dict[str, int] = {}
        self._resources: dict[str, float] = {}
        self._whole = True

    def begin(self) -> None:
        import ray.actor
        import ray.remote_function

        function = ray.remote_function.RemoteFunction
        function._remote = self._counted(function._remote, lambda it: it._function_name)
        actor = ray.actor.ActorClass
        actor._remote = self._counted(actor._remote, lambda it: it.__ray_metadata__.class_name)
        method = ray.actor.ActorMethod
        method._remote = self._counted(method._remote, lambda it: it._method_name, asks=False)

    @property
    def any(self) -> bool:
        """Whether anything was asked to run in a worker."""
        return bool(self._tasks)

    def facts(self, in_workers: dict[str, float]) -> Facts:
        """What was asked for here, and the most of each resource that tasks have asked for in their workers."""
        resources = dict(self._resources)
        for name, amount in in_workers.items():
            resources[name] = max(amount, resources.get(name, 0.0))
        facts: Facts = {"tasks": dict(list(self._tasks.items())[:_LISTED]), "resources": resources}
        facts["unknown"] = [] if self._whole else ["resources"]
        return facts

    def _counted(self, remote: Any, name_of: Callable[[Any], str], *, asks: bool = True) -> Any:
        @functools.wraps(remote)
        def counted(target: Any, *args: Any, **options: Any) -> Any:
            try:
                name = name_of(target).rsplit(".", 1)[-1]
                self._tasks[name] = self._tasks.get(name, 0) + 1
                if asks:
                    asked = {**(getattr(target, "_default_options", None) or {}), **options}
                    self._ask(asked)
                    if self._sealed and asked.get("resources"):
                        options["resources"] = self._known(asked["resources"])
            except Exception:  # noqa: BLE001  # whatever is asked for, Ray answers it
                self._whole = False
            return remote(target, *args, **options)

        return counted

    def _known(self, resources: dict[str, float]) -> dict[str, float]:
        """Without those that the sealed cluster has never heard of: what a cluster calls its own is granted."""
        import ray

        known = ray.cluster_resources()
        return {name: amount for name, amount in resources.items() if name in known}

    def _ask(self, options: dict[str, Any]) -> None:
        asked = {
            "CPU": options.get("num_cpus"),
            "GPU": options.get("num_gpus"),
            **(options.get("resources") or {}),
        }
        asked = {name: float(amount) for name, amount in asked.items() if amount and name != _HEAD}
        for name, amount in asked.items():
            if amount > self._resources.get(name, 0.0):
                self._resources[name] = amount
                if self._report:
                    self._report(name, amount)
