"""Each rule finds what its row in the table says, and nothing in ordinary programs."""

import pytest

from services.domain.values import Grade
from services.policy import RULES, check
from services.policy.rules import TABLE
from tests.unit.policy.cases import BROKEN
from tests.unit.policy.programs import IDIOMATIC


@pytest.mark.parametrize(("rule", "code"), BROKEN)
def test_a_rule_finds_its_case(rule: str, code: str) -> None:
    assert rule in {finding.rule for finding in check(code).findings}


@pytest.mark.parametrize("title", IDIOMATIC)
def test_ordinary_programs_have_no_warnings(title: str) -> None:
    serious = [finding for finding in check(IDIOMATIC[title]).findings if finding.grade is not Grade.NOTE]
    assert serious == []


def test_every_rule_has_a_case() -> None:
    assert {rule.id for rule in TABLE} - {rule for rule, _ in BROKEN} == {"too-complex"}


def test_ids_are_unique_and_messages_are_sentences() -> None:
    assert len(RULES) == len(TABLE)
    assert all(rule.message.format(what="this")[-1] == "." for rule in TABLE)
    assert all(rule.looks_for for rule in TABLE)


HARMLESS = (
    "from ray import tune\ndef trainable(config):\n    while True:\n        tune.report({'score': 1})",
    "import subprocess\ntry:\n    pass\nexcept subprocess.CalledProcessError:\n    raise",
    "import multiprocessing\nprint(multiprocessing.cpu_count())",
    "from ray.util.multiprocessing import Pool\nprint(Pool().map(abs, [1]))",
    "import urllib.parse, http\nprint(urllib.parse.quote('x'), http.HTTPStatus.OK)",
    "import re\npattern = re.compile(name)\nprint(pattern)",
    "import ast\nast.literal_eval(text)",
    "import pickle\nprint(len(pickle.dumps([1])), pickle.loads(pickle.dumps([1])))",
    "items = iter(range(3))\ntry:\n    while True:\n        print(next(items))\nexcept StopIteration:\n    pass",
    "def f(open, input, eval):\n    return open('/etc/passwd'), input(), eval(x)",
    "import sys\nwhile True:\n    if done():\n        sys.exit()",
    "import ray\n@ray.remote\ndef f(x):\n    seen = {}\n    seen[x] = 1\n    out = []\n    out.append(x)\n    return out",
    "import ray\ndef put(x):\n    return ray.put(x)\nprint(put(1))",
    "print('run `ray stop` or rm -rf / by hand')",
    "import ray\n@ray.remote\ndef step(x):\n    return sum([x])\nx = 0\nfor i in range(9):\n    x = ray.get(step.remote(x))",
    "import torch\ntorch.load('m.pt', weights_only=True)",
    "open('outputs/../outputs/x.txt', 'w')",
    "# -*- coding: utf-8 -*-\nprint('ä')",
    "# coding: latin-1\nprint(1)",
    "x = 1\n# coding: utf-7\nprint(x)",
    "print('⚠\ufe0f done, 1\ufe0f\u20e3 👩\u200d🔬')\r\nx = 1\n\x0c\nprint(x)",
    "import os\nos.makedirs('outputs', exist_ok=True)\nprint(os.path.join('/', 'etc'))",
)


@pytest.mark.parametrize("code", HARMLESS)
def test_look_alikes_are_left_alone(code: str) -> None:
    assert [finding for finding in check(code).findings if finding.grade is not Grade.NOTE] == []


def test_only_hostile_programs_are_refused() -> None:
    refusing = {rule.id for rule in TABLE if rule.grade is Grade.REFUSE}
    assert refusing == {
        *("syntax-error", "empty-program", "too-complex", "fork-bomb", "kills-processes", "wipes-files"),
        *("stops-machine", "process-files", "ray-stop", "source-encoding"),
    }
