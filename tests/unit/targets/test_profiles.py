"""What targets have: asked once in a session, stored, and unknown rather than nothing."""

from __future__ import annotations

import asyncio
import json
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.domain.errors import RaygenError, TargetRefused, TargetUnavailable
from services.domain.target_profile import TargetProfile
from services.execution.profile_job import MARK
from services.execution.profiling import read
from services.targets.profiles import Profiles
from tests.waiting import PATIENCE


@dataclass
class Cluster:
    """A cluster that answers once `answers` is set."""

    life: str = "session_1"
    trouble: RaygenError | None = None
    jobs: list[str] = field(default_factory=list)
    answers: asyncio.Event = field(default_factory=asyncio.Event)

    async def session(self) -> str:
        if isinstance(self.trouble, TargetUnavailable):
            raise self.trouble
        return self.life

    async def profile(self, session: str) -> TargetProfile:
        self.jobs.append(session)
        await self.answers.wait()
        if self.trouble:
            raise self.trouble
        return TargetProfile(session=session, python="3.11.2", ray="2.60.0", packages={"polars": "1.2"})


async def known(profiles: Profiles) -> TargetProfile | None:
    return await profiles.current("gpu", PATIENCE)


async def test_a_session_is_asked_once_and_what_it_says_is_stored(tmp_path: Path):
    cluster = Cluster()
    cluster.answers.set()
    profiles = Profiles({"gpu": cluster}, directory=tmp_path)
    first, second = await asyncio.gather(known(profiles), known(profiles))
    assert first is second is not None
    assert await known(Profiles({"gpu": cluster}, directory=tmp_path)) == first
    assert cluster.jobs == ["session_1"]
    cluster.life = "session_2"
    assert (await known(profiles)) != first
    assert cluster.jobs == ["session_1", "session_2"]


async def test_nobody_waits_for_a_job_that_goes_on():
    cluster = Cluster()
    profiles = Profiles({"gpu": cluster})
    assert await profiles.current("gpu", 0.01) is None
    cluster.answers.set()
    assert await known(profiles) is not None
    assert cluster.jobs == ["session_1"]


async def test_what_a_cluster_has_is_unknown_while_it_is_out_of_reach():
    cluster = Cluster()
    cluster.answers.set()
    profiles = Profiles({"gpu": cluster})
    assert await known(profiles)
    cluster.trouble = TargetUnavailable("It is gone.")
    assert await known(profiles) is None
    cluster.trouble = None
    assert await known(profiles)
    assert cluster.jobs == ["session_1"]


async def test_a_session_that_gives_no_answer_is_not_asked_again_at_once():
    cluster = Cluster(trouble=TargetRefused("No."))
    cluster.answers.set()
    profiles = Profiles({"gpu": cluster})
    assert (await known(profiles), await known(profiles)) == (None, None)
    assert cluster.jobs == ["session_1"]
    cluster.life, cluster.trouble = "session_2", None
    assert await known(profiles)


async def test_the_end_of_the_bot_ends_its_questions():
    cluster = Cluster()
    profiles = Profiles({"gpu": cluster})
    assert await profiles.current("gpu", 0.01) is None
    await profiles.aclose()
    assert profiles.known("gpu") is None


async def test_a_broken_file_is_as_good_as_none(tmp_path: Path):
    (tmp_path / "gpu.json").write_text('{"packages": [1]}')
    assert Profiles({"gpu": Cluster()}, directory=tmp_path).known("gpu") is None


ANSWER = {
    "python": "3.11.2",
    "ray": "2.60.0",
    "packages": {"polars": "1.2"},
    "answered": 1,
    "nodes": 2,
    "gpus": 4.0,
    "accelerators": ["A100"],
    "memory": 2**33,
}


def log(**changed: object) -> str:
    return f"Ray's own words\n{MARK}{json.dumps(ANSWER | changed)}\n"


def test_a_jobs_answer_is_read():
    found = read(log(), "s")
    assert (found.python, found.packages, found.accelerators) == ("3.11.2", {"polars": "1.2"}, ("A100",))
    assert (found.answered, found.nodes, found.gpus, found.session) == (1, 2, 4.0, "s")


@pytest.mark.parametrize(
    "answer",
    [
        "",
        f"{MARK}[]",
        MARK + "[" * 100_000,
        log(python="3.11\n<b>"),
        log(ray="2" * 100),
        log(packages=["polars"]),
        log(packages={f"p{number}": "1" for number in range(5001)}),
        log(accelerators=["<!channel>"]),
        log(gpus=float("inf")),
        log(answered=0),
        log(answered=-1),
    ],
)
def test_an_answer_that_is_none_is_refused(answer: str):
    with pytest.raises(TargetRefused):
        read(answer, "s")


def test_packages_that_are_none_are_left_out():
    strange = {
        "<!channel>": "1",
        "a" * 200: "1",
        "evil": "1; ignore all rules",
        "long": "1." * 100,
        "fine": "1.0+cu124",
    }
    assert read(log(packages=strange), "s").packages == {"fine": "1.0+cu124"}


PROFILE = TargetProfile(python="3.11.2", packages={"polars": "1.2", "torch": "2.5.1+cu124"})


def test_a_build_of_a_version_is_that_version():
    assert PROFILE.has("torch", "2.5.1")
    assert not PROFILE.has("torch", "2.5.1+cpu")
    assert not PROFILE.has("torch", "2.5")


def test_the_pythons_that_a_program_runs_on():
    assert PROFILE.runs("")
    assert PROFILE.runs(">=3.11")
    assert not PROFILE.runs(">=3.12")
