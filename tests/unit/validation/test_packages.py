"""What a program needs is resolved and installed before it is validated; what can't be had is its outcome."""

from __future__ import annotations

from dataclasses import dataclass, field
from importlib import metadata
from pathlib import Path

import pytest

from services.domain.errors import PackagesRefused
from services.domain.locks import Lock, LockedPackage
from services.domain.values import PolicyReport, Readiness, Verdict
from services.environments.interface import Environment, Needs, OnProgress
from services.validation.examine import Examined, examine
from services.validation.imports import provided
from services.validation.interface import ValidationLease
from services.validation.packages import Packages
from tests.builders import passed
from tests.fakes import FakeValidator

LOCK = Lock(requirements="tiny==1.0", packages=(LockedPackage(name="tiny", version="1.0"),))
HEADER = '# /// script\n# dependencies = ["tiny>=1"]\n# ///\n'


@dataclass
class FakeEnvironments:
    """Has one package, unless it refuses."""

    path: Path
    refusal: str = ""
    needs: list[Needs] = field(default_factory=list)

    async def lock(self, needs: Needs, on_progress: OnProgress) -> Lock:
        self.needs.append(needs)
        if self.refusal:
            raise PackagesRefused(self.refusal)
        await on_progress("Installing tiny 1.0")
        return LOCK

    async def install(self, lock: Lock, on_progress: OnProgress) -> Environment:
        return Environment(lock=lock, path=self.path)

    @property
    def directory(self) -> Path:
        return self.path

    def readiness(self) -> Readiness:
        return Readiness("packages", ready=True)


async def examined(code: str, validator: FakeValidator, environments: FakeEnvironments | None) -> Examined:
    async def lease() -> ValidationLease:
        return validator

    packages = Packages(environments=environments) if environments else None
    return await examine(code, lambda _: PolicyReport(), lease, (), packages=packages)


async def test_a_program_is_validated_with_what_it_declares(tmp_path: Path):
    validator, environments = FakeValidator([passed()]), FakeEnvironments(tmp_path)
    found = await examined(f"{HEADER}import tiny", validator, environments)
    assert found.lock == LOCK
    assert validator.setups[0].environment.path == tmp_path
    assert environments.needs[0].requirements == ("tiny>=1",)


async def test_what_is_imported_undeclared_is_required_where_its_package_is_certain(tmp_path: Path):
    environments = FakeEnvironments(tmp_path)
    await examined("import skimage", FakeValidator([passed()]), environments)
    assert environments.needs[0].requirements == ("scikit-image",)


async def asked_with(
    tmp_path: Path, code: str, there: dict[str, str], refusal: str = ""
) -> list[tuple[str, ...]]:
    """The requirements that are resolved for a program whose target has these packages."""

    async def lease() -> ValidationLease:
        return FakeValidator([passed()])

    environments = FakeEnvironments(tmp_path, refusal)
    packages = Packages(environments=environments, installed=there)
    await examine(code, lambda _: PolicyReport(), lease, (), packages=packages)
    assert all(needs.installed == there for needs in environments.needs)
    return [needs.requirements for needs in environments.needs]


@pytest.mark.parametrize(
    ("code", "there", "asked"),
    [
        (f"{HEADER}import tiny", {"tiny": "1.5"}, [("tiny>=1", "tiny==1.5")]),
        (f"{HEADER}import tiny", {"tiny": "1.5+cu124"}, [("tiny>=1", "tiny==1.5")]),
        (f"{HEADER}import tiny", {"tiny": "0.5"}, [("tiny>=1",)]),
        (f"{HEADER}import tiny", {"other": "1.0"}, [("tiny>=1",)]),
        ("import pytest", {}, []),
        ("import pytest", {"pytest": "7.1"}, [("pytest==7.1",)]),
        ("import pytest", {"pytest": metadata.version("pytest")}, []),
        ("import pytest", {"other": "1.0"}, [("pytest",)]),
        ("import ray, numpy, json", {"numpy": "1.0", "ray": "2.9"}, []),
        ("import ray, numpy, json", {"ray": "2.9"}, [("numpy",)]),
        ("try:\n    import numpy\nexcept ImportError:\n    pass", {"ray": "2.9"}, []),
    ],
)
async def test_what_the_target_has_is_validated_in_the_same_version(
    tmp_path: Path, code: str, there: dict[str, str], asked: list[tuple[str, ...]]
):
    assert await asked_with(tmp_path, code, there) == asked


async def test_a_version_of_the_target_that_can_not_be_had_here_is_left(tmp_path: Path):
    asked = await asked_with(tmp_path, f"{HEADER}import tiny", {"tiny": "1.5"}, "no wheel")
    assert asked == [("tiny>=1", "tiny==1.5"), ("tiny>=1",)]
    asked = await asked_with(tmp_path, "import pytest", {"pytest": "7.1"}, "no wheel")
    assert asked == [("pytest==7.1",)], "it is validated with what is here"


async def test_what_only_the_target_lacks_is_refused_where_nothing_is_installed():
    validator = FakeValidator([passed(), passed()])

    async def lease() -> ValidationLease:
        return validator

    async def found(code: str, *, there: dict[str, str]) -> str | None:
        packages = Packages(environments=None, installed=there)
        examined = await examine(code, lambda _: PolicyReport(), lease, (), packages=packages)
        return examined.outcome.detail

    advice = (
        "This raygen installs no packages: use what the target has, or have an operator set RAYGEN_PACKAGES."
    )
    declared = '# /// script\n# dependencies = ["pydantic>=2"]\n# ///\nimport pydantic, pytest'
    assert await found(declared, there={"pydantic": "1.9"}) == (
        f"The target does not have pydantic>=2, pytest. {advice}"
    )
    assert not validator.setups
    assert await found(declared, there={"pydantic": "2.1", "pytest": "1.0"}) is None
    assert await found(declared, there={}) is None, "what it has is unknown"


async def test_what_only_the_target_lacks_and_no_index_has_says_both(tmp_path: Path):
    async def lease() -> ValidationLease:
        return FakeValidator([])

    packages = Packages(
        environments=FakeEnvironments(tmp_path, "There is no package pytest."), installed={"ray": "2"}
    )
    found = await examine("import pytest", lambda _: PolicyReport(), lease, (), packages=packages)
    assert found.outcome.detail == "The target does not have pytest. There is no package pytest."


async def test_an_unknown_import_is_to_be_declared(tmp_path: Path):
    validator, environments = FakeValidator([]), FakeEnvironments(tmp_path)
    found = await examined("import nobody_knows_this", validator, environments)
    assert found.outcome.verdict is Verdict.NOT_IMPORTABLE
    assert (found.outcome.detail or "").startswith("nobody_knows_this. Declare the package")
    assert not environments.needs
    assert not validator.setups


async def test_a_refusal_is_an_outcome_and_nothing_runs(tmp_path: Path):
    validator = FakeValidator([])
    refusing = FakeEnvironments(tmp_path, "There is no package tiny.")
    found = await examined(f"{HEADER}import tiny", validator, refusing)
    assert (found.outcome.verdict, found.outcome.detail) == (Verdict.FAILED, "There is no package tiny.")
    assert not found.lock
    assert not validator.setups


async def test_a_program_without_needs_and_one_without_packages_are_as_before(tmp_path: Path):
    environments = FakeEnvironments(tmp_path)
    assert not (await examined("import ray", FakeValidator([passed()]), environments)).lock
    assert not environments.needs
    off = FakeValidator([passed()])
    assert not (await examined(f"{HEADER}import tiny", off, None)).lock
    assert off.setups[0].environment.path is None


@pytest.mark.parametrize("name", ["one.py", "two.cpython-311-x86_64-linux-gnu.so", "three/"])
def test_modules_of_an_environment_are_known(tmp_path: Path, name: str):
    path = tmp_path / name
    path.mkdir() if name.endswith("/") else path.touch()
    (tmp_path / "tiny-1.0.dist-info").mkdir()
    assert provided(tmp_path) == {path.name.partition(".")[0]}
