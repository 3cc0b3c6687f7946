# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# pyright: reportPrivateUsage=false, reportAttributeAccessIssue=false
# Ray is untyped here, and has no public way to its control store before `ray.init`.
"""Secrets of a run, as environment variables of its driver and its workers.

They arrive as two halves, each of them random bytes: the exclusive or of both is the text. One is a file beside this module, the other a
package in the control store. The driver reads both and removes them. For its workers it puts two new halves there, one of them in what
each worker runs as it starts, the other under a name of our own, which is removed when the run ends.
"""

from __future__ import annotations

import base64
import contextlib
import json
import os
from typing import Any

FILE = "secrets.json"
_NAMESPACE = b"raygen"
_GONE = "The secrets of this run are no longer in the cluster, so the program was not started. Run it again."

# It is pickled with its code, since a worker may have another working directory.
_HOOK = """
def raygen_secrets(name=name, half=half, namespace=namespace, then=then):
    import importlib
    import json
    import os

    from ray.experimental.internal_kv import _internal_kv_get

    other = _internal_kv_get(name, namespace=namespace)
    if not other or len(other) != len(half):
        raise RuntimeError("The secrets of this run are no longer in the cluster, so no worker can start.")
    text = (int.from_bytes(half, "big") ^ int.from_bytes(other, "big")).to_bytes(len(half), "big")
    os.environ.update(json.loads(text))
    if isinstance(then, str):
        module, _, function = then.rpartition(".")
        then = getattr(importlib.import_module(module), function)
    if then is not None:
        then()
"""


class Missing(Exception):
    """The secrets of this run are no longer there."""

    def __init__(self) -> None:
        super().__init__(_GONE)


class Delivered:
    """The secrets of one run, on its side."""

    def __init__(self) -> None:
        self._workers = b""
        self._half = b""

    def __bool__(self) -> bool:
        return bool(self._workers)

    def take(self) -> None:
        """Set the variables, where there are any. Raises Missing."""
        path = os.path.join(os.path.dirname(__file__), FILE)
        if not os.path.exists(path):
            return
        with open(path, encoding="utf-8") as file:
            found = json.load(file)
        with contextlib.suppress(OSError):
            os.unlink(path)
        half, key = base64.b64decode(found["half"]), found["key"].encode()
        store = _store()
        other = store.internal_kv_get(key, None)
        store.internal_kv_del(key, False, None)
        if not other or len(other) != len(half):
            raise Missing
        text = _combined(half, other)
        self._workers = found["workers"].encode()
        self._half = os.urandom(len(text))
        store.internal_kv_put(self._workers, _combined(self._half, text), True, _NAMESPACE)
        os.environ.update(json.loads(text))

    def forget(self) -> None:
        """Remove what was there for workers."""
        if self._workers:
            forget(self._workers.decode())

    def with_hook(self, runtime_env: Any) -> Any:
        """A runtime environment whose workers have the variables, and then run the hook that it had before."""
        if not self._workers:
            return runtime_env
        runtime_env = dict(runtime_env or {})
        names: dict[str, Any] = {
            "__name__": "__main__",  # what is of `__main__` travels to workers by value
            "name": self._workers,
            "half": self._half,
            "namespace": _NAMESPACE,
            "then": runtime_env.get("worker_process_setup_hook"),
        }
        exec(_HOOK, names)  # noqa: S102
        return {**runtime_env, "worker_process_setup_hook": names["raygen_secrets"]}


def workers_name() -> str:
    """The name under which workers of this run find their half, before the driver begins; empty where there are no secrets."""
    try:
        with open(os.path.join(os.path.dirname(__file__), FILE), encoding="utf-8") as file:
            return str(json.load(file)["workers"])
    except (OSError, ValueError, LookupError):
        return ""


def forget(name: str) -> None:
    """Remove what was there for the workers of a run, from any process of its job."""
    with contextlib.suppress(Exception):
        _store().internal_kv_del(name.encode(), False, _NAMESPACE)


def _store() -> Any:
    from ray import _raylet

    return _raylet.GcsClient(address=os.environ["RAY_ADDRESS"])


def _combined(one: bytes, other: bytes) -> bytes:
    return (int.from_bytes(one, "big") ^ int.from_bytes(other, "big")).to_bytes(len(one), "big")


DELIVERED: Delivered = Delivered()
"""What this process was given; there is one run in a process."""
