"""The report as a whole: lines, facts, resources, grades, speed, and no input that breaks it."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.policy import LARGEST, check
from tests.unit.policy.cases import BROKEN
from tests.unit.policy.programs import IDIOMATIC

PROGRAM = """
import os, numpy.linalg as la
import ray
from requests import get

@ray.remote(num_cpus=2, resources={"tpu": 4})
def f(url):
    return get(url).status_code

@ray.remote
class A: pass

A.options(num_gpus=1, memory=2 * 1024**3, name="mine").remote()
host = "https://user:secret@API.example.com:8443/v1?x=1"
print(f.remote(host), os.environ["HOME"], os.system("ls -l"))
open("outputs/data.csv")
ray.util.placement_group([{"CPU": 3}, {"CPU": 1, "GPU": 1}])
ray.kill(ray.get_actor("mine"))
"""


def test_facts() -> None:
    report = check(PROGRAM)
    assert report.imports == ("numpy", "os", "ray", "requests")
    assert report.hosts == ("api.example.com",)
    assert report.files == ("outputs/data.csv",)
    assert report.processes == ("ls -l",)
    assert report.environment == ("HOME",)
    assert dict(report.resources) == {"CPU": 4, "GPU": 1, "tpu": 4, "memory": 2 * 1024**3}
    assert not report.refused


def test_findings_come_by_line_with_their_reason() -> None:
    findings = check(PROGRAM).findings
    assert [finding.line for finding in findings] == sorted(finding.line for finding in findings)
    process = next(finding for finding in findings if finding.rule == "process")
    assert process.line == 15
    assert process.message == "Starts another program or process: ls -l."


def test_syntax_errors_are_refused_with_line_and_reason() -> None:
    report = check("x = 1\ny = (\n")
    assert report.refused
    assert report.findings[0].line == 2
    assert "was never closed" in report.findings[0].message


def test_a_doubtful_escape_warns_nobody() -> None:
    assert check(r"print('\d')").findings == ()


@pytest.mark.parametrize(
    "code",
    [
        "x = " + "(" * 150 + "1" + ")" * 150,
        "x = " + "-" * 5000 + "1",
        "x = " + "+".join(["a"] * 20_000),
        "x = a" + ".b" * 20_000,
        "x = a" + "()" * 20_000,
        "a = 'ab'\n" + "a = a + a\n" * 60,
        "n = 9\n" + "n = n ** 9\n" * 60,
        "a = [0] * 10\n" + "a = a * 10\n" * 60,
        "print(1)\n" * 60_000,
        "for x in y:\n    pass\n" * 5000,
        "x = [" + "[a for a in b]," * 5000 + "]",
    ],
    ids=lambda code: code[:12],
)
def test_monsters_end(code: str) -> None:
    assert check(code).findings is not None


def test_enormous_programs_are_refused_unread() -> None:
    report = check("x" * (LARGEST + 1))
    assert [finding.rule for finding in report.findings] == ["too-complex"]


@given(st.text())
def test_no_text_breaks_it(text: str) -> None:
    check(text)


PIECES = [code for _, code in BROKEN] + list(IDIOMATIC.values())


@given(st.lists(st.sampled_from(PIECES), max_size=4), st.integers(0, 3000), st.text(max_size=8))
def test_no_mutilated_program_breaks_it(pieces: list[str], place: int, noise: str) -> None:
    code = "\n".join(pieces)
    report = check(code[:place] + noise + code[place:])
    assert all(finding.message and finding.line >= 0 for finding in report.findings)


WORDS = (
    "for",
    "while",
    "in",
    "def",
    "class",
    "return",
    "lambda",
    "await",
    "async",
    "yield",
    "with",
    "as",
    "import",
    "from",
)
NAMES = (
    "ray",
    "remote",
    "get",
    "put",
    "f",
    "os",
    "environ",
    "open",
    "True",
    "'a'",
    "f'{x}'",
    "1",
    "10**9",
    "range",
)
TOKENS = st.sampled_from((*"()[]{}:,.=*/%@+\n", *WORDS, *NAMES))


@given(st.lists(TOKENS, max_size=40))
def test_no_token_soup_breaks_it(tokens: list[str]) -> None:
    check(" ".join(tokens))
