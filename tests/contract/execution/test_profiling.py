"""What a cluster has, found by one job on a real one."""

from __future__ import annotations

import asyncio
import platform
from importlib import metadata

import pytest
import ray

from services.execution.api import RayApi
from services.execution.embedded import EmbeddedTarget
from services.execution.profiling import KIND
from tests.contract.execution.conftest import remotes
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_a_cluster_is_asked_by_one_job_however_many_ask(embedded: EmbeddedTarget):
    async with remotes(embedded) as remote:
        profilers = [remote().profiler for _ in range(3)]
        session = await profilers[0].session()
        assert session.startswith("session_")
        async with asyncio.timeout(PATIENCE):
            found = await asyncio.gather(*(each.profile(session) for each in profilers))
        assert found[0] == found[1] == found[2] == await profilers[0].profile(session)
    profile = found[0]
    assert (profile.python, profile.ray) == (platform.python_version(), ray.__version__)
    assert profile.has("pydantic", metadata.version("pydantic"))
    assert (profile.answered, profile.nodes, profile.session) == (1, 1, session)
    assert profile.memory > 2**20
    api = RayApi(embedded.address, token=embedded.token)
    try:
        (job,) = [each for each in await api.jobs() if (each.metadata or {}).get(KIND)]
    finally:
        await api.aclose()
    assert job.metadata is not None
    assert job.metadata[KIND] == "profile"
