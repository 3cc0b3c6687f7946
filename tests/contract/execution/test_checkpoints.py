"""Checkpoints leave a job's log after every end but a pass, whatever the program has made of their folder."""

from __future__ import annotations

import asyncio
import base64
import json
import os
import shutil
import signal
import sys
from pathlib import Path
from typing import Any

import pytest

from services.domain.checkpoints import CheckpointFile, digest, packed, unpacked
from services.driver import PACKAGE, SOURCE, TIMES
from services.driver.checkpoints import read_checkpoints
from services.driver.wrapper import checkpoints
from services.driver.wrapper.checkpoints import collect, set_times, unpack
from services.execution import launch
from services.execution.transcript import Transcript, nonce
from tests.waiting import PATIENCE

ID = "run-1"
LEAVES = """
import os, signal, sys, time
os.makedirs("outputs/checkpoints/step-2", exist_ok=True)
open("outputs/checkpoints/step-2/state", "w").write("half way")
print("at step 2", flush=True)
"""
# What would run the program on Ray; everything else is as on a target.
STANDS_IN = """
import runpy
def execute(path, arguments, begin):
    begin()
    try:
        runpy.run_path(path, run_name="__main__")
    except SystemExit as stop:
        return {"exit_code": stop.code}
    return {"exit_code": 0}
"""


async def ended(place: Path, code: str, *, kill: bool = False) -> tuple[int, Transcript]:
    """The exit status of a job's driver, and its log once nothing of the job is left."""
    shutil.copytree(SOURCE, place / PACKAGE)
    (place / PACKAGE / "driver.py").write_text(STANDS_IN)
    (place / "program.py").write_text(code)
    shutil.copy(launch.__file__, place / "launch.py")
    log = place.with_suffix(".log")
    log.write_text(f"Running entrypoint for job {ID}:\n")
    with log.open("ab") as file:
        process = await asyncio.create_subprocess_exec(
            *(sys.executable, "launch.py", ID, "-", "60"),
            *("-m", PACKAGE, "--nonce", nonce(ID), "program.py"),
            stdout=file,
            cwd=place,
            start_new_session=True,
        )
    async with asyncio.timeout(PATIENCE):
        while kill and b"at step 2" not in log.read_bytes():  # another process writes it
            await asyncio.sleep(0.01)
        if kill:
            os.killpg(process.pid, signal.SIGKILL)
        status = await process.wait()
        while watchers():
            await asyncio.sleep(0.01)
    transcript = Transcript(ID)
    transcript.feed(log.read_bytes())
    transcript.close()
    return status, transcript


def watchers() -> int:
    found = 0
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            found += nonce(ID).encode() in path.read_bytes()
        except OSError:
            continue
    return found


@pytest.mark.parametrize(
    ("end", "how", "facts"),
    [
        ("sys.exit(3)", "alone", {"exit_code": 3}),
        ("os.close(1); sys.exit(3)", "alone", {"exit_code": 3}),
        ("os.dup2(os.open(os.devnull, os.O_RDWR), 1); sys.exit(3)", "alone", {"exit_code": 3}),
        ("os.closerange(3, 100); sys.exit(3)", "alone", {"exit_code": 3}),
        ("os.closerange(0, 100); open('a', 'w'); open('b', 'w'); sys.exit(3)", "alone", None),
        ("os._exit(7)", "alone", None),
        ("os.closerange(3, 100); os.kill(os.getpid(), signal.SIGSEGV)", "alone", None),
        ("sys.stdout.write('no newline'); sys.stdout.flush(); time.sleep(60)", "killed", None),
    ],
)
async def test_they_leave_with_every_end_but_a_pass(tmp_path: Path, end: str, how: str, facts: object):
    status, transcript = await ended(tmp_path / "job", LEAVES + end, kill=how == "killed")
    assert status != 0
    assert (transcript.watched, transcript.facts) == (True, facts)
    (file,) = read_checkpoints(transcript.checkpoints).files
    assert (file.name, file.content) == ("step-2/state", b"half way")


async def test_a_pass_leaves_none(tmp_path: Path):
    status, transcript = await ended(tmp_path / "job", LEAVES)
    assert (status, transcript.watched, transcript.facts) == (0, True, {"exit_code": 0})
    assert transcript.checkpoints is None


def test_what_a_killed_driver_was_about_to_write_does_not_spoil_them():
    mark = f"\x1eraygen:{nonce(ID)} ".encode()
    transcript = Transcript(ID)
    said = transcript.feed(
        mark + b"begin 1 watched\nso far" + mark + b'{"exit_c' + mark + b"checkpoints {}\n"
    )
    assert (said + transcript.close(), transcript.facts, transcript.checkpoints) == ("so far", None, b"{}")


def _found(here: Path, **limits: int) -> tuple[dict[str, bytes], int, int]:
    left = read_checkpoints(json.dumps(collect(str(here), **limits)).encode())
    return {file.name: file.content for file in left.files}, left.left_out, left.left_out_size


def test_links_pipes_and_loops_lead_nowhere(tmp_path: Path):
    secret = tmp_path / "secret"
    secret.mkdir()
    (secret / "key").write_text("k")
    folder = tmp_path / "job/outputs/checkpoints"
    (folder / "a").mkdir(parents=True)
    (folder / "a/state").write_bytes(b"\x00mine")
    (folder / "a/key").symlink_to(secret / "key")
    (folder / "elsewhere").symlink_to(secret)
    (folder / "loop").symlink_to(folder)
    os.mkfifo(folder / "pipe")
    deep = folder
    for _ in range(40):
        deep /= "d"
    deep.mkdir(parents=True)
    (deep / "state").write_text("too deep")
    assert _found(tmp_path / "job") == ({"a/state": b"\x00mine"}, 0, 0)


@pytest.mark.parametrize("part", ["outputs", "outputs/checkpoints"])
def test_a_folder_that_is_a_link_itself_is_none(tmp_path: Path, part: str):
    (tmp_path / "secret/checkpoints").mkdir(parents=True)
    (tmp_path / "secret/checkpoints/key").write_text("k")
    place = tmp_path / "job" / part
    place.parent.mkdir(parents=True)
    place.symlink_to(tmp_path / ("secret" if part == "outputs" else "secret/checkpoints"))
    assert _found(tmp_path / "job") == ({}, 0, 0)


def test_the_newest_are_kept_where_not_all_fit_and_folders_stay_whole(tmp_path: Path):
    folder = tmp_path / "outputs/checkpoints"
    for step in range(4):
        (folder / f"step-{step}").mkdir(parents=True)
        for part in "ab":
            file = folder / f"step-{step}" / part
            file.write_bytes(bytes(10))
            os.utime(file, (step, step))
    sparse = folder / "huge"
    with sparse.open("wb") as opened:
        opened.truncate(1 << 40)
    kept, left, size = _found(tmp_path, room=45)
    assert sorted(kept) == ["step-2/a", "step-2/b", "step-3/a", "step-3/b"]
    assert (left, size) == (5, 40 + (1 << 40))
    assert len(_found(tmp_path, most=3)[0]) == 2


def _fact(name: Any, content: Any = "eA==", modified: Any = 5) -> dict[str, Any]:
    return {"name": name, "content": content, "modified": modified}


@pytest.mark.parametrize(
    "facts",
    [
        *(
            [_fact(name)]
            for name in ("/etc/x", "../x", "a/../../x", "a//b", ".", "", "C:x", "a\\b", "a\nb", "\ud800", 7)
        ),
        [_fact("x" * 256)],
        [_fact("/".join("d" * 20))],
        [_fact("x", "not base64!")],
        [_fact("x", None)],
        [7, None, []],
    ],
)
def test_hostile_names_and_contents_are_left_out(facts: list[Any]):
    left = read_checkpoints(json.dumps({"files": facts}).encode())
    assert (left.files, left.left_out) == ((), len(facts))


def test_one_name_stands_for_one_file():
    facts = [_fact("a"), _fact("a"), _fact("a/b"), _fact("c/d"), _fact("c"), _fact("e", modified=-1e300)]
    left = read_checkpoints(json.dumps({"files": facts}).encode())
    assert ([file.name for file in left.files], left.left_out) == (["a", "c/d", "e"], 3)


@pytest.mark.parametrize("data", [None, b"", b"[]", b"{", b'{"files": 7, "left_out": "x"}', b"\xff"])
def test_garbage_is_nothing(data: bytes | None):
    assert read_checkpoints(data).files == ()


def test_they_are_put_in_place_as_they_were(tmp_path: Path):
    files = (
        CheckpointFile("a/lr=0.1,x [2]/state", bytes(range(256)), 1_700_000_000_123),
        CheckpointFile(".marker", b"", 1_600_000_000_000),
    )
    archive = tmp_path / "checkpoints.tar"
    archive.write_bytes(packed(files))
    unpack(str(archive), str(tmp_path))
    for file in files:
        path = tmp_path / "outputs/checkpoints" / file.name
        assert (path.read_bytes(), path.stat().st_mtime_ns // 1_000_000) == (file.content, file.modified)
    assert digest(unpacked(archive.read_bytes())) == digest(files[::-1])
    assert digest(files) != digest([files[0], CheckpointFile(".marker", b"", 1)])
    again = collect(str(tmp_path))
    assert {each["name"] for each in again["files"]} == {file.name for file in files}
    assert base64.b64decode(again["files"][0]["content"]) == bytes(range(256)), "the newest first"


def test_on_a_target_they_get_their_times_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    state = tmp_path / "outputs/checkpoints/state"
    state.parent.mkdir(parents=True)
    state.touch()
    monkeypatch.setattr(checkpoints, "__file__", str(tmp_path / "checkpoints.py"))
    (tmp_path / TIMES).write_text(json.dumps({"state": 1_600_000_000_000, "gone": 1}))
    set_times(str(tmp_path))
    assert state.stat().st_mtime == 1_600_000_000
