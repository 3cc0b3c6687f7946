"""What a program needs is resolved, installed once, and found again."""

from __future__ import annotations

import asyncio
import json
import os
import re
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from services.domain.errors import PackagesRefused
from services.domain.locks import NO_LOCK
from services.environments.present import installed, needed_by_ray
from services.environments.terms import PYPI, Allowed, Index
from tests.integration.environments.conftest import Place
from tests.package_index import PackageIndex, source, wheel
from tests.waiting import until


def imported(path: Path, code: str) -> str:
    """What `code` prints with the environment first on the path."""
    ran = subprocess.run(
        [sys.executable, "-c", code],
        env={"PYTHONPATH": str(path)},
        capture_output=True,
        text=True,
        check=True,
    )
    return ran.stdout.strip()


async def test_a_package_comes_with_what_it_depends_on(index: PackageIndex, place: Place):
    index.add(wheel("above", requires=["below>=1", f"numpy>={installed()['numpy']}"]))
    index.add(wheel("below", "1.5"))
    index.add(wheel("below", "0.5"))

    lock = await place.lock("above")

    sizes = {name: len(entry.content) for files in index.files.values() for name, entry in files.items()}
    assert [(each.name, each.version, each.size) for each in lock.packages] == [
        ("above", "1.0", sizes["above-1.0-py3-none-any.whl"]),
        ("below", "1.5", sizes["below-1.5-py3-none-any.whl"]),
    ]
    assert lock.requirements.count("--hash=sha256:") == 2
    assert "numpy" not in lock.requirements  # it is there
    assert "127.0.0.1" not in lock.requirements
    environment = await place.install(lock)
    assert environment.path is not None
    assert imported(environment.path, "import above, below; print(below.VERSION)") == "1.5"
    assert list((environment.path / "__pycache__").glob("below.*.pyc"))
    assert {path.stat().st_mode & 0o222 for path in (environment.path, *environment.path.rglob("*"))} == {0}
    assert place.said[:2] == ["Resolving above", place.said[1]]
    assert place.said[1].startswith(f"Installing {max(lock.packages, key=lambda each: each.size or 0).name} ")


async def test_the_same_again_is_neither_resolved_nor_downloaded(
    index: PackageIndex, place: Place, make: Callable[..., Place]
):
    index.add(wheel("one"))
    first = await place.get("one")
    index.requests.clear()
    index.add(wheel("one", "2.0"))

    again = await make().get("one")  # as another process does

    assert again == first
    assert index.requests == []
    place.environments = make(lock_age=0).environments
    assert (await place.lock("one")).packages[0].version == "2.0"


async def test_another_environment_does_not_download_the_same_wheel_again(index: PackageIndex, place: Place):
    index.add(wheel("one"))
    index.add(wheel("two"))
    await place.get("one")

    await place.get("one", "two")

    assert len(index.downloads("one-1.0-py3-none-any.whl")) == 1


async def test_downloads_are_reported_as_they_go(index: PackageIndex, place: Place):
    index.add(wheel("one", files={"one.bin": os.urandom(3_000_000)}))
    index.pause = 1.6  # in the middle of each file
    half = re.compile(r"Resolving one, 1\.[0-9]+ MB downloaded")

    lock = await place.lock("one")  # downloads it, since this index has no metadata
    place.forget_downloads()
    await place.install(lock)

    assert any(map(half.fullmatch, place.said)), place.said
    shares = [
        int(said.rpartition(" ")[2].rstrip("%"))
        for said in place.said
        if said.startswith("Installing one 1.0 (3.0 MB), ")
    ]
    assert any(0 < share < 99 for share in shares), place.said
    assert shares == sorted(shares)
    assert shares[-1] == 100


async def test_what_is_there_needs_no_index(index: PackageIndex, place: Place):
    assert await place.lock("ray[tune]>=2", "numpy", "pandas>=1", 'one; python_version < "3"') == NO_LOCK
    assert (await place.install(NO_LOCK)).path is None
    assert index.requests == []


async def test_versions_of_the_target_are_preferred(index: PackageIndex, place: Place):
    for version in ("1.0", "1.5", "2.0"):
        index.add(wheel("one", version))
        index.add(wheel("two", version))
    target = {**needed_by_ray(), "one": "1.5", "two": "1.7", "absent": "1"}

    lock = await place.lock("one", "two", installed=target)

    assert [(each.name, each.version) for each in lock.packages] == [("one", "1.5"), ("two", "2.0")]


async def test_what_only_the_target_lacks_is_in_the_lock(index: PackageIndex, place: Place):
    version = installed()["pytest"]
    index.add(wheel("pytest", version))

    assert await place.lock("pytest") == NO_LOCK
    lock = await place.lock("pytest", installed=dict(needed_by_ray()))

    assert [(each.name, each.version) for each in lock.packages] == [("pytest", version)]


async def test_a_yanked_version_that_is_asked_for_exactly_is_installed_and_said(
    index: PackageIndex, place: Place
):
    index.add(wheel("one"), yanked=True)

    lock = await place.lock("one==1.0")

    assert lock.packages[0].yanked
    assert place.said[-1] == "one 1.0 was yanked by its maker; the program asks for exactly it"


async def test_pages_without_sizes_are_enough(index: PackageIndex, place: Place):
    index.html = True
    name, content = wheel("one")
    index.add((name, content))

    lock = await place.lock("one")

    assert lock.packages[0].size == len(content)
    assert (await place.install(lock)).path


async def test_directories_are_indexes_too(tmp_path: Path, make: Callable[..., Place]):
    simple, links = tmp_path / "pypi" / "simple" / "one", tmp_path / "links"
    simple.mkdir(parents=True)
    links.mkdir()
    name, content = wheel("one", requires=["two"])
    (tmp_path / "pypi" / name).write_bytes(content)
    (simple / "index.html").write_text(f'<a href="../../{name}">{name}</a>')
    (links / wheel("two")[0]).write_bytes(wheel("two")[1])
    place = make(
        indexes=(Index.parse(str(links), flat=True), Index.parse((tmp_path / "pypi/simple").as_uri()))
    )

    lock = await place.lock("one")

    assert [each.size for each in lock.packages] == [len(content), len(wheel("two")[1])]
    assert (await place.install(lock)).path


async def test_the_first_index_that_has_a_package_is_used(index: PackageIndex, make: Callable[..., Place]):
    index.add(wheel("ours", "1.0"))
    with PackageIndex() as other:
        other.add(wheel("ours", "99.0"))
        other.add(wheel("theirs"))
        place = make(indexes=(Index.parse(index.url), Index.parse(other.url)))

        lock = await place.lock("ours", "theirs")
        best = await make("best", indexes=place.terms.indexes, best_match=True).lock("ours")

        assert [(each.name, each.version) for each in lock.packages] == [("ours", "1.0"), ("theirs", "1.0")]
        assert best.packages[0].version == "99.0"


async def test_constraints_limit_the_versions(index: PackageIndex, make: Callable[..., Place]):
    index.add(wheel("one", "1.0"))
    index.add(wheel("one", "2.0"))

    assert (await make(constraints="one<2").lock("one")).packages[0].version == "1.0"


async def test_only_listed_packages_can_be_declared(index: PackageIndex, make: Callable[..., Place]):
    index.add(wheel("one", requires=["two"]))
    index.add(wheel("two"))
    place = make(allowed=Allowed.LISTED, listed=frozenset({"one"}))

    assert len((await place.lock("one")).packages) == 2
    with pytest.raises(PackagesRefused) as refused:
        await place.lock("two")
    assert refused.value.public == (
        "two is not on the list of allowed packages. Use another, or have an operator add it to RAYGEN_PACKAGES_ALLOWED."
    )


BACKEND = """
import base64, hashlib, os, zipfile
def build_wheel(directory, *_):
    name = "built-1.0-py3-none-any.whl"
    with zipfile.ZipFile(os.path.join(directory, name), "w") as archive:
        archive.writestr("built.py", "VALUE = 7")
        archive.writestr("built-1.0.dist-info/METADATA", "Metadata-Version: 2.1\\nName: built\\nVersion: 1.0\\n")
        archive.writestr("built-1.0.dist-info/WHEEL", "Wheel-Version: 1.0\\nRoot-Is-Purelib: true\\nTag: py3-none-any\\n")
        archive.writestr("built-1.0.dist-info/RECORD", "")
    return name
"""


async def test_source_code_is_built_where_that_is_allowed(index: PackageIndex, make: Callable[..., Place]):
    index.add(source("built", "1.0", BACKEND))

    environment = await make(builds=True).get("built")

    assert environment.path
    assert imported(environment.path, "import built; print(built.VALUE)") == "7"


async def test_one_installation_serves_all_who_ask_at_once(
    index: PackageIndex, place: Place, make: Callable[..., Place]
):
    index.add(wheel("one"))
    lock = await place.lock("one")
    other = make()
    place.forget_downloads()
    index.requests.clear()

    found = await asyncio.gather(*(each.install(lock) for each in (place, other, place, other)))

    assert len({each.path for each in found}) == 1
    assert len(index.downloads("one")) == 1


async def test_a_process_that_is_killed_leaves_nothing_that_is_taken_for_complete(
    index: PackageIndex, place: Place
):
    index.add(wheel("one"))
    lock = await place.lock("one")
    place.forget_downloads()
    index.requests.clear()
    index.pause = 60
    program = """
import asyncio, json, sys
from pathlib import Path
from services.domain.locks import Lock, LockedPackage
from services.environments.terms import Index, Terms
from services.environments.uv_environments import UvEnvironments
async def main(root, url, requirements, python):
    environments = UvEnvironments(Terms(indexes=(Index.parse(url),)), Path(root))
    lock = Lock(requirements=requirements, packages=(LockedPackage(name="one", version="1.0"),), python=python)
    async def ignore(text): pass
    await environments.install(lock, ignore)
asyncio.run(main(*json.loads(sys.argv[1])))
"""
    arguments = json.dumps([str(place.root), index.url, lock.requirements, lock.python])
    process = subprocess.Popen([sys.executable, "-c", program, arguments])
    await until(lambda: bool(index.downloads("one")))
    inside = next(path for path in (place.root / "work").iterdir() if path.is_dir())
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    index.pause = 0

    assert (place.left()) == [inside.name]
    place.environments.open()
    assert place.left() == []
    assert (await place.install(lock)).path


async def test_the_least_recently_used_is_removed_and_none_that_is_in_use(
    index: PackageIndex, make: Callable[..., Place]
):
    place = make(max_stored=1)
    for name in ("one", "two", "three"):
        index.add(wheel(name))

    first = await place.get("one")
    second = await place.get("two")
    assert first.path is not None
    assert first.path.is_dir()
    path = first.path
    del first
    third = await place.get("three")

    assert not path.exists()
    assert second.path is not None
    assert second.path.is_dir()
    assert third.path is not None
    assert third.path.is_dir()


@pytest.mark.timeout(200)
async def test_a_real_package_from_a_real_index(make: Callable[..., Place]):
    place = make(indexes=(Index(PYPI),))
    if await place.environments.answers():
        pytest.skip("no index can be reached")

    environment = await place.get("toolz==1.0.0")

    assert environment.path
    assert imported(environment.path, "import toolz; print(toolz.__version__)") == "1.0.0"
