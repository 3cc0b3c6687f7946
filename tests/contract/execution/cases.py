"""The programs of the target contract: real code, and for the scripted target what it would tell."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from services.domain.values import Artifact, Failure, Frame, Outcome, Verdict
from services.execution.interface import Finished, Job, Output, Progress
from services.execution.transcript import nonce
from tests.standins.scripted_target import Step

_PASSED = Outcome(verdict=Verdict.PASSED, exit_code=0)


@dataclass(frozen=True)
class Case:
    code: str
    output: str
    outcome: Outcome = _PASSED
    steps: tuple[Step, ...] = ()
    arguments: tuple[str, ...] = ()


#: As parameters and people give them; a shell anywhere on the way would change each but the first.
ARGUMENTS = ("--rows=10", "--name=a b", "$(id)`id`; $HOME", 'it\'s "so"', "*", "", "--grüße=\n☃\\n", "%s {0}")

BULK = "0123456789abcdef" * 12_800
LOOKALIKES = (
    "2026-01-01 00:00:00,000\tINFO worker.py:1841 -- Connecting to existing Ray cluster at address: 1.2.3.4\n"
    "Running entrypoint for job x: python wrapper.py\n"
    "(raylet) a user's line\n\n"
    "\x1eraygen:0123456789abcdef0123456789abcdef begin\n"
    '\x1eraygen:0123456789abcdef0123456789abcdef {"verdict": "failed"}\n'
    f"\x1eraygen:{nonce('somebody-else')} begin\n"
    "\x1eraygen:\n\x1e\n"
    "grüße ☃ 🐍\r\n"
)

DATASET = """
import ray

print("began")
ray.data.range(6, override_num_blocks=2).map(lambda row: {"double": row["id"] * 2}).show(2)
"""

CASES: Mapping[str, Case] = {
    "hello": Case("print('Result:', 1 + 2)\n", "Result: 3\n"),
    "empty": Case("pass\n", ""),
    "arguments": Case("import sys\nprint(sys.argv[1:])\n", f"{list(ARGUMENTS)}\n", arguments=ARGUMENTS),
    "bulk": Case(f"import sys\nsys.stdout.write({BULK[:16]!r} * 12_800)\n", BULK),
    "lookalikes": Case(f"import sys\nsys.stdout.write({LOOKALIKES!r})\n", LOOKALIKES),
    "dataset": Case(DATASET, "began\n{'double': 0}\n{'double': 2}\n"),
    "fails": Case(
        "def inner():\n    return {}['missing']\n\nprint('before')\ninner()\n",
        "before\n",
        Outcome(
            verdict=Verdict.FAILED,
            exit_code=1,
            failure=Failure(
                "KeyError",
                "'missing'",
                (Frame(5, "<module>", "inner()"), Frame(2, "inner", "return {}['missing']")),
            ),
        ),
    ),
    "exits": Case(
        "import sys\nprint('leaving')\nsys.exit(3)\n",
        "leaving\n",
        Outcome(verdict=Verdict.FAILED, exit_code=3),
    ),
    "crashes": Case(
        "import atexit, os\nprint('Result:', 42)\nprint('half', end='')\natexit.register(os.kill, os.getpid(), 11)\n",
        "Result: 42\nhalf",
        Outcome(verdict=Verdict.KILLED, exit_code=-11, detail="Its driver was killed by SIGSEGV."),
    ),
    "closes": Case(
        "import os\nprint('before', flush=True)\nopen(b'outputs/a\\xff.csv', 'w').close()\nos.close(1)\n42\n",
        "before\n",
        Outcome(
            verdict=Verdict.PASSED,
            exit_code=0,
            value="42",
            artifacts=(Artifact("a\\xff.csv", "text/csv", b""),),
        ),
    ),
    "slow": Case(
        "import time\nfor n in range(4):\n    print('tick', n, flush=True)\n    time.sleep(0.3)\n",
        "".join(f"tick {n}\n" for n in range(4)),
        steps=tuple(step for n in range(4) for step in (Output(f"tick {n}\n"), 0.05)),
    ),
    "endless": Case(
        "import time\nprint('on and on', flush=True)\nwhile True:\n    time.sleep(0.1)\n",
        "on and on\n",
        steps=(Output("on and on\n"), 600.0),
    ),
}


def script(job: Job) -> Sequence[Step]:
    """What the case with this code would tell."""
    case = next(case for case in CASES.values() if case.code == job.code)
    ended = replace(case.outcome, stdout=case.output)
    return [
        Progress("PENDING"),
        Progress("RUNNING"),
        *(case.steps or (Output(case.output),)),
        Finished(ended),
    ]
