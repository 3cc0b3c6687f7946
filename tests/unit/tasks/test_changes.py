"""What the model changes of a program keeps the values that people had chosen for it."""

from __future__ import annotations

from pathlib import Path

import pytest

from services.domain.entities import TaskKind
from services.domain.parameters import Given
from services.domain.program_header import script
from services.domain.values import PolicyReport, Program
from services.store import Store, open_database
from services.supervisor.agent import Supervisor
from services.supervisor.generator import Generator
from services.supervisor.profile import Profile
from services.supervisor.workshop import Workshop
from services.tasks.steps import TaskSteps
from tests import builders
from tests.builders import passed
from tests.fakes import FakeTarget, FakeValidator, RecordingNotifier, here, permissions
from tests.standins.scripted_model import ScriptedModel, calls, says

_HEADER = """\
# /// script
# [tool.raygen.parameters]
# rows = {{ default = {rows}, max = {limit} }}
# mode = {{ default = "fast", choices = ["fast", "exact"] }}
# seed = {{ default = 1, validation = 2 }}
# ///
print({what!r})
"""
BEFORE = _HEADER.format(rows=10, limit=100, what="before")
CHOSEN = Given(values={"rows": 60, "mode": "exact", "seed": 5})


@pytest.mark.parametrize("kind", [TaskKind.FIX, TaskKind.CHANGE])
@pytest.mark.parametrize(
    ("after", "kept", "validated"),
    [
        (
            _HEADER.format(rows=10, limit=100, what="after"),
            CHOSEN,
            ("--rows=60", "--mode=exact", "--seed=2"),
        ),
        (
            _HEADER.format(rows=10, limit=50, what="less is allowed"),
            Given(values={"mode": "exact", "seed": 5}),
            ("--rows=10", "--mode=exact", "--seed=2"),
        ),
        (
            _HEADER.format(rows=20, limit=100, what="the change was about the rows"),
            Given(values={"mode": "exact", "seed": 5}),
            ("--rows=20", "--mode=exact", "--seed=2"),
        ),
        ("print('declares nothing')", Given(), ()),
    ],
)
async def test_values_that_are_still_declared_and_allowed_stay(
    tmp_path: Path, kind: TaskKind, after: str, kept: Given, validated: tuple[str, ...]
):
    base = builders.proposal(
        program=Program("Rows", "Counts rows.", BEFORE), header=script(BEFORE), given=CHOSEN, task_id="t_0"
    )
    task = builders.task(id="t_2", kind=kind, prompt="print more", base=base.id)
    validator = FakeValidator([passed()])
    model = ScriptedModel([calls("submit_program", title="After", purpose="Prints.", code=after)])
    workshop = Workshop(Generator(model, Profile("g")), lambda _: PolicyReport(), validator)
    talking = ScriptedModel([calls("write_program", request="print more"), says("Here.")])
    async with open_database(f"sqlite:///{tmp_path / 'raygen.db'}") as engine:
        store = Store(engine)
        await store.sessions.ensure(builders.session())
        await store.proposals.draft(base)
        tasks = TaskSteps(
            store,
            RecordingNotifier(),
            Supervisor(talking, workshop, "s"),
            workshop,
            here(FakeTarget()),
            permissions=permissions(store),
        )
        await tasks.accept(task, builders.session())
        await tasks.open(task.id)
        result = await tasks.work(task.id)
        made = await store.proposals.get(result["proposal_id"] or "")
    assert made.given == kept
    assert [setup.arguments for setup in validator.setups] == [validated], (
        "what the card says of the validation"
    )
