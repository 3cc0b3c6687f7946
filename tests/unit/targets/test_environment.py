"""What a target has counts: nothing of it is installed again, and what it has otherwise than validation is said."""

from __future__ import annotations

import platform
from collections.abc import Mapping
from importlib import metadata

import pytest

from services.domain.errors import NotAllowed, TargetUnavailable
from services.domain.locks import NO_LOCK, Lock, LockedPackage
from services.domain.program_header import Script, script
from services.domain.target_profile import TargetProfile, minor
from services.domain.values import PolicyReport
from services.environments.present import installed
from services.targets.environment import differences, lacking
from services.targets.profiles import Profiles, own_profile, validation_of
from services.targets.targets import ConfiguredTarget, Targets, TargetTerms
from services.validation.cluster import cluster_id
from tests.builders import passed, proposal
from tests.fakes import FakeTarget

LOCK = Lock(requirements="polars==1.2\n", packages=(LockedPackage(name="polars", version="1.2"),))
ALL = Lock(
    requirements="all",
    packages=tuple(
        LockedPackage(name=name, version=version)
        for name, version in sorted(installed().items())
        if name != "ray"
    ),
)
ASKS = script("# /// script\n# dependencies = ['polars>=1']\n# ///\n")
RAY = metadata.version("ray")


def profile(packages: Mapping[str, str], **changed: object) -> TargetProfile:
    facts: dict[str, object] = {"python": platform.python_version(), "ray": RAY, "packages": packages}
    return TargetProfile(**{**facts, **changed})


class Source:
    def __init__(self, found: TargetProfile | None) -> None:
        self.found = found

    async def session(self) -> str:
        if self.found is None:
            raise TargetUnavailable("It is gone.")
        return self.found.session

    async def profile(self, session: str) -> TargetProfile:
        assert self.found
        return self.found


async def there(found: TargetProfile | None, terms: TargetTerms | None = None) -> Targets:
    place = ConfiguredTarget(FakeTarget(name="gpu"), terms or TargetTerms())
    targets = Targets([place], Profiles({"gpu": Source(found)}))
    await targets.profile("gpu")
    return targets


def asking(header: Script = ASKS, lock: Lock = LOCK):
    return proposal(header=header, lock=lock, target="gpu")


def using(*imports: str, **validation: str):
    """A proposal of a program with modules that import these."""
    return proposal(
        header=Script(),
        target="gpu",
        policy=PolicyReport(imports=imports),
        validation=passed(**validation),
    )


PYDANTIC = f"pydantic=={metadata.version('pydantic')}"


@pytest.mark.parametrize(
    ("packages", "asked", "lock", "wanted"),
    [
        ({"polars": "1.2"}, ["polars>=1"], LOCK, ()),
        ({"polars": "1.3"}, ["polars>=1"], LOCK, ("polars",)),
        ({}, [], LOCK, ("polars",)),
        (installed(), [PYDANTIC, "ray[tune]"], NO_LOCK, ()),
        ({"ray": RAY}, [PYDANTIC], NO_LOCK, (PYDANTIC,)),
        ({"pydantic": "1.0"}, [PYDANTIC], NO_LOCK, (PYDANTIC,)),
        ({"ray": RAY}, ["ray[serve]"], NO_LOCK, ("ray[serve]",)),
        ({"ray": RAY}, ["ray[serve]"], ALL, tuple(each.name for each in ALL.packages)),
    ],
)
def test_what_a_target_lacks(
    packages: Mapping[str, str], asked: list[str], lock: Lock, wanted: tuple[str, ...]
):
    assert lacking(profile(packages), asked, lock) == wanted


async def test_a_target_that_has_it_needs_to_install_nothing():
    targets = await there(profile({"polars": "1.2"}))
    assert targets.objection(asking()) == ""
    assert await targets.to_install(asking(), "gpu") == NO_LOCK


async def test_a_target_that_has_another_version_and_installs_nothing_is_objected_to():
    targets = await there(profile({"polars": "1.9"}))
    assert targets.objection(asking()) == "The target gpu installs no packages, and the program needs polars."
    with pytest.raises(NotAllowed, match="no longer has polars, so nothing was run"):
        await targets.to_install(asking(), "gpu")


async def test_a_target_that_installs_gets_the_lock_alone():
    targets = await there(profile({"polars": "1.9"}), TargetTerms(packages=True))
    assert await targets.to_install(asking(), "gpu") == LOCK


async def test_what_a_target_lacks_and_no_lock_has_is_not_run():
    header = script("# /// script\n# dependencies = ['polars>=1', 'pydantic']\n# ///\n")
    targets = await there(profile({"ray": RAY}), TargetTerms(packages=True))
    assert targets.objection(asking(header)) == (
        "The target gpu does not have pydantic, and the program was validated without installing it."
        " Ask again for this target."
    )
    with pytest.raises(NotAllowed, match="no longer has pydantic, and it is not locked"):
        await targets.to_install(asking(header), "gpu")
    targets = await there(profile({"pydantic": "2.0"}), TargetTerms(packages=True))
    assert targets.objection(asking(header)) == ""


async def test_unknown_is_not_nothing():
    targets = await there(None)
    assert "the program needs polars>=1" in targets.objection(asking())
    assert "are not known" in targets.differences(asking())
    with pytest.raises(NotAllowed, match="is not known now"):
        await targets.to_install(asking(), "gpu")
    targets = await there(None, TargetTerms(packages=True))
    assert await targets.to_install(asking(), "gpu") == LOCK


async def test_another_python_than_the_program_requires_is_objected_to():
    header = script("# /// script\n# requires-python = '>=3.11'\n# ///\n")
    targets = await there(profile({}, python="3.9.18"))
    assert (
        targets.objection(asking(header, NO_LOCK))
        == "The target gpu has Python 3.9.18, and the program requires >=3.11."
    )


def different(found: TargetProfile, used: list[str], asked: list[str] | None = None) -> str:
    return differences(found, "gpu", used, asked or [], LOCK, here=own_profile())


def test_what_is_the_same_is_not_said():
    assert different(profile(installed()), ["pydantic", "polars"]) == ""


def test_what_differs_is_one_line():
    here = ".".join(platform.python_version_tuple()[:2])
    ours = ".".join(metadata.version("pydantic").split(".")[:2])
    found = profile({"pydantic-core": "1"}, python="3.9.1", ray="2.9.3")
    assert different(found, ["pydantic"]) == (
        f"Validated with Python {here}, Ray {'.'.join(RAY.split('.')[:2])}, pydantic {ours};"
        " the target gpu has Python 3.9, Ray 2.9, no pydantic."
    )
    assert "no nothing-such" in different(profile({"nothing-such": "1.0"}), [], ["nothing-such"])


async def test_imports_of_all_modules_are_compared():
    targets = await there(profile({"attrs": "1.0"}))
    ours = minor(metadata.version("attrs"))
    assert targets.differences(using("attr", "not_installed_here")) == (
        f"Validated with attrs {ours}; the target gpu has attrs 1.0."
    )


async def test_a_validation_cluster_is_compared_by_what_it_has_itself():
    place = ConfiguredTarget(
        FakeTarget(name="gpu"), TargetTerms(), FakeTarget(address="http://validation:8265")
    )
    trial, found = (
        profile({"attrs": version}, python=f"3.{version}", session="s") for version in ("9.0", "8.0")
    )
    targets = Targets([place], Profiles({"gpu": Source(found), validation_of("gpu"): Source(trial)}))
    proposed = using("attr", where="there", cluster=cluster_id("http://validation:8265"))
    unknown = (
        "The packages of the validation cluster are not known, so they were not compared with the target gpu."
    )
    await targets.profile("gpu")
    assert targets.differences(proposed) == (
        "Validated with Python 3.9, attrs 9.0; the target gpu has Python 3.8, attrs 8.0."
    )
    assert targets.differences(using("attr", where="there", cluster="another")) == unknown


async def test_the_own_cluster_has_what_raygen_has():
    place = ConfiguredTarget(FakeTarget(name="gpu"), TargetTerms(own=True))
    targets = Targets([place], Profiles(own={"gpu": own_profile()}))
    found = await targets.profile("gpu")
    assert found is not None
    assert found.packages == installed()
    assert targets.differences(using("pydantic")) == ""
    assert targets.objection(asking()) == ""
    assert await targets.to_install(asking(), "gpu") == LOCK
