"""The snippet Lambda by its handler in real `awslambdaric`, asked by boto3 as raygen does and as others do."""

from __future__ import annotations

import asyncio
import re
import subprocess
from collections.abc import AsyncGenerator
from typing import Any

import pytest
import pytest_asyncio

from services.lambdas.function import Function
from services.lambdas.snippets import LambdaSnippets
from services.snippets.interface import OUTPUT
from tests.standins.lambda_service import PYTHON, LambdaService
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
CANARY = "canary-4c7e"
HAS_ERYX = subprocess.run([PYTHON, "-c", "import eryx"], capture_output=True, check=False).returncode == 0
needs_eryx = pytest.mark.skipif(
    not HAS_ERYX, reason="no pyeryx in this Python; RAYGEN_LAMBDA_PYTHON may name one of 3.12 that has it"
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def function(
    service: LambdaService, tmp_path_factory: pytest.TempPathFactory
) -> AsyncGenerator[Function]:
    log = tmp_path_factory.mktemp("log") / "log"
    environment = {"AWS_SECRET_ACCESS_KEY": CANARY}
    service.deploy("snippets", "bot.lambdas.snippets.handler", environment=environment, log=log)
    yield Function("snippets", endpoint=service.url)
    assert "Traceback" not in log.read_text()


def body(reported: Any) -> tuple[str, str, bool]:
    assert reported["statusCode"] == 200
    assert set(reported["body"]) == {"output", "errors", "success"}
    return reported["body"]["output"], reported["body"]["errors"], reported["body"]["success"]


PLAIN = [
    ("25 * 47", "1175\n", ""),
    ("print('a', end='')\n2847 * 15 / 100", "a\n427.05\n", ""),
    ("x = 5", "", ""),
    ("1 / 0", "", "ZeroDivisionError: division by zero (line 1)"),
]
WAS_BROKEN = [
    ("class A:\n    def f(self): return 1\nclass B(A):\n    def f(self): return super().f() + 1\nB().f()", "2\n", ""),
    ("try:\n    int('x')\nexcept ValueError as error:\n    print(type(error).__name__)", "ValueError\n", ""),
    ("next(iter([7]))", "7\n", ""),
    ("from collections.abc import Mapping\nisinstance({}, Mapping)", "True\n", ""),
    ("import statistics\nstatistics.median([3, 1, 2])", "2\n", ""),
    ("raise ValueError('no')", "", "ValueError: no (line 1)"),
]  # fmt: skip
ESCAPES = [
    "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0].__init__.__globals__['sys'].modules['os'].environ['AWS_SECRET_ACCESS_KEY']",
    "import statistics\nstatistics.sys.modules['os'].environ['AWS_SECRET_ACCESS_KEY']",
    "import statistics\nstatistics.sys.modules['os'].listdir('/')",
    "import statistics\nstatistics.sys.modules['os'].system('id')",
    "import random\nrandom._os.open('/proc/self/environ', 0)",
    "open('/etc/passwd').read()",
]


@pytest.mark.parametrize(("code", "output", "failure"), PLAIN)
async def test_it_answers_in_the_shape_that_others_know(
    function: Function, code: str, output: str, failure: str
):
    reported = await function.invoke({"code": code, "timeout": 10})
    assert body(reported) == (output, failure, not failure)


@needs_eryx
@pytest.mark.parametrize(("code", "output", "failure"), WAS_BROKEN)
async def test_what_was_broken_elsewhere_works(function: Function, code: str, output: str, failure: str):
    assert body(await function.invoke({"arguments": {"code": code}})) == (output, failure, not failure)


@pytest.mark.parametrize("code", ESCAPES)
async def test_no_known_way_leads_out(function: Function, code: str):
    output, failure, success = body(await function.invoke({"code": code}))
    assert CANARY not in output + failure
    assert (output, success) == ("", False)


@pytest.mark.parametrize("event", [{}, {"code": 5}, [], {"code": "1", "timeout": 0}])
async def test_a_bad_event_is_one_sentence(function: Function, event: Any):
    reported = await function.invoke(event)
    assert reported["statusCode"] == 400
    assert reported["body"]["success"] is False
    assert reported["body"]["errors"].startswith("The event")


async def test_one_call_leaves_nothing_for_the_next(function: Function):
    await function.invoke({"code": "import math\nmath.pi = 3\nx = 42"})
    assert body(await function.invoke({"code": "x"}))[1] == "NameError: name 'x' is not defined (line 1)"
    assert body(await function.invoke({"code": "import math\nmath.pi"}))[0] == "3.141592653589793\n"


@needs_eryx
async def test_in_webassembly_one_call_leaves_nothing_either(function: Function):
    await function.invoke({"code": "import statistics, builtins\nimport random\nrandom._os.x = 42"})
    assert "AttributeError" in body(await function.invoke({"code": "import random\nrandom._os.x"}))[1]
    drawn = {
        body(await function.invoke({"code": "import statistics, random\nrandom.random()"}))[0]
        for _ in range(2)
    }
    assert len(drawn) == 2, "and chance is not the same each time"


async def test_what_never_ends_is_ended_in_the_functions_own_time(service: LambdaService):
    deployed = service.deploy("short", "bot.lambdas.snippets.handler")
    async with asyncio.timeout(PATIENCE):
        await deployed.invoke(b'{"code": "1"}', "")
        deployed.timeout = 5
        short = Function("short", endpoint=service.url)
        output, failure, success = body(await short.invoke({"code": "while True: pass", "timeout": 60}))
    assert failure.startswith("It was stopped after 2")
    assert (output, success) == ("", False)


async def test_for_raygen_it_is_a_snippet_runner_like_others(function: Function):
    runner = LambdaSnippets(function)
    assert (await runner.run("print('a')\n1 + 1")).value == "2"
    ended = await runner.run("while True: pass", limit=1)
    assert re.fullmatch(r"It was stopped after \d[\d.]* s\.", ended.error or "")
    flood = await runner.run("for _ in range(10_000): print('x' * 100)")
    assert (flood.truncated, len(flood.output)) == (True, OUTPUT)
