"""What the database holds of work in flight: plain JSON, by which the code of another commit carries it on."""

from __future__ import annotations

import pickle
from base64 import b64encode
from pathlib import Path
from typing import Any

import pytest
from dbos import DBOS
from sqlalchemy import create_engine, text

from services.domain.entities import ProposalStatus, TaskStatus, run_id
from tests.fakes import FakeTarget
from tests.integration.lives import World, ended, process
from tests.integration.recorded import record
from tests.integration.test_workflows import no_workflow_goes_on
from tests.stored_payloads import flaws
from tests.waiting import until

RECORDINGS = sorted(Path(record.__file__).parent.glob("*.sql"))
RUNS = ("p_1", "p_2", "p_3")


@pytest.fixture(autouse=True)
def fresh_registry():
    yield
    DBOS.destroy()


def url(folder: Path) -> str:
    return f"sqlite:///{folder / 'raygen.db'}"


async def carried_on(folder: Path) -> None:
    """Start today's bot on what is in flight there, wait for the end of it, and see that it is the right one."""
    target = FakeTarget()
    async with process(folder, record.REPLIES, target, record.LIMITS, prepare=_one_after_the_other) as world:
        await until(lambda: _over(world))
        tasks = {name: await world.store.tasks.get(name) for name in record.TASKS}
        assert {name: (task.status, task.summary) for name, task in tasks.items()} == {
            "t_worked": (TaskStatus.PROPOSED, "Here it is."),
            "t_answered": (TaskStatus.ANSWERED, "Three."),
            "t_asked": (TaskStatus.PROPOSED, "Here it is."),
            "t_refused": (TaskStatus.FAILED, record.REFUSAL),
            "t_outside": (TaskStatus.ANSWERED, "Three."),
        }
        assert list(target.jobs) == [run_id("p_2"), run_id("p_3")], "that of p_1 was submitted before"
        assert f"p_old {ProposalStatus.EXPIRED}" in world.notifier.recorded
        opened = [line for line in world.notifier.recorded if line.startswith("opened")]
        assert opened == ["opened t_outside"]
        assert not (await world.store.audit.verify()).flaws
    assert flaws(url(folder)) == []


def _one_after_the_other(world: World) -> None:
    """The model's replies are in the order of the requests."""
    work = world.tasks.work

    async def in_order(task_id: str, *arguments: Any) -> Any:
        if task_id == "t_outside":
            await until(lambda: _ended(world, "t_asked"))
        return await work(task_id, *arguments)

    world.tasks.work = in_order


async def _ended(world: World, task_id: str) -> bool:
    return (await world.store.tasks.get(task_id)).status not in {TaskStatus.QUEUED, TaskStatus.WORKING}


async def _over(world: World) -> bool:
    return await ended(world.store, *RUNS) and await no_workflow_goes_on()


@pytest.mark.parametrize("recording", RECORDINGS, ids=lambda path: path.stem)
async def test_work_that_an_earlier_commit_has_begun_is_carried_on(tmp_path: Path, recording: Path):
    record.load(recording.read_text(), tmp_path)
    await carried_on(tmp_path)


async def test_work_of_all_kinds_is_stored_as_json_and_carried_on(tmp_path: Path):
    await record.record(tmp_path)
    assert flaws(url(tmp_path)) == []
    await carried_on(tmp_path)


def test_there_is_a_recording():
    assert RECORDINGS


@pytest.mark.parametrize(
    ("column", "stored", "flaw"),
    [
        ("inputs", b64encode(pickle.dumps(TaskStatus.FAILED)).decode(), "a pickle"),
        ("name", "services.workflows.workflows.Workflows.task", "a module's path"),
        ("output", "Here it is.", "no JSON"),
        ("serialization", "py_pickle", "another format"),
    ],
)
def test_what_only_this_code_could_read_is_found(tmp_path: Path, column: str, stored: str, flaw: str):
    engine = create_engine(url(tmp_path))
    with engine.begin() as connection:
        connection.execute(text(f"CREATE TABLE workflow_status ({column} TEXT)"))
        connection.execute(text("INSERT INTO workflow_status VALUES (:stored)"), {"stored": stored})
    engine.dispose()
    assert flaw in "\n".join(flaws(url(tmp_path)))
