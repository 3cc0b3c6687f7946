"""What a program's header may ask for, and what of it is refused in a sentence."""

from __future__ import annotations

import json
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.program_header import Script, SecretUse, blocks, script
from tests.growth import calls, grows_linearly

HEADER = """# /// script
# requires-python = ">=3.11"
# dependencies = ["polars>=1.0", "scikit-learn"]
# [tool.raygen]
# resources = { CPU = 2, memory = 1e9 }
# ///
import ray
"""


def header(*lines: str) -> str:
    return "\n".join(["# /// script", *(f"# {line}" for line in lines), "# ///", ""])


def test_packages_and_resources_are_read():
    assert script(HEADER) == Script(
        packages=("polars>=1.0", "scikit-learn"),
        requires_python=">=3.11",
        resources={"CPU": 2.0, "memory": 1e9},
    )


def test_hosts_data_and_secrets_are_read():
    found = script(
        header(
            "[tool.raygen]",
            'hosts = ["API.example.com", "*.example.org", "db:5432"]',
            "[tool.raygen.data]",
            'sales = "read"',
            'scores = "read and write"',
            "[tool.raygen.secrets]",
            'WANDB_API_KEY = "tracks the experiment"',
        )
    )
    assert found.hosts == ("api.example.com", "*.example.org", "db:5432")
    assert [(each.name, each.writes) for each in found.data] == [("sales", False), ("scores", True)]
    assert found.secrets == (SecretUse("WANDB_API_KEY", "tracks the experiment"),)


@pytest.mark.parametrize(
    ("lines", "problem"),
    [
        (
            ["[tool.raygen]", 'hosts = ["https://a.example/x"]'],
            "include 'https://a.example/x'. Name hosts only",
        ),
        (["[tool.raygen]", 'hosts = ["a b"]'], "Name hosts only"),
        (["[tool.raygen.data]", 'sales = "all"'], "It can be `read`, `write`, `read and write`."),
        (["[tool.raygen.data]", "sales = 1"], "tool.raygen.data.sales"),
        (["[tool.raygen.data]", '"a/../b" = "read"'], "isn't the name of a data connection"),
        (["[tool.raygen.secrets]", '"A-B" = ""'], "isn't the name of an environment variable"),
    ],
)
def test_what_is_wrong_with_them_is_a_sentence(lines: list[str], problem: str):
    found = script(header(*lines))
    assert problem in found.problem
    assert found.problem.endswith(".")
    assert not found.hosts


@pytest.mark.parametrize("code", ["", "import ray\n", "# /// script\nimport ray\n", "x = '# /// script'\n"])
def test_a_program_without_a_header_asks_for_nothing(code: str):
    assert script(code) == Script()


@pytest.mark.parametrize(
    "package",
    [
        "git+https://example.com/x.git",
        "https://example.com/x.whl",
        "--index-url=https://example.com x",
        "./local",
        "x @ https://example.com/x.whl",
        "",
        "x; rm -rf /",
    ],
)
def test_only_names_with_versions_are_packages(package: str):
    found = script(f"# /// script\n# dependencies = [{package!r}]\n# ///\n")
    assert found.packages == ()
    assert "only names with versions" in found.problem


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("dependencies = 'polars'", "invalid at dependencies"),
        ("dependencies = [", "not valid TOML"),
        ("tool.raygen.resources = { CPU = -1 }", "invalid at tool.raygen.resources.CPU"),
        ("tool.raygen.resources = { 'a b' = 1 }", "isn't a resource name"),
        ("tool.raygen.resources = { CPU = nan }", "invalid at tool.raygen.resources.CPU"),
    ],
)
def test_a_wrong_header_is_reported_in_a_sentence(line: str, problem: str):
    assert problem in script(f"# /// script\n# {line}\n# ///\n").problem


def test_two_headers_are_one_too_many():
    assert "more than one" in script(HEADER + HEADER).problem


def test_line_ends_are_those_of_python():
    for end in ("\r\n", "\r"):
        assert script(HEADER.replace("\n", end)) == script(HEADER)
    for other in ("\x0b", "\x0c", "\x1c", "\x85", "\u2028"):
        assert script(HEADER.replace("# ///\n", f"# ///{other}", 1)) == Script()


@given(
    st.lists(st.sampled_from(["# /// script", "# ///", "#", "# x = 1", "#x", "x", "", "# /// "]), max_size=12)
)
def test_a_block_is_where_the_specification_finds_one(lines: list[str]):
    """By its own reference implementation, which is fine for as few lines as these."""
    code = "\n".join(lines)
    reference = re.compile(r"(?m)^# /// script[ \t]*$\s(?P<content>(^#(| .*)$\s)+)^# ///[ \t]*$")
    content = [match["content"].splitlines() for match in reference.finditer(code)]
    assert blocks(code) == [[line.removeprefix("#").removeprefix(" ") for line in each] for each in content]


@pytest.mark.parametrize(
    ("text", "plain"),
    [
        ("Polars [sql, fsspec] >=1.0 , <2", "Polars[fsspec,sql]<2,>=1.0"),
        ("polars>=1; python_version < '3.13'", 'polars>=1; python_version < "3.13"'),
        ("polars (>=1)", "polars>=1"),
        ("a==1.*", "a==1.*"),
        ("a; os_name == 'x\\\ny'", 'a; os_name == "xy"'),
    ],
)
def test_a_requirement_is_what_packaging_reads(text: str, plain: str):
    assert script(_asking(text)).packages == (plain,)


@pytest.mark.parametrize(
    "text",
    [
        "a===${SECRET}",
        "a; os_name == 'x --global-option=y'",
        "a; os_name == 'x # y'",
        "a\n--index-url=https://example.com",
        "a>=1>=1",
        "a" * 301,
        "a" + "[a,",
        "a;" + "(" * 200,
    ],
)
def test_what_an_installer_could_read_as_something_else_is_refused(text: str):
    assert script(_asking(text)).packages == ()
    assert "only names with versions" in script(_asking(text)).problem


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("x = " + "[" * 3000, "nested too deeply"),
        ("x = " + "1" * 4000, ""),
        ("x = 0x" + "1" * 4000, ""),
        ("x = " + "1" * 5000, "more than 4096 characters"),
        ("x = 1979-99-99", "not valid TOML"),
        ('"\\u0000" = 1', ""),
        ("tool.raygen.resources = { '\\ud800' = 'x' }", "invalid at"),
    ],
)
def test_a_hostile_header_is_a_sentence_at_most(line: str, problem: str):
    assert problem in script(f"# /// script\n# {line}\n# ///\n").problem


# What a name, an extra, a version and a marker are made of, and what breaks off all of them.
_HEADS = (
    "a",
    "a[",
    "a==",
    "a~=1",
    "a===",
    "a;",
    "a; os_name == 'x'",
    "a==1+a",
    "a==1.0",
    "# /// script\n",
    "# ///",
)
_PIECES = (
    "a",
    "-",
    "1",
    "1.",
    "==",
    "==1,",
    "==1.*,",
    "(",
    "a,",
    " and os_name == 'x'",
    "'",
    " ",
    ".dev1",
    "+a.",
    "!",
)


@pytest.mark.parametrize("head", _HEADS)
@pytest.mark.parametrize("tail", ["", "\0", "!"])
def test_a_requirement_of_any_length_takes_linear_time(head: str, tail: str):
    for piece in _PIECES:
        assert grows_linearly(
            script, lambda n, p=piece: _asking(head + p * (n // len(p)) + tail), most=20_000
        )


@pytest.mark.parametrize(
    "piece",
    [
        "#\n",
        "# \n",
        "# /// script\n",
        "# ///\n",
        "# /// script\n#\n",
        "# /// script\n# ///\n",
        "# /// script\n# x\n# ///\n\n",
    ],
)
def test_a_header_of_any_length_takes_linear_time(piece: str):
    for head in ("", "# /// script\n"):
        assert grows_linearly(script, lambda n, h=head: h + piece * (n // len(piece)), most=200_000)


@given(st.data())
def test_a_header_at_its_limit_is_parsed_at_once(data: st.DataObject):
    """Dotted keys are tomllib's worst case: the number of its steps stays in bounds."""
    piece = data.draw(st.sampled_from(["a.", "a.b.", "'a'.", "[a]\n# ", "a={", "b.c=1\n# "]))
    head = data.draw(st.sampled_from(["", "x = ", "[", "[[", "[a.a.a.a.a.a]\n# "]))
    steps = calls(lambda: script(f"# /// script\n# {head}{piece * (4000 // len(piece))}x=1\n# ///\n"))
    assert steps < 400_000


def _asking(requirement: str) -> str:
    quoted = json.dumps(requirement).replace("\x7f", "\\u007f")
    return f"# /// script\n# dependencies = [{quoted}]\n# ///\n"
