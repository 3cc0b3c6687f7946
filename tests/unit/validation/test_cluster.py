"""The validator that runs programs as jobs on a cluster: limits, honest verdicts, and where it ran."""

from __future__ import annotations

import asyncio

import pytest

from services.domain.errors import TargetUnavailable
from services.domain.values import InputFile, Outcome, Verdict
from services.execution.interface import Finished, Job, Output
from services.validation.cluster import ClusterValidator
from services.validation.interface import ValidationLimits
from tests.standins.scripted_target import ScriptedCluster, ScriptedTarget, prints

WHERE = "on the validation cluster"


@pytest.fixture
def cluster() -> ScriptedCluster:
    return ScriptedCluster()


def validator(cluster: ScriptedCluster, script=None, **limits: float) -> ClusterValidator:
    target = ScriptedTarget(script or prints("Result: 3\n"), cluster=cluster)
    return ClusterValidator(target, where=WHERE, limits=ValidationLimits(**limits))


async def test_a_program_passes_and_says_where(cluster: ScriptedCluster):
    async with validator(cluster) as opened, opened.lease() as lease:
        outcome = await lease.validate("print('Result: 3')")
        again = await lease.validate("print('Result: 3')")
    assert (outcome.verdict, outcome.stdout, outcome.where) == (Verdict.PASSED, "Result: 3\n", WHERE)
    assert again.passed
    assert len(cluster.jobs) == 2, "each attempt is a job of its own"


async def test_a_failure_is_a_value(cluster: ScriptedCluster):
    def fails(_: Job):
        return [Output("before\n"), Finished(Outcome(verdict=Verdict.FAILED, stdout="before\n", exit_code=1))]

    async with validator(cluster, fails) as opened, opened.lease() as lease:
        assert (await lease.validate("1/0")).verdict is Verdict.FAILED


async def test_a_program_that_never_ends_is_stopped(cluster: ScriptedCluster):
    never = asyncio.Event()
    async with validator(cluster, lambda _: [never], wall=0.1) as opened, opened.lease() as lease:
        assert (await lease.validate("while True: pass")).verdict is Verdict.TIMED_OUT
    assert all(run.ended for run in cluster.runs.values())


async def test_too_much_output_is_a_verdict(cluster: ScriptedCluster):
    async with validator(cluster, prints("x" * 2000), output=1000) as opened, opened.lease() as lease:
        outcome = await lease.validate("print('x' * 2000)")
    assert (outcome.verdict, len(outcome.stdout), outcome.truncated) == (Verdict.OUTPUT_LIMIT, 1000, True)


async def test_a_cluster_that_is_down_is_said_to_be(cluster: ScriptedCluster):
    target = ScriptedTarget(prints(""), cluster=cluster)
    target.trouble = TargetUnavailable()
    async with ClusterValidator(target, where=WHERE) as opened, opened.lease() as lease:
        assert (await lease.validate("print()")).verdict is Verdict.UNAVAILABLE
        await asyncio.sleep(0)
        assert not opened.readiness().ready


async def test_input_files_travel_with_the_job(cluster: ScriptedCluster):
    inputs = (InputFile("a.csv", b"1"),)
    async with validator(cluster) as opened, opened.lease(inputs=inputs) as lease:
        await lease.validate("print(open('a.csv').read())")
    assert [job.inputs for job in cluster.jobs.values()] == [inputs]
