"""The programs of `docs/real-programs.md`, each through policy, packages and validation as a request goes.

With REAL_PROGRAMS=all in the environment it is every one, in some minutes: also those that take long, and those whose
packages are downloaded from the index that this machine is configured for. torch takes 3 GB there unless
RAYGEN_PACKAGE_CONSTRAINTS or RAYGEN_PACKAGE_INDEX choose a build for CPUs.
"""

from __future__ import annotations

import json
import os
from collections.abc import AsyncGenerator, Generator, Sequence
from dataclasses import dataclass

import pytest
import pytest_asyncio

from bot import settings
from bot.wiring.environments import environments
from bot.wiring.sandboxes import validating
from services.domain import projects
from services.domain.values import InputFile, Outcome
from services.environments.terms import Index, Terms
from services.environments.uv_environments import UvEnvironments
from services.policy import Policy
from services.supervisor.evidence import plain
from services.validation.examine import Examined, examine
from services.validation.interface import ValidationLease
from services.validation.packages import Packages
from tests.integration.real_programs.table import HERE, PAGE, TABLE, Cadence, RealProgram, page
from tests.package_index import PackageIndex, wheel

ALL = os.environ.get("REAL_PROGRAMS") == "all"
# Another environment takes another cluster, so programs with the same packages follow each other.
IN_ORDER = sorted(TABLE, key=lambda each: each.installs)
WITHOUT_ASKING = {Cadence.ALWAYS, Cadence.LOCAL_INDEX}
PRICING = "def price(order):\n    return sum(order) * 2\n"
SENTIMENT = """
import json
from importlib.resources import files


def load():
    return json.loads(files(__name__).joinpath("weights.json").read_text())
"""


def beside() -> list[InputFile]:
    """Data for some of the programs, and the modules of one."""
    project = HERE / "multi_file"
    modules = [path for path in sorted(project.rglob("*.py")) if path.name != "main.py"]
    found = [InputFile(path.relative_to(project).as_posix(), path.read_bytes()) for path in modules]
    return [*found, *(InputFile(name, (HERE / name).read_bytes()) for name in ("sales.csv", "config.yaml"))]


@dataclass(frozen=True, slots=True)
class Sources:
    """Where packages come from."""

    local: UvEnvironments
    """An index on loopback."""
    configured: UvEnvironments
    """What this machine is configured for."""

    def of(self, program: RealProgram) -> Packages:
        return Packages(environments=self.configured if program.tested is Cadence.INDEX else self.local)


@pytest.fixture(scope="module")
def sources(tmp_path_factory: pytest.TempPathFactory) -> Generator[Sources]:
    root = tmp_path_factory.mktemp("state")
    configured = environments(settings.load(state_dir=root / "configured"))
    assert configured is not None
    weights = json.dumps({"good": 1, "bad": -2})
    with PackageIndex() as index:
        index.add(wheel("acme-pricing", "2.1", {"acme_pricing.py": PRICING}))
        model = {"acme_sentiment/__init__.py": SENTIMENT, "acme_sentiment/weights.json": weights}
        index.add(wheel("acme-sentiment", "1.0", model))
        local = UvEnvironments(Terms(indexes=(Index.parse(index.url),)), root / "local")
        local.open()
        yield Sources(local, configured)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def sealed(tmp_path_factory: pytest.TempPathFactory) -> AsyncGenerator[ValidationLease]:
    chosen = settings.load(state_dir=tmp_path_factory.mktemp("sealed"), pool_size=0)
    async with validating(chosen) as validator, validator.lease(inputs=beside()) as lease:
        yield lease


async def examined(program: RealProgram, sealed: ValidationLease, packages: Packages) -> Examined:
    async def lease() -> ValidationLease:
        return sealed

    file = InputFile(program.file, (HERE / program.file).read_bytes())
    made = await projects.plain(projects.text_of(file), file.name)
    return await examine(made.code, Policy().check, lease, beside(), program.given, packages=packages)


def seen(outcome: Outcome) -> Sequence[str] | str:
    """What a person sees: lines of the output, the value and names of files, or why it did not pass."""
    if not outcome.passed:
        return " ".join((plain(outcome), *outcome.remarks))
    lines = f"{outcome.stdout}\n{outcome.value}".splitlines()
    return [*map(str.strip, lines), *(artifact.name for artifact in outcome.artifacts)]


@pytest.mark.asyncio(loop_scope="module")
@pytest.mark.timeout(600)
@pytest.mark.parametrize("program", [pytest.param(each, id=each.name) for each in IN_ORDER])
async def test_it_ends_as_the_table_says(program: RealProgram, sealed: ValidationLease, sources: Sources):
    if program.tested not in WITHOUT_ASKING and not ALL:
        pytest.skip(f"runs {program.tested}: REAL_PROGRAMS=all runs it")
    if program.tested is Cadence.INDEX and (down := await sources.configured.answers()):
        pytest.skip(f"no package index: {down}")
    found = await examined(program, sealed, sources.of(program))
    outcome = found.outcome
    assert outcome.verdict is program.verdict, outcome
    assert program.shows in seen(outcome), outcome
    assert {each.name for each in found.lock.packages} >= set(program.installs)


def test_the_page_is_generated():
    assert PAGE.read_text(encoding="utf-8") == page(), "python -m tests.integration.real_programs.table"


def test_the_table_has_every_program():
    ours = {path.relative_to(HERE).as_posix() for path in HERE.iterdir() if path.suffix in {".py", ".ipynb"}}
    assert ours | {"multi_file/main.py"} == {each.file for each in TABLE}


def test_most_can_be_approved():
    assert len(TABLE) >= 40
    assert sum(each.approvable for each in TABLE) >= 34
    assert [each.name for each in TABLE if not each.shows] == [], "a verdict without a reason"
