"""A person's model: chosen among those that the settings name, and asked for what that person asks."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import cast

import pytest

from bot.settings import Settings, load
from bot.wiring.agents import Agents, choosing, profiles, selectable_models
from services.domain.entities import TaskStatus
from services.domain.preference import Preference
from services.domain.progress import OnStage
from services.domain.values import Engine
from services.store import Store, open_database
from services.supervisor.interface import Briefing, Conclusion, Inspecting, OnWords
from services.supervisor.meter import Meter
from services.supervisor.profile import Profile
from services.supervisor.workshop import OnAttempt
from services.tasks.steps import TaskSteps
from tests import builders
from tests.databases import database
from tests.fakes import RecordingNotifier, here, permissions


@dataclass
class Named:
    """A supervisor that says which models it has, and nothing else."""

    settings: Settings
    asked: list[str] = field(default_factory=list[str])

    async def handle(
        self,
        briefing: Briefing,
        on_stage: OnStage,
        meter: Meter | None = None,
        on_words: OnWords | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> Conclusion:
        return Conclusion(f"{self.settings.model} {self.settings.generator_model}")


def agents(settings: Settings) -> Agents:
    return Agents(Named(settings), cast("Inspecting", None))


def chosen(*fallbacks: str) -> Settings:
    return load(model="usual", generator_model="writer", fallback_models=fallbacks)


def test_there_is_a_choice_where_there_are_several():
    assert selectable_models(chosen()) == ()
    assert selectable_models(chosen("usual")) == ()
    assert selectable_models(chosen("other", "usual")) == ("usual", "other")
    assert selectable_models(chosen("other", "arn:" + "x" * 150)) == ("usual", "other"), (
        "more than a menu can hold"
    )


async def answered(path: Path, preference: Preference, models: Sequence[str]) -> str:
    """What comes of a request by somebody with this preference."""
    async with open_database(database(path)) as engine:
        store, made = Store(engine), choosing(chosen(*models), agents)
        steps = TaskSteps(
            store, RecordingNotifier(), made.supervisor, made.workshop, here(), permissions=permissions(store)
        )
        await store.preferences.put("UENGINEER", preference)
        task = builders.task()
        await steps.accept(task, builders.session())
        await steps.open(task.id)
        await steps.conclude(task.id, await steps.work(task.id))
        done = await store.tasks.get(task.id)
        assert done.status is TaskStatus.ANSWERED
        return done.summary


async def test_the_model_of_whoever_asks_is_asked(tmp_path: Path):
    for number, (model, models, asked) in enumerate(
        [
            ("", ["other"], "usual writer"),
            ("other", ["other"], "other other"),
            ("usual", ["other"], "usual usual"),
            ("gone", ["other"], "usual writer"),
            ("other", [], "usual writer"),
        ]
    ):
        (place := tmp_path / str(number)).mkdir()
        assert await answered(place, Preference(model=model), models) == asked


@pytest.mark.parametrize(
    ("chosen", "installs", "said"),
    [
        ({}, True, None),
        ({}, False, "Packages: none can be installed here"),
        ({"packages": "listed", "packages_allowed": "polars,XGBoost"}, True, "installed: polars, xgboost."),
        ({"packages": "listed"}, True, "Packages: none can be installed here"),
    ],
)
def test_the_generator_knows_which_packages_it_can_declare(
    tmp_path: Path, chosen: dict[str, str], *, installs: bool, said: str | None
):
    settings = load(env_file=None, state_dir=tmp_path, engines="ray,spark", **chosen)
    ray, spark = profiles(settings, installs=installs)
    assert said in ray.system if said else ray.system == Profile.of(Engine.RAY).system
    assert ray.label == Profile.of(Engine.RAY).label
    assert spark.system == Profile.of(Engine.SPARK).system
