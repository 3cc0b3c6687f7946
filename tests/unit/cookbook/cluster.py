"""A Ray cluster on loopback that lives as long as the tests need it, and programs run on it as files."""

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

import psutil

START_LIMIT, STOP_LIMIT, RUN_LIMIT = 60.0, 20.0, 60.0


@dataclass(frozen=True)
class Ran:
    """How a program ended, and the files that it made."""

    code: int
    out: str
    err: str
    files: frozenset[str]

    @property
    def result(self) -> str:
        """The text after the `Result:` of the program."""
        (line,) = (line for line in self.out.splitlines() if line.startswith("Result: "))
        return line.removeprefix("Result: ")


@dataclass
class Programs:
    """Runs programs, a few at a time; the same program only once."""

    environment: dict[str, str]
    place: Path
    pool: ThreadPoolExecutor
    started: dict[str, Future[Ran]] = field(default_factory=dict)

    def start(self, code: str) -> Future[Ran]:
        if code not in self.started:
            self.started[code] = self.pool.submit(self._run, code, len(self.started))
        return self.started[code]

    def run(self, code: str) -> Ran:
        return self.start(code).result(timeout=180)

    def _run(self, code: str, number: int) -> Ran:
        folder = self.place / f"run{number}"
        folder.mkdir()
        (folder / "program.py").write_text(code, encoding="utf-8")
        done = subprocess.run(
            [sys.executable, "program.py"],
            cwd=folder,
            env=self.environment,
            capture_output=True,
            text=True,
            timeout=RUN_LIMIT,
            check=False,
        )
        files = frozenset(str(path.relative_to(folder)) for path in folder.glob("outputs/*"))
        return Ran(done.returncode, done.stdout, done.stderr, files)


@contextmanager
def programs() -> Iterator[Programs]:
    # The paths of Ray's sockets must be short, shorter than pytest's own folders.
    with tempfile.TemporaryDirectory(prefix="rgc") as place:
        environment = {
            "PATH": os.environ["PATH"],
            "HOME": place,
            "RAY_AUTH_MODE": "disabled",
            "RAY_USAGE_STATS_ENABLED": "0",
            "MPLCONFIGDIR": place,
        }
        with _ray(Path(place) / "ray", environment) as address, ThreadPoolExecutor(3) as pool:
            try:
                yield Programs(environment | {"RAY_ADDRESS": address}, Path(place), pool)
            finally:
                pool.shutdown(cancel_futures=True)


@contextmanager
def _ray(place: Path, environment: dict[str, str]) -> Iterator[str]:
    command = [
        *(sys.executable, "-m", "ray.scripts.scripts", "start", "--head", "--block"),
        *("--node-ip-address=127.0.0.1", "--port=0", f"--temp-dir={place}", "--num-cpus=2"),
        *("--include-dashboard=false", "--object-store-memory=300000000"),
    ]
    head = subprocess.Popen(command, env=environment, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        yield _address(place / "ray_current_cluster", head)
    finally:
        family = [psutil.Process(head.pid), *psutil.Process(head.pid).children(recursive=True)]
        # Nothing in it is worth a graceful end, and what raylets leave behind would outlive the tests.
        for process in family:
            with suppress(psutil.NoSuchProcess):
                process.kill()
        psutil.wait_procs(family, timeout=STOP_LIMIT)
        head.wait(STOP_LIMIT)
        assert not _living(place)


def _living(place: Path) -> list[str]:
    """What still runs for this cluster; workers get a moment to notice that their raylet is gone."""
    deadline = time.monotonic() + STOP_LIMIT
    while True:
        living = [
            " ".join(process.info["cmdline"])
            for process in psutil.process_iter(["cmdline"])
            if any(str(place) in word for word in process.info["cmdline"] or ())
        ]
        if not living or time.monotonic() > deadline:
            return living
        time.sleep(0.1)


def _address(written: Path, head: "subprocess.Popen[bytes]") -> str:
    deadline = time.monotonic() + START_LIMIT
    while time.monotonic() < deadline and head.poll() is None:
        if written.exists() and (address := written.read_text(encoding="utf-8").strip()):
            return address
        time.sleep(0.05)
    raise AssertionError("Ray did not start")
