"""Which Python files are a program's code, that the policy reads all of it, and that nothing else is there to import."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.domain.errors import BadRequest
from services.domain.modules import MOST, companions, modules
from services.domain.values import Grade, InputFile, Outcome, PolicyReport, Verdict
from services.policy import Policy
from services.policy.together import together
from services.validation.examine import examine
from services.validation.imports import missing
from services.validation.interface import ValidationLease

DATA = InputFile("data.csv", b"a,b\n")
HELPERS = InputFile("helpers.py", b"def clean(x):\n    return x * 2\n")
MORE = InputFile("more.py", b"import helpers\n")
PACKAGE = (
    InputFile("pkg/__init__.py", b""),
    InputFile("pkg/core.py", b"from . import far\n"),
    InputFile("pkg/far.py", b""),
)
FILES = (DATA, HELPERS, MORE, *PACKAGE)


def names(code: str, files: tuple[InputFile, ...] = FILES) -> set[str]:
    return {file.name for file in modules(companions(code, files))}


@pytest.mark.parametrize(
    "code",
    [
        *(
            "import helpers",
            "from helpers import clean",
            "def f():\n    import helpers as h",
            "import os, helpers",
        ),
        *(
            "try:\n    import helpers\nexcept ImportError: pass",
            "import importlib\nimportlib.import_module('helpers')",
        ),
        *("__import__('helpers')", "open('helpers.py')", "x = './helpers.py'", "serve.run('helpers:app')"),
        *("from importlib import import_module as load, import_module\nimport_module(name='helpers')",),
        *("f = 'helpers.clean'", "import runpy\nrunpy.run_module('helpers')", "ﬁ = 1\nimport ｈelpers"),
    ],
)
def test_a_file_that_is_imported_or_named_is_code(code: str):
    assert names(code) == {"helpers.py"}


@pytest.mark.parametrize(
    "code",
    [
        "",
        "print('helpers')",
        "'''Some helpers.'''",
        "row['helpers']",
        "import help",
        "from .helpers import x",
        "def",
    ],
)
def test_a_file_that_is_only_spoken_of_is_not_there_at_all(code: str):
    assert companions(code, FILES) == (DATA,)


def test_modules_bring_what_they_import_and_packages_come_whole():
    assert names("import more") == {"helpers.py", "more.py"}
    package = {file.name for file in PACKAGE}
    for code in (
        "import pkg",
        "from pkg import core",
        "import pkg.core as c",
        "open('pkg/core.py')",
        "open('core.py')",
    ):
        assert names(code) == package, code
    assert names("import glob\nglob.glob('*.py')") == {"helpers.py", "more.py", *package}


@given(st.lists(st.sampled_from(["import more", "import pkg.core", "print('helpers')", "open('data.csv')"])))
def test_choosing_again_from_what_was_chosen_changes_nothing(lines: list[str]):
    code = "\n".join(lines)
    chosen = companions(code, FILES)
    assert companions(code, chosen) == chosen
    assert DATA in chosen


@given(st.permutations(range(6)))
def test_a_chain_of_imports_is_followed_to_its_end_in_any_order(order: list[int]):
    files = tuple(InputFile(f"m{n}.py", f"import m{n + 1}\n".encode()) for n in order)
    assert names("import m0", files) == {file.name for file in files}
    assert names("import m3", files) == {f"m{n}.py" for n in (3, 4, 5)}


def test_more_code_than_anybody_reads_is_refused():
    files = tuple(InputFile(f"m{n}.py", b"#" * (MOST // 3)) for n in range(4))
    assert companions("import m0", files) == files[:1]
    with pytest.raises(BadRequest, match="the limit is"):
        companions("import m0, m1, m2, m3", files)


def test_own_modules_are_not_missing_and_what_they_import_may_be():
    assert missing("import helpers", (HELPERS,)) == ()
    assert missing("import helpers") == ("helpers",)
    assert missing("import bad", (InputFile("bad.py", b"import nothing_such\n"),)) == ("nothing_such",)


def test_the_policy_reads_modules_by_name_and_counts_them_as_no_packages():
    code = "import evil, pkg"
    evil = InputFile("evil.py", b"import os\n\nos.system('reboot')\nopen('/etc/shadow')\n")
    report = together(code, (evil, *PACKAGE, DATA), Policy().check)
    assert report.refused
    assert {(each.file, each.place) for each in report.findings if each.grade is Grade.REFUSE} == {
        ("evil.py", "evil.py, line 3")
    }
    assert "/etc/shadow" in report.files
    assert "reboot" in report.processes
    assert set(report.imports) == {"os"}
    assert not together(code, (), Policy().check).refused


@pytest.mark.parametrize("touch", ["import psycopg", "import pandas\npandas.read_csv('s3://lake/x.csv')"])
def test_validation_has_the_data_that_the_program_declares(touch: str) -> None:
    header = '# /// script\n# [tool.raygen.data]\n# sales = "read"\n# ///\n'
    for code, files in ((touch, ()), ("import db", (InputFile("db.py", touch.encode()),))):
        (without,) = together(code, files, Policy().check).findings
        (declared,) = together(header + code, files, Policy().check).findings
        assert without.message.endswith("Validation has no network, so this part can't be validated.")
        assert declared.message.endswith("only the data connections that the program declares.")
        assert (declared.rule, declared.grade) == (without.rule, without.grade)
        assert declared.message.partition(" Val")[0] == without.message.partition(" Val")[0]


def test_an_empty_module_is_fine_and_one_that_cannot_be_parsed_is_a_warning():
    assert together("import pkg\nprint(1)", PACKAGE, Policy().check).findings == ()
    found = together("open('old.py')", (InputFile("old.py", b"print 'hello'\n"),), Policy().check)
    assert [(each.rule, each.grade) for each in found.findings if each.file] == [("syntax-error", Grade.WARN)]


async def test_a_program_whose_module_is_refused_never_runs():
    async def lease() -> ValidationLease:
        raise AssertionError("nothing is to be run")

    evil = InputFile("helpers.py", b"import os\nos.system('reboot')\n")
    outcome = (await examine("import helpers", Policy().check, lease, (evil,))).outcome
    assert outcome.verdict is Verdict.REFUSED_BY_POLICY
    assert (outcome.detail or "").startswith("helpers.py, line 2: ")


async def test_a_script_that_the_program_leaves_alone_does_not_stand_in_its_way():
    class Passing:
        async def validate(self, code: str, setup: object = None, *, limits: object = None) -> Outcome:
            del code, setup, limits
            return Outcome(verdict=Verdict.PASSED)

    async def lease() -> ValidationLease:
        return Passing()

    old = InputFile("averages.py", b"import os\nos.system('reboot')\nprint 'averages'\n")
    examined = await examine("print('averages')", Policy().check, lease, (old,))
    outcome, report = examined.outcome, examined.policy
    assert outcome.passed
    assert report.findings == PolicyReport().findings
