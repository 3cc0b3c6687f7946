"""A run's secrets: read as it starts, given to the target alone, and masked in all that comes back."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from dataclasses import dataclass, field
from pathlib import Path

import pytest
from sqlalchemy import select

from services.domain.entities import RunStatus, run_id
from services.domain.errors import NotAllowed, SecretUnavailable
from services.domain.provisions import BoundSecret, Provisions
from services.domain.values import Artifact, Failure, Outcome, TaskCount, Verdict
from services.execution.interface import Finished, Output, Progress
from services.notifications.events import RunProgressed, SessionEvent
from services.runs.provisions import RunProvisions
from services.runs.steps import RunSteps
from services.secrets.configured import ConfiguredSecrets
from services.secrets.interface import EnvironmentVariable, OnTarget, Secret
from services.store import Store, open_database, tables
from tests.databases import database
from tests.deciding import deciding, run_steps
from tests.fakes import FakeTarget, RecordingNotifier, approving, here
from tests.integration.lives import approved

VALUE = "correct/horse+battery=staple"
BOUND = BoundSecret(name="KEY", purpose="logs in")


@dataclass
class Notifier(RecordingNotifier):
    views: list[RunProgressed] = field(default_factory=list)

    async def notify(self, event: SessionEvent) -> None:
        if isinstance(event, RunProgressed):
            self.views.append(event)
        await super().notify(event)


@dataclass
class World:
    store: Store
    target: FakeTarget
    notifier: Notifier

    def runs(self, *secrets: Secret) -> RunSteps:
        decisions = deciding(self.store, self.notifier, here(self.target), approving(self.store))
        return run_steps(decisions, RunProvisions(secrets=ConfiguredSecrets(secrets)))

    async def approved(self, *bound: BoundSecret) -> str:
        """The ID of a proposal that was approved with these secrets."""
        return await approved(self.store, 1, provisions=Provisions(secrets=bound))

    async def rows(self) -> str:
        async with self.store.tasks._engine.connect() as connection:
            found = [
                tuple(row)
                for table in tables.metadata.sorted_tables
                for row in await connection.execute(select(table))
            ]
        return repr(found)


@pytest.fixture
async def world(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> AsyncGenerator[World]:
    monkeypatch.setenv("TEAM_KEY", VALUE)
    async with open_database(database(tmp_path)) as engine:
        yield World(Store(engine), FakeTarget(), Notifier())


def secret(**changes: frozenset[str]) -> Secret:
    return Secret(name="KEY", source=EnvironmentVariable("TEAM_KEY"), **changes)


async def test_the_target_gets_the_value_and_everything_else_a_mask(world: World):
    proposal_id = await world.approved(BOUND)
    half = len(VALUE) // 2
    world.target.events = [
        Output(f"the key is {VALUE[:half]}"),
        Output(f"{VALUE[half:]}.\n"),
        Progress("RUNNING", f"waits for {VALUE}", (TaskCount(VALUE, "RUNNING", 1),)),
        Finished(
            Outcome(
                verdict=Verdict.FAILED,
                stdout=f"the key is {VALUE}.\n",
                value=repr(VALUE),
                failure=Failure("ValueError", VALUE, traceback=VALUE),
                artifacts=(Artifact("key.txt", "text/plain", VALUE.encode()),),
            )
        ),
    ]
    runs = world.runs(secret())
    await runs.open(proposal_id)
    await runs.submit(proposal_id)
    await runs.follow(proposal_id)
    (job,) = world.target.jobs.values()
    assert job.secrets == {"KEY": VALUE}
    assert VALUE not in repr(job)
    views = [each.view for each in world.notifier.views]
    assert views[-1].output == "the key is [secret KEY].\n"
    assert VALUE[:half] not in repr(views)
    assert VALUE not in repr(world.notifier.recorded) + await world.rows()
    run = await world.store.runs.get(run_id(proposal_id))
    assert run.outcome is not None
    assert run.outcome.stdout == "the key is [secret KEY].\n"
    kept = await world.store.artifacts.whole(run.id)
    assert [each.content for each in kept.artifacts] == [b"[secret KEY]"]


async def test_of_one_that_is_on_the_target_nothing_is_passed(world: World):
    proposal_id = await world.approved(BoundSecret(name="KEY", on_target=True))
    runs = world.runs(Secret(name="KEY", source=OnTarget()))
    await runs.open(proposal_id)
    await runs.submit(proposal_id)
    (job,) = world.target.jobs.values()
    assert not job.secrets


@pytest.mark.parametrize(
    ("now", "sentence"),
    [
        (None, "The secret KEY can no longer be used here by this program, so nothing was run."),
        (secret(users=frozenset({"UOTHER"})), "can no longer be used here"),
        (secret(channels=frozenset({"COTHER"})), "can no longer be used here"),
        (secret(targets=frozenset({"other"})), "can no longer be used here"),
        (Secret(name="KEY", source=OnTarget()), "was changed after the program was approved, so nothing was"),
    ],
)
async def test_what_may_no_longer_be_used_is_not_run(world: World, now: Secret | None, sentence: str):
    proposal_id = await world.approved(BOUND)
    runs = world.runs(*([now] if now else []))
    await runs.open(proposal_id)
    with pytest.raises(NotAllowed, match=sentence):
        await runs.submit(proposal_id)
    assert not world.target.jobs


async def test_a_value_that_can_not_be_read_is_said_and_nothing_runs(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    proposal_id = await world.approved(BOUND)
    runs = world.runs(secret())
    await runs.open(proposal_id)
    for value in ("", None):
        if value is None:
            monkeypatch.delenv("TEAM_KEY")
        else:
            monkeypatch.setenv("TEAM_KEY", value)
        with pytest.raises(SecretUnavailable, match=r"^The secret KEY can't be read: .* Nothing was run\.$"):
            await runs.submit(proposal_id)
    assert not world.target.jobs
    monkeypatch.setenv("TEAM_KEY", VALUE)
    await runs.submit(proposal_id)
    assert (await world.store.runs.get(run_id(proposal_id))).status is RunStatus.RUNNING


async def test_after_a_restart_it_is_masked_or_nothing_is_shown(
    world: World, monkeypatch: pytest.MonkeyPatch
):
    proposal_id = await world.approved(BOUND)
    world.target.events = [
        Output(VALUE),
        Finished(Outcome(verdict=Verdict.PASSED, stdout=VALUE, exit_code=0)),
    ]
    before, after = world.runs(secret()), world.runs(secret())
    await before.open(proposal_id)
    await before.submit(proposal_id)
    monkeypatch.delenv("TEAM_KEY")
    mask = await after._masking(run_id(proposal_id), await world.store.proposals.get(proposal_id))
    left = mask.outcome(Outcome(verdict=Verdict.PASSED, stdout=VALUE, exit_code=0))
    assert (mask.output(VALUE), mask.note(VALUE)) == ("", "")
    assert (left.verdict, left.stdout, left.exit_code) == (Verdict.PASSED, "", 0)
    assert left.detail is not None
    assert "The output of this run isn't shown" in left.detail
    monkeypatch.setenv("TEAM_KEY", VALUE)
    await after.follow(proposal_id)
    run = await world.store.runs.get(run_id(proposal_id))
    assert run.outcome is not None
    assert run.outcome.stdout == "[secret KEY]"
