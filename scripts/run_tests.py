"""Run all tests in several processes, and what failed once more, alone: `python scripts/run_tests.py [PYTEST OPTIONS]`.

Ends with the 30 slowest tests, the skipped ones with their reasons, and what passed only on its second try.
"""

from __future__ import annotations

import compileall
import json
import os
import subprocess
import sys
import tempfile
from pathlib import Path

# Most tests wait for a cluster now and then, so one process more than cores keeps them all busy.
PROCESSES = min((os.cpu_count() or 2) + 1, 6)
TESTS_FAILED = 1
# A playground, a run or a sandbox compiles anew what is not compiled yet, and pytest rewrites its assertions anew.
COMPILED = ("bot", "handlers", "services", "tests")
ENVIRONMENT = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}


def main(options: list[str]) -> int:
    for package in COMPILED:
        compileall.compile_dir(package, quiet=2, workers=0)
    with tempfile.TemporaryDirectory() as cache:
        # Tracebacks are plain, as parsing sources beside a thread that parses too can end pytest (python/cpython#106905).
        common = [sys.executable, "-m", "pytest", "--tb=native", "-o", f"cache_dir={cache}"]
        shared = [
            "-n",
            str(PROCESSES),
            "--no-loadscope-reorder",
            "--durations=30",
            "--durations-min=1",
            "-rs",
        ]
        status = pytest([*common, *shared, *options])
        failed = failures(cache)
        if status != TESTS_FAILED or not failed:
            return status
        print("\n--- once more, and alone: what failed", flush=True)
        status = pytest([*common, "--last-failed", "--last-failed-no-failures=none"])
        again = failures(cache)
        second = [name for name in failed if name not in again]
        print(f"\n--- passed only on the second try: {len(second)}", *second, sep="\n", flush=True)
        return status


def pytest(command: list[str]) -> int:
    return subprocess.run(command, check=False, env=ENVIRONMENT).returncode


def failures(cache: str) -> list[str]:
    """The tests that failed last, by their IDs."""
    file = Path(cache, "v/cache/lastfailed")
    return sorted(json.loads(file.read_text())) if file.exists() else []


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
