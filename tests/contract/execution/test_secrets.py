"""Secrets on a real cluster: driver and all workers have them, and nothing else ever does."""

from __future__ import annotations

import asyncio
import hashlib
import json

import pytest

from services.domain.values import Verdict
from services.execution.api import RayApi
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Finished, Job, Target
from services.execution.jobs import JobsTarget
from services.execution.secrets import Deliveries
from tests.contract.execution.conftest import World, remotes, told
from tests.leaks import planted, shown, where
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")

SCAN = """
import os
from ray._raylet import GcsClient

def scan(word):
    store = GcsClient(address=os.environ["RAY_ADDRESS"])
    found = []
    for namespace in (None, b"fun", b"raygen", b"job", b"session", b"cluster", b"dashboard", b"serve", b"tracing"):
        for key in store.internal_kv_keys(b"", namespace):
            value = store.internal_kv_get(key, namespace) or b""
            if word in key or word in value:
                found.append(key)
    return found, store.internal_kv_keys(b"", b"raygen")
"""
USES = (
    SCAN
    + """
import hashlib, json
import ray

def seen():
    found = hashlib.sha256(os.environ["PLANTED"].encode()).hexdigest() + os.environ.get("OWN", "")
    return found + os.environ.get("SALES_URL", "")

def hook():
    os.environ["HOOKED"] = "yes"

ray.init(runtime_env={"env_vars": {"OWN": "kept"}, "worker_process_setup_hook": hook})

@ray.remote(num_cpus=0.1)
def task(deep):
    assert os.environ["HOOKED"] == "yes"
    return ray.get(task.remote(False)) if deep else seen()

@ray.remote(num_cpus=0.1)
class Actor:
    def see(self):
        return seen()

print(json.dumps({
    "driver": seen(),
    "task": ray.get(task.remote(False)),
    "nested": ray.get(task.remote(True)),
    "other environment": ray.get(task.options(runtime_env={"env_vars": {"MORE": "1"}}).remote(False)),
    "actor": ray.get(Actor.remote().see.remote()),
    "data": ray.data.range(1).map(lambda row: {"seen": seen()}).take_all()[0]["seen"],
    "store": len(scan(os.environ["PLANTED"].encode())[0]),
    "names": len(scan(b"none")[1]),
}))
"""
)


async def scanned(target: Target, name: str, word: str) -> str:
    """What another job finds in the control store: keys that hold the word, and names that are there for workers."""
    backwards = word.encode().hex()[::-1]  # since the program is stored
    code = f"{SCAN}\nprint(scan(bytes.fromhex({backwards!r}[::-1])))\n"
    await target.submit(Job(name, code))
    return (await told(target, name)).text.strip()


@pytest.fixture(params=["embedded", "remote"])
def real(request: pytest.FixtureRequest) -> World:
    made: World = request.getfixturevalue(f"{request.param}_world")
    return made


async def test_driver_and_workers_have_it_and_nothing_else_does(
    real: World, embedded: EmbeddedTarget, request: pytest.FixtureRequest
):
    name = f"secret-{request.node.callspec.id}"
    value = planted(name)
    root = embedded._home.root
    url = "s3://lake/sales"
    assert await real.target.submit(Job(name, USES, variables={"SALES_URL": url}, secrets={"PLANTED": value}))
    assert not await real.target.submit(Job(name, USES, secrets={"PLANTED": value}))
    found = await told(real.target, name)
    assert found.outcome.verdict is Verdict.PASSED, found.outcome
    expected = hashlib.sha256(value.encode()).hexdigest()
    seen = json.loads(found.text)
    assert (seen.pop("store"), seen.pop("names")) == (0, 1), "while it runs, the control store has one half"
    assert seen == {
        "driver": f"{expected}{url}",
        **dict.fromkeys(("task", "nested", "other environment", "actor", "data"), f"{expected}kept{url}"),
    }
    assert where(value, root) == []
    async with remotes(embedded) as remote:
        assert await shown(value, remote()._api) == []
    assert await scanned(real.target, f"{name}-scan", value) == "([], [])"


async def test_a_run_that_is_killed_leaves_nothing_behind(embedded: EmbeddedTarget):
    code = f"{USES}\nos.kill(os.getpid(), 9)\n"
    value = planted("killed")
    await embedded.submit(Job("secret-killed", code, secrets={"PLANTED": value}))
    assert (await told(embedded, "secret-killed")).outcome.verdict is Verdict.KILLED
    async with asyncio.timeout(PATIENCE):
        tries = 0
        while await scanned(embedded, f"secret-scan-{tries}", value) != "([], [])":
            tries += 1
    assert where(value, embedded._home.root) == []


async def test_a_run_that_never_starts_leaves_nothing_behind(embedded: EmbeddedTarget):
    async with remotes(embedded) as remote:
        target = remote()
        value = planted("waiting")
        await target.submit(Job("secret-waits", USES, resources={"nowhere": 1}, secrets={"PLANTED": value}))
        package = target._deliveries._names["secret-waits"]
        await target.stop("secret-waits")
        assert (await told(target, "secret-waits")).outcome.verdict is Verdict.STOPPED
        read = (
            f"print(GcsClient(address=os.environ['RAY_ADDRESS']).internal_kv_get(b'gcs://{package}', None))"
        )
        await target.submit(Job("secret-left", f"{SCAN}\n{read}\n"))
        assert (await told(target, "secret-left")).text.strip() in {"b'-'", "None"}


class Lost(Deliveries):
    """Uploads a half that is gone before anyone takes it."""

    async def add(self, api: RayApi, submission_id: str, values: dict[str, str]) -> dict[str, bytes]:  # type: ignore[override]
        files = await super().add(api, submission_id, values)
        await self.remove(api, submission_id)
        return files


async def test_without_its_secrets_a_program_never_starts(embedded: EmbeddedTarget):
    target = JobsTarget(RayApi(embedded.address, token=embedded.token), deliveries=Lost())
    await target.submit(Job("secret-lost", "print('started')", secrets={"PLANTED": planted("lost")}))
    events = await told(target, "secret-lost")
    await target.aclose()
    assert isinstance(events.events[-1], Finished)
    assert "started\n" not in events.text
    assert events.outcome.verdict is Verdict.FAILED
    assert events.outcome.failure is not None
    assert events.outcome.failure.message == (
        "The secrets of this run are no longer in the cluster, so the program was not started. Run it again."
    )


async def test_a_kept_job_has_names_alone(embedded: EmbeddedTarget):
    value = planted("kept")
    embedded._home.keep_job(Job("secret-kept", "", secrets={"PLANTED": value}))
    try:
        kept = embedded._home.kept_job("secret-kept")
        assert kept is not None
        assert not kept.secrets
        assert embedded._home.secrets_of("secret-kept") == ("PLANTED",)
        assert where(value, embedded._home.root) == []
        ended = await told(embedded, "secret-kept")
        assert ended.outcome.detail == (
            "The local cluster restarted before this run began, and its secrets aren't stored, so it was not started. Run it again."
        )
        assert value not in repr(Job("secret-kept", "", secrets={"PLANTED": value}))
    finally:
        embedded._home.drop_job("secret-kept")
