"""What every target promises, whatever stands behind it."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from services.domain.errors import RaygenError, TargetRefused
from services.domain.values import Verdict
from services.execution.embedded import EmbeddedTarget
from services.execution.interface import Finished, Job, Output, Progress
from tests.contract.execution.cases import CASES
from tests.contract.execution.conftest import Told, World, told
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="session")


async def test_output_comes_whole_and_as_it_was_written(world: World) -> None:
    cases = ["hello", "arguments", "lookalikes"]
    if not world.real or isinstance(world.target, EmbeddedTarget):  # the remote one is the same cluster
        cases += ["empty", "bulk"]
    if isinstance(world.target, EmbeddedTarget):  # where standard error is in the same log; once is enough
        cases.append("dataset")
    jobs = [world.job(case) for case in cases]
    assert await asyncio.gather(*(world.target.submit(job) for job in jobs)) == [True] * len(jobs)
    all_told = await asyncio.gather(*(told(world.target, job.submission_id) for job in jobs))
    for case, seen in zip(cases, all_told, strict=True):
        assert seen.text == CASES[case].output
        assert seen.outcome.verdict is Verdict.PASSED
        assert seen.outcome.stdout == CASES[case].output
        assert seen.outcome.exit_code == 0
        assert sum(isinstance(event, Finished) for event in seen.events) == 1


async def test_an_end_tells_its_code_or_signal_or_kind_message_and_the_users_own_lines(world: World) -> None:
    jobs = [world.job(case) for case in ("fails", "exits", "crashes", "closes")]
    await asyncio.gather(*map(world.target.submit, jobs))
    seen, left, crashed, closed = await asyncio.gather(
        *(told(world.target, each.submission_id) for each in jobs)
    )
    assert seen.outcome.verdict is Verdict.FAILED
    assert seen.outcome.failure is not None
    assert replace(seen.outcome.failure, traceback="") == CASES["fails"].outcome.failure
    assert seen.text.startswith("before\n")
    assert (left.outcome.verdict, left.outcome.exit_code) == (Verdict.FAILED, 3), "an exit code is one, too"
    expected = CASES["crashes"]
    assert crashed.text == expected.output
    assert (crashed.outcome.verdict, crashed.outcome.exit_code, crashed.outcome.detail) == (
        Verdict.KILLED,
        -11,
        expected.outcome.detail,
    )
    assert closed.text == "before\n"
    assert (closed.outcome.verdict, closed.outcome.value) == (Verdict.PASSED, "42"), closed.outcome
    assert [file.name for file in closed.outcome.artifacts] == [r"a\xff.csv"]


async def test_every_follower_gets_the_whole_run_as_it_comes_whenever_others_join_or_leave(
    world: World,
) -> None:
    job = world.job("slow")
    results = await asyncio.gather(*(world.target.submit(job) for _ in range(5)))
    assert sorted(results) == [False, False, False, False, True], "a second submission runs nothing"
    early = asyncio.create_task(told(world.target, job.submission_id))
    other = asyncio.create_task(told(world.again(), job.submission_id))
    async with asyncio.timeout(PATIENCE):
        events = world.target.follow(job.submission_id)
        await anext(events)
        await events.aclose()  # type: ignore[attr-defined]  # every implementation is a generator
    after = asyncio.create_task(told(world.target, job.submission_id))
    seen: list[Told] = [
        *await asyncio.gather(early, other, after),
        await told(world.again(), job.submission_id),
    ]
    assert await world.target.submit(job) is False
    assert [each.text for each in seen] == [CASES["slow"].output] * 4
    assert {each.outcome.verdict for each in seen} == {Verdict.PASSED}
    live = seen[0].events
    assert sum(isinstance(event, Output) for event in live) > 1
    assert any(isinstance(event, Progress) and event.status == "RUNNING" for event in live)


async def test_stop_ends_the_run(world: World) -> None:
    job = world.job("endless")
    await world.target.submit(job)
    events = world.target.follow(job.submission_id)
    async with asyncio.timeout(PATIENCE):
        async for event in events:
            if isinstance(event, Output):
                break
    async with asyncio.timeout(PATIENCE):
        assert await world.target.stop(job.submission_id) is True
        rest = [event async for event in events]
    assert isinstance(rest[-1], Finished)
    assert rest[-1].outcome.verdict is Verdict.STOPPED
    assert await world.target.stop(job.submission_id) is False
    assert (await told(world.again(), job.submission_id)).outcome.verdict is Verdict.STOPPED


async def test_the_wall_limit_is_kept_and_told(world: World) -> None:
    job = world.job("endless", wall_limit=1.0 if world.real else 0.2)
    await world.target.submit(job)
    seen = await told(world.target, job.submission_id)
    assert seen.outcome.verdict is Verdict.TIMED_OUT
    assert seen.text == "on and on\n"
    if world.real:
        assert seen.outcome.wall is not None
        assert seen.outcome.wall >= 1.0


async def test_an_unknown_run_is_unavailable_with_a_reason(world: World) -> None:
    seen = await told(world.target, "run-that-never-was")
    assert seen.outcome.verdict is Verdict.UNAVAILABLE
    assert "has no record" in (seen.outcome.detail or "")
    assert await world.target.stop("run-that-never-was") is False


@pytest.mark.parametrize("name", ["", "../x", "a b", "$(id)", "x" * 200, "a;b"])
async def test_names_that_could_mean_something_elsewhere_are_refused(world: World, name: str) -> None:
    with pytest.raises(TargetRefused):
        await world.target.submit(Job(name, "pass"))


async def test_a_ready_target_says_so(world: World) -> None:
    readiness = await world.target.readiness()
    assert readiness.ready
    assert readiness.missing == ""
    assert world.target.address.startswith("http")
    assert issubclass(TargetRefused, RaygenError)


async def test_a_target_tells_what_it_is_like(world: World) -> None:
    async with asyncio.timeout(PATIENCE):
        while not (state := await world.target.state()).shares:
            await asyncio.sleep(0.2)  # Ray's own report comes some seconds after its start
    assert state.up
    assert state.version.startswith("2.")
    assert state.nodes == 1
    assert 0 <= state.shares["CPU"].free <= state.shares["CPU"].total
