"""An ordinary local Ray cluster, and `python program.py` on it: what a validation has to look like."""

from __future__ import annotations

import asyncio
import os
import re
import sys
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from pathlib import Path

_OWNER = """
import ray, sys
sizes = {"num_cpus": 8, "num_gpus": 4, "resources": {"special": 2}}
context = ray.init(**sizes, include_dashboard=False, _temp_dir=sys.argv[1], logging_level="ERROR")
print(context.address_info["gcs_address"], flush=True)
sys.stdin.read()
"""
# How Ray marks the lines of workers: the program wrote what follows.
_MARK = re.compile(
    r"^(?:\x1b\[\d+m)?\((?:pid=\d+|[\w.:<>]+ pid=\d+)(?:, ip=[\d.]+)?\)(?:\x1b\[0m)? ?", re.MULTILINE
)
# What Ray says on standard output of a machine under load, and as Serve ends its controller.
_RAYS_OWN = re.compile(r"^\(raylet\) (?:WARNING: |Task ServeController\.).*\n", re.MULTILINE)
_LIMIT = 90.0
PROGRAMS = sorted((Path(__file__).parent / "programs").glob("*.py"))
# Addresses that a validation replaces by its own cluster; an ordinary program has to name its own.
ELSEWHERE = re.compile(r"ray://cluster\.example:10001|10\.20\.30\.40:6379")
Ended = tuple[str, int]
"""Standard output and exit code."""


@asynccontextmanager
async def ordinary_cluster(temp: Path) -> AsyncGenerator[str]:
    """Its address; the cluster lives as long as the process that started it."""
    owner = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        _OWNER,
        str(temp),
        env=_environment(),
        stdin=asyncio.subprocess.PIPE,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    assert owner.stdin is not None
    assert owner.stdout is not None
    try:
        line = await asyncio.wait_for(owner.stdout.readline(), _LIMIT)
        assert line, "the ordinary cluster did not start"
        yield line.decode().strip()
    finally:
        owner.stdin.close()
        try:
            await asyncio.wait_for(owner.wait(), 20)
        except TimeoutError:
            owner.kill()
            await owner.wait()


@asynccontextmanager
async def ordinary(paths: Sequence[Path], place: Path) -> AsyncGenerator[dict[Path, asyncio.Task[Ended]]]:
    """What each program does under an ordinary `python`, in folders below `place`, two at a time, begun ahead."""
    two = asyncio.Semaphore(2)

    async def one(path: Path, address: str) -> Ended:
        code = path.read_text(encoding="utf-8")
        async with two:
            return await run(
                ELSEWHERE.sub("auto", code), place / path.stem, None if "# alone" in code else address
            )

    async with ordinary_cluster(place) as address:
        running = {path: asyncio.create_task(one(path, address)) for path in paths}
        yield running
        for task in running.values():
            task.cancel()
        await asyncio.gather(*running.values(), return_exceptions=True)


async def run(code: str, place: Path, address: str | None) -> Ended:
    """The standard output and the exit code of `python program.py` in `place`, without Ray's marks."""
    place.mkdir(parents=True)
    (place / "program.py").write_text(code, encoding="utf-8")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "program.py",
        cwd=place,
        env=_environment() | ({"RAY_ADDRESS": address} if address else {}),
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.DEVNULL,
    )
    try:
        stdout, _ = await asyncio.wait_for(process.communicate(), _LIMIT)
    except TimeoutError:
        process.kill()
        await process.wait()
        raise
    assert process.returncode is not None
    return _MARK.sub("", without_rays_own(stdout.decode("utf-8", "replace"))), process.returncode


def without_rays_own(text: str) -> str:
    """Without what Ray says there by itself."""
    return _RAYS_OWN.sub("", text)


def _environment() -> dict[str, str]:
    return {
        "PATH": os.environ["PATH"],
        "HOME": os.environ.get("HOME", "/"),
        "LANG": "C.UTF-8",
        "PYTHONPATH": "",
        "PYTHONUNBUFFERED": "1",  # as Ray's jobs have it
        "RAY_AUTH_MODE": "disabled",
        "RAY_DEDUP_LOGS": "0",
        "RAY_COLOR_PREFIX": "0",
        "RAY_USAGE_STATS_ENABLED": "0",
        "RAY_DATA_DISABLE_PROGRESS_BARS": "1",
        "OPENBLAS_NUM_THREADS": "1",
    }


def own_lines(path: Path, stdout: str) -> str:
    """What of it is compared: all, or, where Ray itself has something to say of the program, the lines that it marks."""
    if "# lines:" not in path.read_text(encoding="utf-8"):
        return stdout
    return "".join(line for line in stdout.splitlines(keepends=True) if line[:1] == ">")
