"""`raygen eval` for real: the whole pipeline, a sealed cluster, and models that are stand-ins."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from bot import settings
from bot.evaluation import assembly
from bot.evaluation.case import Case, Group
from bot.evaluation.checks import answers, at_least_tasks, uses_remote_tasks, value
from bot.evaluation.score import Evaluation
from bot.playground.anthropic import HttpError, ModelStandIn, Script, say, use
from services.supervisor.meter import Price

SUM = """
import ray

@ray.remote
def square(n):
    return n * n

ray.init()
print("Result:", sum(ray.get([square.remote(n) for n in range({count})])))
"""
WISH = use("write_program", request="the squares of 0 to 9")
_group = Group("squares")
pytestmark = pytest.mark.usefixtures("sealed")
SQUARES = (value(285), uses_remote_tasks(), at_least_tasks(10))


def command(tmp_path: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    environment = {
        name: text for name, text in os.environ.items() if not name.startswith(("ANTHROPIC_", "RAYGEN_"))
    }
    return subprocess.run(
        [sys.executable, "-m", "bot", "eval", *arguments],
        env=environment | {"RAYGEN_STATE_DIR": str(tmp_path)},
        capture_output=True,
        text=True,
        timeout=120,
        check=False,
    )


def test_the_cookbook_is_evaluated_and_labelled_as_what_it_is(tmp_path: Path) -> None:
    chosen = ("--case", "add", "--case", "product", "--case", "collatz")
    ended = command(tmp_path, "--cookbook", "--json", "--at-least", "0.6", *chosen)
    assert ended.returncode == 0, ended.stderr
    reported = json.loads(ended.stdout)
    assert reported["provider"] == "cookbook (a rule-based stand-in without a model, as the baseline)"
    assert reported["models"] == {"supervisor": "cookbook", "generator": "cookbook"}
    cases = {case["name"]: case for case in reported["cases"]}
    assert {name: case["passed"] for name, case in cases.items()} == {
        "add": True,
        "collatz": False,
        "product": True,
    }
    assert "8,723" in cases["add"]["shown"] or "8723" in cases["add"]["shown"]
    assert cases["add"]["attempts"] == 1
    assert cases["add"]["tokens"] > 1000
    assert cases["collatz"]["failed"][0] == "the program passes its validation"
    assert reported["totals"]["pass_rate"] == 0.6667
    assert "numbers/collatz failed" in ended.stderr


def test_without_a_key_or_with_an_unknown_name_it_ends_in_one_sentence(tmp_path: Path) -> None:
    ended = command(tmp_path, "--case", "add")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith(
        "Error: ANTHROPIC_API_KEY is not set: create a key at console.anthropic.com, "
    )
    assert "`raygen eval --cookbook`" in ended.stderr
    ended = command(tmp_path, "--group", "gpu")
    assert (ended.returncode, ended.stdout) == (1, "")
    assert ended.stderr.startswith("Error: There is no group 'gpu'. The groups are first_steps, ")


async def evaluated(tmp_path: Path, script: Script, *cases: Case) -> Evaluation:
    async with ModelStandIn(pace=0.0, script=script).serve() as service:
        chosen = settings.load(
            anthropic_api_key="sk-test",
            anthropic_base_url=service.url,
            state_dir=tmp_path,
            prices={"claude-sonnet-5-5": Price(3, 15)},
        )
        return await assembly.evaluate(chosen, cases, jobs=1, say=lambda _: None)


def program(count: int) -> object:
    return use("submit_program", title="Squares", purpose="Adds squares.", code=SUM.format(count=count))


async def test_wrong_programs_and_errors_of_the_service_fail_their_case_alone(tmp_path: Path) -> None:
    script = Script(
        *(WISH, program(9), say("It adds up the squares.")),
        HttpError(401),
        *(WISH, use("submit_program", title="S", purpose="S.", code="import ray\nsquares"), program(10)),
        say("It adds up the squares."),
        say("That is undefined."),
    )
    found = await evaluated(
        tmp_path,
        script,
        _group.program("wrong", "Add up the squares of 0 to 9", *SQUARES),
        _group.program("refused", "Add up the squares of 0 to 9", *SQUARES),
        _group.program("repaired", "Add up the squares of 0 to 9", *SQUARES),
        _group.answer("words", "What is 1 / 0?", answers("undefined")),
    )
    wrong, refused, repaired, words = found.scores
    assert wrong.failed == ("prints 285", "starts at least 10 tasks")
    assert wrong.shown == "Result: 204"
    assert (wrong.spent.attempts, wrong.spent.calls) == (1, 3)
    assert wrong.spent.money
    assert not refused.passed
    assert "rejected raygen's credentials" in refused.error
    assert repaired.passed, repaired
    assert repaired.spent.attempts == 2
    assert words.passed
    assert found.total.rate == 0.5
