"""The wheel works without the checkout: everything that raygen needs when it runs is in it."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import venv
from collections.abc import Mapping
from pathlib import Path
from zipfile import ZipFile

import pytest

from tests.e2e.playground import flat, starting

ROOT = Path(__file__).parents[2]
CLEARED = {name: value for name, value in os.environ.items() if name != "PYTHONPATH" and "RAY" not in name}
PROGRAM = (
    "import ray\nprint(sum(ray.get([ray.remote(lambda: 20).remote(), ray.remote(lambda: 22).remote()])))\n"
)


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    run(sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", folder, cwd=ROOT)
    [built] = folder.glob("raygen-*.whl")
    return built


@pytest.fixture(scope="module")
def python(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the wheel and with links to this one's packages; the seal shows no other folder."""
    environment = tmp_path_factory.mktemp("environment")
    venv.create(environment, symlinks=True)
    python = environment / "bin" / "python"
    [packages] = environment.glob("lib/python*/site-packages")
    shutil.copytree(
        sysconfig.get_path("purelib"),
        packages,
        copy_function=link,
        ignore=shutil.ignore_patterns("raygen-*", "_editable_*", "_raygen*"),
        dirs_exist_ok=True,
    )
    # A program that one of the packages needs beside them.
    link(f"{sys.prefix}/bin/monty", f"{environment}/bin/monty")
    run("uv", "pip", "install", "--offline", "--no-deps", "--python", python, wheel, cwd=environment)
    return python


def link(source: str, target: str) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copy2(source, target)


def run(*command: str | Path, cwd: Path, env: Mapping[str, str] = CLEARED) -> str:
    path = f"{Path(sys.executable).parent}:{env['PATH']}"
    done = subprocess.run(
        command, cwd=cwd, env={**env, "PATH": path}, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


def test_the_metadata_names_the_product(wheel: Path):
    with ZipFile(wheel) as archive:
        names = archive.namelist()
        [metadata] = [archive.read(name).decode() for name in names if name.endswith(".dist-info/METADATA")]
    assert "Name: raygen\n" in metadata
    assert "Requires-Python: >=3.11\n" in metadata
    assert "Description-Content-Type: text/markdown\n" in metadata
    assert any(name.endswith("licenses/LICENSE") for name in names)


def test_all_files_of_the_packages_are_in_the_wheel(wheel: Path):
    listed = run("git", "ls-files", "bot", "handlers", "services", cwd=ROOT).split()
    with ZipFile(wheel) as archive:
        assert set(listed) <= set(archive.namelist())


def test_the_command_and_its_parts_come_from_the_wheel(python: Path, tmp_path: Path):
    raygen = python.with_name("raygen")
    assert "playground" in run(raygen, "--help", cwd=tmp_path)
    assert "AWSTemplateFormatVersion" in run(raygen, "deploy", "cloudformation", cwd=tmp_path)
    found = run(python, "-c", "import bot, handlers, services; print(bot.__file__)", cwd=tmp_path)
    assert found.startswith(str(python.parents[1]))


@pytest.mark.sealed
def test_a_program_is_validated(python: Path, tmp_path: Path):
    (tmp_path / "program.py").write_text(PROGRAM)
    report = run(python.with_name("raygen"), "validate", "program.py", cwd=tmp_path)
    assert report.startswith("passed")
    assert report.rstrip().endswith("42")


@pytest.mark.cluster
async def test_the_playground_answers(python: Path, tmp_path: Path):
    """Up to a calculation; proposals need no file that validation does not."""
    async with starting(tmp_path, python, RAY_ADDRESS="http://127.0.0.1:9", RAYGEN_POOL_SIZE="0") as play:
        page = await play.page()
        assert "js/app.js" in page
        thread = await play.command("what is 15% of 4000?")
        assert "600" in flat(await thread.with_text("600"))
