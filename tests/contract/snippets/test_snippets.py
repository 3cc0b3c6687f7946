"""Every runner of snippets gives the same answers, and lets nothing through."""

from __future__ import annotations

import asyncio
import ctypes
import os
import socket
import threading
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path

import pytest
import pytest_asyncio

from services.isolation.processes import children
from services.snippets.eryx import EryxRunner, lacking
from services.snippets.interface import OUTPUT, Snippet, SnippetRunner, stopped
from services.snippets.runner import FallThrough, open_snippets
from services.snippets.sealed import SealedRunner
from services.validation import readings
from services.validation.probe import probe
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
CANARY = "canary-81d0"
PR_SET_CHILD_SUBREAPER = 36
NEWER = " and no __dict__ for setting new attributes"
"""What Python says in addition since 3.12."""


@pytest_asyncio.fixture(scope="module", loop_scope="module", params=["fall-through", "cpython", "eryx"])
async def runner(request: pytest.FixtureRequest) -> AsyncGenerator[SnippetRunner]:
    if request.param == "eryx":
        if missing := lacking():
            pytest.skip(missing)
        yield EryxRunner()
        return
    if not (await probe()).ready:
        pytest.skip("no seal here")
    if request.param == "cpython":
        yield SealedRunner()
        return
    async with open_snippets() as opened:
        yield opened


PLAIN = [
    ("25 * 47", "1175", ""),
    ("2847 * 15 / 100", "427.05", ""),
    ("n, found = 2, []\nwhile len(found) < 10:\n    if all(n % p for p in found):\n        found.append(n)\n    n += 1\nsum(found)", "129", ""),
    ("a, b = 0, 1\nwhile a <= 100:\n    print(a, end=' ')\n    a, b = b, a + b", None, "0 1 1 2 3 5 8 13 21 34 55 89 "),
    ("0.1 + 0.2", "0.30000000000000004", ""),
    ("x = 1; x + 1  # a comment", "2", ""),
    ("(\n    1 +\n    2\n)", "3", ""),
    ("'''a\nb'''", r"'a\nb'", ""),
    ("'ü' * 2 + '🎉'", "'üü🎉'", ""),
    ("print('Grüße')", None, "Grüße\n"),
    ("None", None, ""),
    ("x = 5", None, ""),
    ("", None, ""),
    ("class A:\n    def f(self): return 1\nclass B(A):\n    def f(self): return super().f() + 1\nB().f()", "2", ""),
    ("def g():\n    yield 1\n    yield 2\nlist(g())", "[1, 2]", ""),
    ("import statistics\nstatistics.median([3, 1, 2])", "2", ""),
    ("import enum\nclass C(enum.Enum):\n    RED = 1\nC.RED.name", "'RED'", ""),
    ("try:\n    int('x')\nexcept ValueError as error:\n    print(type(error).__name__)", None, "ValueError\n"),
    ("next(iter([7]))", "7", ""),
    ("from collections.abc import Mapping\nisinstance({}, Mapping)", "True", ""),
    ("from datetime import date\n(date(2026, 12, 24) - date(2026, 11, 21)).days", "33", ""),
    ("from datetime import datetime\ndatetime.strptime('2026-01-02', '%Y-%m-%d').isoformat()", "'2026-01-02T00:00:00'", ""),
    ("from fractions import Fraction\nFraction(1, 3) + Fraction(1, 6)", "Fraction(1, 2)", ""),
    ("from decimal import Decimal\nDecimal('0.1') + Decimal('0.2')", "Decimal('0.3')", ""),
    ("import re\nre.sub(r'(\\w+) (\\w+)', r'\\2 \\1', 'a b')", "'b a'", ""),
    ("import json\njson.loads('{\"a\": [1, 2]}')['a'][1]", "2", ""),
    ("import itertools\nlist(itertools.combinations('abc', 2))", "[('a', 'b'), ('a', 'c'), ('b', 'c')]", ""),
    ("from dataclasses import dataclass\n@dataclass\nclass P:\n    x: int\nP(3)", "P(x=3)", ""),
    ("'é'.encode('latin1')", r"b'\xe9'", ""),
    ("f'{3.14159:.2f}'", "'3.14'", ""),
    ("sorted({'b': 1, 'a': 2}.items())", "[('a', 2), ('b', 1)]", ""),
    ("match (1, 2):\n    case (1, y):\n        print(y)", None, "2\n"),
    ("x = 1\r1 + 1", "2", ""),
    ("from __future__ import annotations\nx: int = 3\nx", "3", ""),
    ("round(2.675, 2)", "2.67", ""),
    ("hasattr('', 'casefold')", "True", ""),
    ("try:\n    import statistics\n    found = 'yes'\nexcept ImportError:\n    found = 'no'\nfound", "'yes'", ""),
    ("try:\n    x = 'ß'.casefold()\nexcept Exception:\n    x = 'failed'\nx", "'ss'", ""),
    ("print('once')\nimport statistics\nprint('twice')", None, "once\ntwice\n"),
    ("list({10, 5, 33, 8})", "[8, 33, 10, 5]", ""),
    ("sorted(set('hello')), len({1, 2, 1}), 3 in {1, 2}", "(['e', 'h', 'l', 'o'], 2, False)", ""),
    ("seen = set()\nfor x in [3, 1, 3]:\n    if x not in seen:\n        seen.add(x)\n        print(x)\nlen(seen)", "2", "3\n1\n"),
    ("float = 3\nround(2.675, 2), round(0.125, ndigits=2), round(-0.001, 2), round(7, 1), round(2.5)", "(2.67, 0.12, -0.0, 7, 2)", ""),
    ("round(1234.5, -2)", "1200.0", ""),
    ("class P:\n    def __round__(self, n): return n\nround(P(), 1)", "1", ""),
    ("round(float('inf'), 2), round(1e300, 3), round(5e-324, 400)", "(inf, 1e+300, 5e-324)", ""),
    ("import re\nre.findall('a$', 'a\\n')", "['a']", ""),
    ("import re\nre.sub('(?P<x>a)(b)?', r'<\\2>', 'ab a')", "'<b> <>'", ""),
    ("import re\nre.findall('x*', 'axb')", "['', 'x', '', '']", ""),
    ("class A:\n    pass\nA", "<class '__main__.A'>", ""),
    ("-162994642822590.12", "-162994642822590.12", ""),
    ("from collections import Counter\nCounter('mississippi').most_common(1)", "[('i', 4)]", ""),
    ("import statistics\nstatistics.mode([1, 1, 2])", "1", ""),
    ("from functools import singledispatch\n@singledispatch\ndef f(x): return 'any'\n@f.register(int)\ndef _(x): return 'int'\nf(1)", "'int'", ""),
    ("'ab'.encode('utf-16-le')", r"b'a\x00b\x00'", ""),
    (r"print('\ud800')", None, "?\n"),
]  # fmt: skip


@pytest.mark.parametrize(("code", "value", "output"), PLAIN)
async def test_it_does_what_python_does(runner: SnippetRunner, code: str, value: str | None, output: str):
    snippet = await runner.run(code)
    assert (snippet.error, snippet.value, snippet.output) == (None, value, output), snippet
    assert snippet.success


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("assert 1 == 2", "AssertionError (line 1)"),
        ("x = 2\nassert x == 1, 'no'", "AssertionError: no (line 2)"),
        ("1\n1 / 0", "ZeroDivisionError: division by zero (line 2)"),
        ("print('before')\n[][3]", "IndexError: list index out of range (line 2)"),
        ("undefined_thing", "NameError: name 'undefined_thing' is not defined (line 1)"),
        ("raise ValueError('no')", "ValueError: no (line 1)"),
        ("def f(:", "SyntaxError: invalid syntax (line 1)"),
        ("import torch", "ImportError: the module 'torch' can't be used in snippets (line 1)"),
        ("import sys\nsys.version", "ImportError: the module 'sys' can't be used in snippets (line 1)"),
        ("import os.path", "ImportError: the module 'os.path' can't be used in snippets (line 1)"),
        ("{}['missing']", "KeyError: 'missing' (line 1)"),
        ("1\nreturn 3", "SyntaxError: 'return' outside function (line 2)"),
        ("class E(Exception):\n    def __str__(self): 1 / 0\nraise E", "E (line 3)"),
        (
            "class A:\n    __slots__ = ()\nA().x = 1",
            "AttributeError: 'A' object has no attribute 'x' (line 3)",
        ),
    ],
)
async def test_an_error_is_one_line_with_its_line_number(runner: SnippetRunner, code: str, error: str):
    snippet = await runner.run(code)
    assert (snippet.error or "").replace(NEWER, "") == error
    assert not snippet.success
    assert snippet.value is None


@pytest.mark.parametrize(
    "code",
    [
        "while True: pass",
        "import statistics\nwhile True: pass",
        "sum(range(10**12))",
        "import time\ntime.sleep(60)",
    ],
)
async def test_what_never_ends_is_ended(runner: SnippetRunner, code: str):
    snippet = await asyncio.wait_for(runner.run(code, limit=1), PATIENCE)
    assert snippet.error == stopped(snippet.wall), snippet
    assert snippet.stopped
    assert snippet.wall >= 1


@pytest.mark.parametrize(
    "code",
    [
        "x = [0] * 10**10",
        "import statistics\nx = [bytes(10**8) for _ in range(100)]",
        "x = 'a'\nwhile True: x += x",
        "def f(): return f()\nf()",
        "import statistics\n(lambda f: f(f))(lambda f: f(f))",
    ],
)
async def test_what_needs_too_much_is_ended(runner: SnippetRunner, code: str):
    snippet = await asyncio.wait_for(runner.run(code, limit=5), PATIENCE)
    assert snippet.error
    assert (await runner.run("1 + 1")).value == "2", "and the next one is unharmed"


async def test_a_flood_of_output_is_cut(runner: SnippetRunner):
    snippet = await asyncio.wait_for(runner.run("for _ in range(100_000): print('x' * 100)"), PATIENCE)
    assert snippet.truncated
    assert len(snippet.output) == OUTPUT


async def test_a_flood_of_a_value_is_cut(runner: SnippetRunner):
    snippet = await asyncio.wait_for(runner.run("'x' * 1_000_000"), PATIENCE)
    assert snippet.truncated
    assert snippet.value == ("'" + "x" * 1_000_000)[:OUTPUT]


async def test_who_no_longer_waits_leaves_nothing_running(runner: SnippetRunner):
    before = set(readings.tree(os.getpid()))
    task = asyncio.create_task(runner.run("while True: pass"))
    async with asyncio.timeout(PATIENCE):
        while not any(_busy(pid) for pid in readings.tree(os.getpid())[1:]):
            await asyncio.sleep(0.02)
        task.cancel()
        await asyncio.gather(task, return_exceptions=True)
        while any(_busy(pid) for pid in readings.tree(os.getpid())[1:]):
            await asyncio.sleep(0.02)
    assert task.cancelled()
    assert (await runner.run("1 + 1")).value == "2"
    assert len(readings.tree(os.getpid())) <= len(before) + 1


async def test_at_no_moment_does_a_cancellation_leave_a_sealed_process(
    runner: SnippetRunner, orphans_come_here: None
):
    before = set(children(os.getpid()))
    for wait in range(40):
        task = asyncio.create_task(runner.run("import statistics\nwhile True: pass"))
        await asyncio.sleep(wait / 1000)
        task.cancel()
        async with asyncio.timeout(PATIENCE):
            await asyncio.gather(task, return_exceptions=True)
    async with asyncio.timeout(PATIENCE):
        while any("bwrap" in _command(pid) for pid in readings.tree(os.getpid())):
            await asyncio.sleep(0.02)
    for orphan in set(children(os.getpid())) - before:
        os.waitpid(orphan, os.WNOHANG)


@pytest.fixture
def orphans_come_here() -> Iterator[None]:
    """Whose parent ends becomes a child of this process, where it can be seen."""
    libc = ctypes.CDLL(None)
    assert libc.prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) == 0
    yield
    libc.prctl(PR_SET_CHILD_SUBREAPER, 0, 0, 0, 0)


def _busy(pid: int) -> bool:
    try:
        threads = [file.read_text(encoding="utf-8") for file in Path(f"/proc/{pid}/task").glob("*/stat")]
    except OSError:
        return False
    return any(thread.rpartition(")")[2].split()[0] == "R" for thread in threads)


async def test_nothing_is_left_for_the_next(runner: SnippetRunner):
    await runner.run("x = 42\nimport math\nmath.pi = 3")
    assert (await runner.run("x")).error == "NameError: name 'x' is not defined (line 1)"
    assert (await runner.run("import math\nmath.pi")).value == "3.141592653589793"


async def test_many_at_once(runner: SnippetRunner):
    found = await asyncio.gather(*(runner.run(f"import statistics\n{n} * 2") for n in range(12)))
    assert [snippet.value for snippet in found] == [str(n * 2) for n in range(12)]
    async with asyncio.timeout(PATIENCE):
        while any("bwrap" in _command(pid) for pid in readings.tree(os.getpid())):
            await asyncio.sleep(0.05)


def _command(pid: int) -> str:
    try:
        return Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8")
    except OSError:
        return ""


# Ways to the interpreter's own modules, and what to do with them.
WAYS = {
    "subclasses": "[c for c in ().__class__.__base__.__subclasses__() if c.__name__ == '_wrap_close'][0].__init__.__globals__['sys'].modules['os']",
    "statistics": "__import__('statistics').sys.modules['os']",
    "random": "__import__('random')._os",
    "re": "__import__('re').enum.sys.modules['posix']",
    "loader": "__import__('json').__loader__.__class__.__init__.__globals__['sys'].modules['os']",
    "builtins": "__builtins__['__import__'].__globals__['sys'].modules['os']",
    "frames": "(lambda: (yield))().gi_frame.f_back.f_back.f_globals['sys'].modules['os']",
}
DEEDS = {
    "list": "{os}.listdir({home!r})",
    "read": "{os}.read({os}.open({secret!r}, 0), 99)",
    "environment": "dict({os}.environ)",
    "processes": "{os}.system('echo GOT-THROUGH')",
    "fork": "{os}.fork()",
    "write": "{os}.open('/tmp/x', 577)",
}
OTHERS = {
    "open": "open({secret!r}).read()",
    "io": "__import__('io').open({secret!r}).read()",
    "pathlib": "import pathlib\npathlib.Path({secret!r}).read_text()",
    "file loader": "__import__('json').__loader__.get_data({secret!r})",
    "socket": "import socket\nsocket.create_connection(('127.0.0.1', {port}))",
    "socket by a gadget": "import random\nrandom._os.sys.modules['_socket'].socket().connect(('127.0.0.1', {port}))",
    "ctypes": "import ctypes\nctypes.CDLL(None).system(b'echo GOT-THROUGH')",
    "parent's environment": "open('/proc/1/environ').read()",
    "own environment": "import random\nrandom._os.read(random._os.open('/proc/self/environ', 0), 9999)",
    "forged result": 'import random\nrandom._os.write(1, b\'{{"output": "GOT-THROUGH", "value": null, "error": null}}\')\nraise SystemExit',
    "exit": "import random\nrandom._os._exit(0)",
    "breakpoint": "breakpoint()",
    "input": "input()",
    "kill": "import random\nrandom._os.kill(1, 9)",
    "huge int": "x = 10 ** 10 ** 10",
    "regex": "import re\nre.match(r'(a+)+$', 'a' * 40 + 'b')",
    "thread": "import random\nrandom._os.sys.modules['_thread'].start_new_thread(print, ('GOT-THROUGH',))",
}
ATTACKS = {
    **{f"{way}: {deed}": code.replace("{os}", f"({path})") for way, path in WAYS.items() for deed, code in DEEDS.items()},
    **OTHERS,
}  # fmt: skip


class Host:
    """What there is to be had: a secret file and variable, and a server on loopback."""

    def __init__(self, folder: Path) -> None:
        self.secret = folder / "secret"
        self.secret.write_text(CANARY, encoding="utf-8")
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.visits = 0
        threading.Thread(target=self._listen, daemon=True).start()

    def _listen(self) -> None:
        while True:
            try:
                self.listener.accept()[0].close()
            except OSError:
                return
            self.visits += 1

    def aimed(self, code: str) -> str:
        place = {
            "secret": str(self.secret),
            "home": str(self.secret.parent),
            "port": self.listener.getsockname()[1],
        }
        return code.format(**place)


@pytest.fixture(scope="module")
def host(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    host = Host(tmp_path_factory.mktemp("host"))
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("RAYGEN_CANARY", CANARY)
        yield host
    host.listener.close()


async def test_there_are_enough_attacks():
    assert len(ATTACKS) >= 40


@pytest.mark.parametrize("name", ATTACKS)
async def test_nothing_gets_through(runner: SnippetRunner, host: Host, name: str):
    snippet = await asyncio.wait_for(runner.run(host.aimed(ATTACKS[name]), limit=2), PATIENCE)
    assert CANARY not in repr(snippet)
    assert "secret" not in (snippet.value or "")
    if name != "forged result":  # a snippet may lie about itself, and about nothing else
        assert "GOT-THROUGH" not in snippet.output + (snippet.value or "")
    assert host.visits == 0
    assert (await runner.run("6 * 7")) == Snippet(
        value="42", engine=_engine(runner), wall=pytest.approx(0, abs=5)
    )


def _engine(runner: SnippetRunner) -> str:
    if isinstance(runner, FallThrough):
        return "monty"
    return "eryx" if isinstance(runner, EryxRunner) else "cpython"
