"""What an approval for a thread covers: the same program, also with other numbers, and nothing else whatsoever."""

from __future__ import annotations

import ast
import importlib
import io
import tokenize
from collections.abc import Callable
from pathlib import Path
from types import ModuleType
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.approvals import harmless
from services.approvals.coverage import coverage, isolated_coverage
from services.approvals.numbers import skeleton
from services.domain.entities import Input, Proposal
from services.domain.parser_process import SHORT
from services.domain.values import Engine, PolicyReport, Program
from tests import builders
from tests.growth import grows_linearly

COOKBOOK = Path(__file__).parents[3] / "bot" / "playground" / "cookbook" / "programs"

PI = '''\
# /// script
# dependencies = ["numpy>=1"]
# [tool.raygen]
# resources = { CPU = 2 }
# wall = 60
# ///
"""Estimate pi with 100 tasks."""

import random
import ray

TASKS = 100  # not 10
SHARE, TINY, WAVE = 0x1F, 1e-5, 2j


@ray.remote(num_cpus=1)
def inside(count):
    rng = random.Random(42)
    return sum(rng.random() ** 2 + rng.random() ** 2 <= 1.0 for _ in range(count))


ray.init(num_cpus=4)
found = ray.get([inside.options(num_gpus=0.5).remote(1_000) for _ in range(TASKS)])
print(f"{TASKS:>10} tasks, {round(sum(found), 3)}", "in 10 parts", -5, True, None)
print("{:5.1f}".format(4 * sum(found) / TASKS / 1_000))
'''


def proposal(code: str, **changes: Any) -> Proposal:
    return builders.proposal(program=Program("Title", "Purpose.", code), **changes)


def covers(first: str, second: str) -> bool:
    return coverage(proposal(first)).fingerprint == coverage(proposal(second)).fingerprint


# ---- other numbers


integers = st.integers(min_value=0, max_value=10**30)
numbers = st.one_of(
    integers.map(str),
    integers.map(hex),
    integers.map(oct),
    integers.map(bin),
    integers.map(lambda number: f"{number:_}"),
    st.floats(min_value=0, allow_nan=False, allow_infinity=False).map(repr),
    st.floats(min_value=0, max_value=1e300).map(lambda number: f"{number:e}"),
    integers.map(lambda number: f"{number}j"),
)
PIECES = (
    "a = {}\n",
    "a = [{}, -{}, {}][0]\n",
    "for i in range({}, {}):\n    print(i + {}, 'text 12')\n",
    "x = {{'a': {}, {}: 'b'}}\n",
    "def f(x={}, *, y={}):\n    '''Doc 5.'''\n    return x if x>{} else y  # 7\n",
    "class C:\n    n = {}\n\n    def m(self):\n        self.k = {}\n        return self.n\n",
    "print(f'{{1 + 1}} and {{2:5}} in é 10', {}); print({})\n",
    "é = {}; ü = 'ünïcode 3' * {}\n",
    "async def g():\n    return await h({})\n\nasync def h(x):\n    yield x + {}\n",
    "import math\nprint(math.sin({}), {})\n",
)


@st.composite
def templates(draw: st.DrawFn) -> str:
    return "".join(draw(st.lists(st.sampled_from(PIECES), min_size=1, max_size=6)))


def filled(template: str, draw: st.DrawFn) -> str:
    holes = template.replace("{{", "").count("{}")
    return template.format(*(draw(numbers) for _ in range(holes)))


@st.composite
def pairs(draw: st.DrawFn) -> tuple[str, str]:
    template = draw(templates())
    return filled(template, draw), filled(template, draw)


@given(pairs())
def test_the_same_program_with_other_numbers_is_covered(pair: tuple[str, str]):
    first, second = pair
    assert not skeleton(first).because
    assert covers(first, second)


def neutral(code: str) -> tuple[list[str], str]:
    """Another way to the same: the tokens, comments included, and the tree, both without their numbers."""
    tokens = [
        "0" if each.type == tokenize.NUMBER else each.string
        for each in tokenize.generate_tokens(io.StringIO(code).readline)
        if each.type != tokenize.NL
    ]
    tree = ast.parse(code)
    for node in ast.walk(tree):
        if isinstance(node, ast.Constant) and type(node.value) in {int, float, complex}:
            node.value = 0
    return tokens, ast.dump(tree)


@settings(max_examples=300)
@given(templates(), st.data())
def test_what_is_covered_differs_in_numbers_alone(template: str, data: st.DataObject):
    """Whatever is put in, taken out or replaced anywhere in a program."""
    first = filled(template, data.draw)
    at = data.draw(st.integers(0, len(first)))
    until = data.draw(st.integers(at, min(len(first), at + 3)))
    piece = data.draw(
        st.one_of(
            st.sampled_from(["0", "1", "9", "_", "e", "j", "x", " ", "\n", "#", "'", "-", "."]),
            st.text(max_size=3),
        )
    )
    second = first[:at] + piece + first[until:]
    try:
        same = neutral(first) == neutral(second)
    except (SyntaxError, ValueError, tokenize.TokenError):
        same = False
    if first != second and covers(first, second):
        assert same


@pytest.mark.parametrize("path", sorted(COOKBOOK.glob("*.py")), ids=lambda path: path.stem)
def test_programs_of_the_cookbook_change_in_numbers_alone(path: Path):
    code = path.read_text()
    blank = skeleton(code)
    assert blank.because or blank.text.replace("\0", "0") == _zeroed(code, kept=blank.text)


def _zeroed(code: str, kept: str) -> str:
    """The code with zeros for the numbers that are blank in `kept`, found by `tokenize`."""
    out, last, lines = list[str](), (1, 0), code.splitlines(keepends=True)
    blanks = [line.count("\0") for line in kept.splitlines(keepends=True)]
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        row = token.start[0] - 1
        if token.type == tokenize.NUMBER and blanks[row]:
            blanks[row] -= 1
            out.append(_between(lines, last, token.start) + "0")
            last = token.end
    return "".join(out) + _between(lines, last, (len(lines) + 1, 0))


def _between(lines: list[str], start: tuple[int, int], end: tuple[int, int]) -> str:
    if start[0] == end[0]:
        return lines[start[0] - 1][start[1] : end[1]]
    rest = "".join(lines[start[0] : end[0] - 1])
    tail = lines[end[0] - 1][: end[1]] if end[1] else ""
    return lines[start[0] - 1][start[1] :] + rest + tail


def test_most_programs_of_the_cookbook_may_have_other_numbers():
    free = [path.stem for path in COOKBOOK.glob("*.py") if not skeleton(path.read_text()).because]
    assert {"monte_carlo_pi", "monte_carlo_pi_actors", "add_numbers", "factorial", "primes", "kmeans"} <= set(
        free
    )
    assert len(free) >= 20


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("TASKS = 100 ", "TASKS = 7 "),
        ("0x1F, 1e-5, 2j", "31.5, 9, 1e300j"),
        ("Random(42)", "Random(43)"),
        ("<= 1.0", "<= 2"),
        ("1_000)", "1000000)"),
        ("-5", "-6"),
        ("4 * sum", "3.9 * sum"),
        ("remote(1_000)", "remote(1_0)"),
    ],
)
def test_these_numbers_may_change(old: str, new: str):
    assert old in PI
    assert covers(PI, PI.replace(old, new))


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("TASKS = 100 ", "TASKS = -100 "),
        ("TASKS = 100 ", "TASKS = True "),
        ("TASKS = 100 ", "TASKS = '100' "),
        ("TASKS = 100 ", "TASKS = 10 * 10 "),
        ("TASKS = 100 ", "TASKS = 100  "),
        ("TASKS", "TASK5"),
        ("not 10", "not 11"),
        ("with 100 tasks", "with 101 tasks"),
        ("numpy>=1", "numpy>=2"),
        ("CPU = 2", "CPU = 3"),
        ("wall = 60", "wall = 61"),
        ("num_cpus=1", "num_cpus=2"),
        ("num_cpus=4", "num_cpus=8"),
        ("num_gpus=0.5", "num_gpus=1"),
        (":>10}", ":>11}"),
        ("found), 3)}", "found), 4)}"),
        ("in 10 parts", "in 11 parts"),
        ("{:5.1f}", "{:6.1f}"),
        ("-5", "5"),
        ("-5", "--5"),
        ("True", "1"),
        ("True", "False"),
        ("None", "0"),
        ("**", "*"),
        ("\n\n\n", "\n\n"),
        ("print(f", "print (f"),
        ("# not 10", "# type: 10"),
        ("# /// script\n", "# coding: utf-7\n# /// script\n"),
        ("import random", "import random, time"),
    ],
)
def test_this_takes_a_press(old: str, new: str):
    assert old in PI
    assert not covers(PI, PI.replace(old, new))


# ---- numbers that become something else

HIDDEN = {
    "exec of bytes": "exec(bytes([{0}]).decode())",
    "exec by another name": "run = exec\nrun(''.join(map(str, [{0}])))",
    "characters": "print(''.join(map(chr, [{0}])))",
    "a character's name": "c = chr\nprint(c({0}))",
    "a format for characters and eval": "eval('%c%c' % ({0}, 66))",
    "letters and eval": "import string\neval(string.ascii_letters[{0}] + 'bs')",
    "to_bytes": "print(({0}).to_bytes(2, 'big'))",
    "bytearray": "print(bytearray([{0}]))",
    "struct": "import struct\nprint(struct.pack('b', {0}))",
    "array": "import array\nprint(array.array('b', [{0}]).tobytes())",
    "numpy's bytes": "import numpy as np\nprint(np.array([{0}]).tobytes())",
    "numpy's file": "import numpy as np\nnp.array([{0}]).tofile('x.py')",
    "hex": "import codecs\nprint(codecs.decode(hex({0})[2:], 'hex'))",
    "fromhex": "class bytes_like:\n    def fromhex(self): ...\nprint(b''.fromhex(hex({0})))",
    "getattr": "import math\ngetattr(math, dir(math)[{0}])()",
    "vars": "import math\nlist(vars(math).values())[{0}]()",
    "globals": "list(globals().values())[{0}]()",
    "builtins by index": "import builtins\nlist(vars(builtins).values())[{0}]('1')",
    "itself": "list(print.__self__.__dict__.values())[{0}]('1')",
    "subclasses": "().__class__.__base__.__subclasses__()[{0}]",
    "a generator's frame": "g = (i for i in [{0}])\nlist(g.gi_frame.f_builtins.values())[{0}]",
    "a class pattern": "match 1:\n    case object(__class__=c):\n        print(c.mro()[{0}])",
    "__match_args__": "class A:\n    __match_args__ = ('x',)\nprint({0})",
    "a module of a module": "import logging\nlogging.os.system('x' * {0})",
    "a hidden module": "import random\nrandom._os.system('x' * {0})",
    "a hidden module by import": "from random import _os as o\no.system('x' * {0})",
    "a module of an allowed one": "import dataclasses\ndataclasses.sys.modules['os'].system('x' * {0})",
    "the same by import": "from dataclasses import sys\nprint({0})",
    "a module handed around": "import statistics\ns = statistics\nprint(s.sys, {0})",
    "a star": "from os import *\nsystem('x' * {0})",
    "os": "import os\nos.kill(1, {0})",
    "signal": "import os, signal\nsignal.raise_signal({0})",
    "a descriptor": "print(open({0}).read())",
    "a written file": "open('conftest.py', 'w').write(str({0}))",
    "a written file by keyword": "open('conftest.py', mode='w').write(str({0}))",
    "a computed mode": "open('conftest.py', ['r', 'w'][{0}])",
    "a computed name": "open(['a', 'b'][{0}])",
    "a file elsewhere": "f = open('/proc/self/mem', 'rb')\nprint(f.read({0}))",
    "a name of open": "o = open\no({0})",
    "print into a file": "import pathlib\npathlib.Path('x').write_text(str({0}))",
    "a table's file": "import pandas as pd\npd.DataFrame([{0}]).to_string('x')",
    "a table's file by keyword": "import pandas as pd\npd.DataFrame([{0}]).to_string(buf='x')",
    "pandas' eval": "import pandas as pd\npd.eval('1' * {0})",
    "a frame's eval": "import pandas as pd\npd.DataFrame().query('1' * {0})",
    "a frame's apply": "import pandas as pd\npd.DataFrame().apply('a' * {0})",
    "apply behind a class": "class A:\n    def apply(self): ...\nA().apply('a' * {0})",
    "a computed format": "print(('{{0.' + 'a' * {0} + '}}').format(print))",
    "format_map": "print(''.format_map({{'a': {0}}}))",
    "import": "__import__('abc'[{0}])",
    "importlib": "import importlib\nimportlib.import_module('abc'[{0}])",
    "pickle": "import pickle\npickle.loads(str({0}).encode())",
    "an error's bytes": "from ray.exceptions import RayError\nRayError.from_bytes(str({0}))",
    "marshal": "import marshal\nprint(marshal.dumps({0}))",
    "ctypes": "import ctypes\nctypes.string_at({0})",
    "subprocess": "import subprocess\nsubprocess.run(['sleep', str({0})])",
    "sockets": "import socket\nsocket.create_connection(('localhost', {0}))",
    "asyncio's loop": "import asyncio\nasyncio.get_event_loop().subprocess_shell('a' * {0})",
    "a seed for names": "import random, os\nrandom.seed({0})\nos.system(random.choice('ab'))",
    "a metaclass": "class M(type): ...\nclass A(metaclass=M): n = {0}",
    "type": "A = type('A', (), {{'n': {0}}})",
    "__getattr__": "class A:\n    def __getattr__(self, name): ...\nprint({0})",
    "a wide identifier": "ｅｖａｌ('1' * {0})",
    "an unknown name": "display({0})",
    "an unknown module": "import helper\nhelper.run({0})",
    "a relative module": "from . import helper\nprint({0})",
    "two meanings": "import math\nmath = print\nmath({0})",
    "an encoding": "# -*- coding: utf-7 -*-\nprint({0})",
    "a byte order mark": "\ufeffprint({0})",
    "carriage returns": "print({0})\r\nprint(1)",
    "a form feed": "\fprint({0})",
    # resources
    "a named GPU count": "import ray\nn = {0}\n@ray.remote(num_gpus=n)\ndef f(): ...",
    "a computed GPU count": "import ray\n@ray.remote(num_gpus=1 * {0})\ndef f(): ...",
    "a GPU count": "import ray\n@ray.remote(num_gpus={0})\ndef f(): ...",
    "from ray import remote": "from ray import remote\n@remote(num_gpus={0})\ndef f(): ...",
    "memory": "import ray\nray.remote(memory={0})(print)",
    "custom resources": "import ray\n@ray.remote(resources={{'TPU': {0}}})\nclass A: ...",
    "resources by a mapping": "import ray\no = {{'num_gpus': {0}}}\n@ray.remote(**o)\nclass A: ...",
    "options": "import ray\n@ray.remote\ndef f(): ...\nf.options(num_gpus={0}).remote()",
    "options by a name": "import ray\n@ray.remote\ndef f(): ...\nn = {0}\nf.options(num_gpus=n).remote()",
    "options handed around": "import ray\n@ray.remote\ndef f(): ...\no = f.options\no(num_gpus={0})",
    "_remote": "import ray\n@ray.remote\ndef f(): ...\nf._remote(num_gpus={0})",
    "remote handed around": "import ray, functools\nr = functools.partial(ray.remote, num_gpus={0})",
    "init": "import ray\nray.init(num_gpus={0})",
    "another cluster": "import ray\nray.init('ray://' + 'a' * {0})",
    "another actor": "import ray\nray.kill(ray.get_actor('a' * {0}))",
    "a placement group": "from ray.util import placement_group\nplacement_group([{{'GPU': {0}}}])",
    "a scaling config": "from ray.train import ScalingConfig\nScalingConfig(num_workers={0})",
    "a driver's job": "from ray.job_submission import JobSubmissionClient as C\nC('a' * {0})",
}


@pytest.mark.parametrize("code", list(HIDDEN.values()), ids=list(HIDDEN))
def test_numbers_that_become_something_else_take_a_press(code: str):
    first, second = code.format(1), code.format(2)
    assert first != second
    assert covers(first, first), "exactly the same program is covered"
    assert not covers(first, second)


@pytest.mark.parametrize(
    "name",
    sorted(
        {
            "eval",
            "exec",
            "compile",
            "getattr",
            "setattr",
            "delattr",
            "vars",
            "globals",
            "locals",
            "dir",
            "input",
        }
    ),
)
@pytest.mark.parametrize(
    "use",
    ["{}", "x = {}", "list(map({}, [1]))", "def f(x={}): ...", "print(*[{}])", "{}: int = 1\nprint({})"],
)
def test_a_built_in_that_finds_names_is_seen_however_it_is_used(name: str, use: str):
    assert skeleton(use.format(name, name) + "\nprint(1)").because


@pytest.mark.parametrize("module", sorted(harmless.MODULES))
def test_nothing_that_a_calculation_may_use_is_a_module(module: str):
    found = importlib.import_module(module)
    for name in harmless.MODULES[module]:
        # Some are missing in this version of the library.
        assert not isinstance(getattr(found, name, None), ModuleType)


# ---- beside the program


@pytest.mark.parametrize(
    "changes",
    [
        {"target": "gpu"},
        {"requester": "UOTHER"},
        {"inputs": (Input("a.csv", "0" * 64, 1),)},
        {"policy": PolicyReport(resources={"GPU": 1})},
        {"validation": builders.passed(resources={"CPU": 2})},
        {"program": Program("Title", "Purpose.", PI, Engine.SPARK)},
    ],
)
def test_whatever_else_has_changed_takes_a_press(changes: dict[str, Any]):
    other = builders.proposal(**{"program": Program("Title", "Purpose.", PI), **changes})
    assert coverage(proposal(PI)).fingerprint != coverage(other).fingerprint


def test_inputs_count_by_name_and_content_and_in_any_order():
    one, two = Input("a.csv", "0" * 64, 1), Input("b.csv", "1" * 64, 1)
    both = coverage(proposal(PI, inputs=(one, two)))
    assert both == coverage(proposal(PI, inputs=(two, one)))
    for other in ((one,), (one, Input("b.csv", "2" * 64, 1)), (one, Input("c.csv", "1" * 64, 1))):
        assert both.fingerprint != coverage(proposal(PI, inputs=other)).fingerprint


def test_with_code_beside_it_a_program_is_covered_exactly():
    inputs = (Input("helper.py", "0" * 64, 1),)
    first, second = (coverage(proposal(f"print({number})", inputs=inputs)) for number in (1, 2))
    assert first.exact == "`helper.py`"
    assert first.fingerprint != second.fingerprint


@pytest.mark.parametrize("code", [PI, PI + "# " + "x" * SHORT, PI + "# " + "x" * SHORT + "\nopen(1)"])
async def test_apart_from_the_event_loop_it_is_the_same(code: str):
    assert await isolated_coverage(proposal(code)) == coverage(proposal(code))


def test_title_and_purpose_are_not_run():
    assert coverage(proposal(PI)) == coverage(builders.proposal(program=Program("Other", "Other.", PI)))


# ---- programs that were made to take long


GROWING: dict[str, Callable[[int], str]] = {
    "constants": lambda size: "x = [" + "1, " * size + "]",
    "attributes": lambda size: "x" + ".real" * min(size, 900) + "\n" + "y = 1\n" * size,
    "lines": lambda size: "print(1)\n" * size,
    "decorators": lambda size: "@ray.remote\n" * size + "def f(): ...",
    "imports": lambda size: "import math\n" * size + "math.sin(1)\n" * size,
    "parentheses": lambda size: "(" * size,
    "signs": lambda size: "-" * size + "1",
    "comments": lambda size: "#" * size,
}


@pytest.mark.parametrize("code", list(GROWING.values()), ids=list(GROWING))
def test_time_is_linear_in_the_length_of_a_program(code: Callable[[int], str]):
    assert grows_linearly(skeleton, code, most=50_000)


@pytest.mark.parametrize(
    "code",
    [
        "(" * 5000,
        "-" * 100_000 + "1",
        "1+" * 100_000 + "1",
        "\0",
        "\ud800",
        "x" * 300_000,
    ],
)
def test_what_no_parser_takes_is_covered_exactly(code: str):
    assert skeleton(code).text == code
    assert skeleton(code).because
