"""A proposal and its run as a notebook: valid, the same program to Python, and read by raygen again as that program."""

from __future__ import annotations

import ast
import base64
import json
from collections.abc import AsyncGenerator
from pathlib import Path
from typing import Any

import nbformat
import pytest

from services.domain.entities import Input, RunStatus
from services.domain.locks import Lock, LockedPackage
from services.domain.notebook_cells import cells_of
from services.domain.notebooks import plain_python
from services.domain.parameters import Given
from services.domain.values import Artifact, Failure, InputFile, Outcome, Program, Table, Verdict
from services.proposals.notebook import notebook
from services.store import Store, open_database
from tests import builders

PNG = b"\x89PNG\r\n\x1a\n" + bytes(range(64))
TOKEN = f"ghp_{'a' * 36}"
HELPERS = InputFile("helpers.py", f'KEY = "{TOKEN}"\n\n\ndef double(x):\n    return 2 * x\n'.encode())
INNER = InputFile("kit/inner.py", b"TWO = 2\n")
DATA = InputFile("rows.csv", b"1,2\n")
CODE = '''\
# /// script
# [tool.raygen.parameters]
# rows = { default = 10, validation = 2 }
# ///
"""Doubles."""
import helpers

# %% [markdown]
# # Then
# it *doubles*.

# %%
text = """
# %%
import os
"""
print(helpers.double(2))
'''


@pytest.fixture
async def store(tmp_path: Path) -> AsyncGenerator[Store]:
    async with open_database(f"sqlite:///{tmp_path / 'raygen.db'}") as engine:
        yield Store(engine)


async def made(store: Store, run: Outcome | None = None, **changes: Any) -> tuple[str, Any]:
    """The notebook of such a proposal, and of its run where it has one, by the ID of what its outputs are of."""
    proposal = builders.proposal(**changes)
    await store.sessions.ensure(builders.session())
    await store.tasks.add(builders.task())
    await store.proposals.draft(proposal)
    if run is not None:
        await store.runs.add(builders.run(), proposal, builders.session())
        await store.runs.move("raygen-1", RunStatus.RUNNING)
        await store.runs.end("raygen-1", run)
    owner, file = await notebook(store, await store.proposals.get(proposal.id))
    read = nbformat.reads(file.content.decode(), as_version=4)
    nbformat.validate(read)
    assert [list(cell.source.splitlines()) for cell in read.cells if cell.cell_type == "raw"] == []
    return owner, read


def whole() -> dict[str, Any]:
    files = (HELPERS, INNER, DATA)
    return {
        "program": Program("Double", "Doubles.", CODE),
        "inputs": tuple(Input(each.name, each.sha256, len(each.content)) for each in files),
        "given": Given(arguments=("--days", "7")),
        "lock": Lock(requirements="polars==1.2", packages=(LockedPackage(name="polars", version="1.2"),)),
    }


async def test_a_run_is_its_code_modules_arguments_outputs_and_figures(store: Store):
    for file in (HELPERS, INNER, DATA):
        await store.inputs.keep("s_1", file)
    outcome = builders.passed(
        stdout="a\rb\n",
        stderr="\x1b[31mwarned\x1b[0m\n",
        value="3",
        table=Table(("a<b",), (("<script>",),), 1, 1),
        artifacts=(
            Artifact("plot.png", "image/png", PNG),
            Artifact("drawn.svg", "image/svg+xml", b"<svg onload='x()'/>"),
            Artifact("rows.parquet", "application/octet-stream", b"PAR1"),
        ),
    )
    owner, read = await made(store, outcome, **whole())
    assert owner == "raygen-1"
    code = [cell for cell in read.cells if cell.cell_type == "code"]
    sources = [cell.source for cell in code]
    assert sources[0].startswith('%%writefile helpers.py\nKEY = "[masked: GitHub token]"\n')
    assert sources[1:3] == [
        "import os\n\nos.makedirs('kit', exist_ok=True)",
        "%%writefile kit/inner.py\nTWO = 2\n",
    ]
    assert sources[3] == "import sys\n\nsys.argv = ['main.py', '--rows=10', '--days', '7']"
    assert same_program("\n".join(sources[4:]), CODE)
    assert [cell.outputs for cell in code[:-1]] == [[]] * (len(code) - 1)
    out, err, figure, value = code[-1].outputs
    assert (out.text, err.text) == ("b\n", "warned\n")
    assert base64.b64decode(figure.data["image/png"]) == PNG
    assert value.data["text/plain"] == "3"
    assert "<th>a&lt;b</th>" in value.data["text/html"]
    assert "<script>" not in value.data["text/html"]
    about = read.cells[0].source
    for words in (
        "the run raygen-1 on embedded",
        "polars 1.2",
        "rows 10",
        "drawn.svg (19 B), rows.parquet (4 B)",
    ):
        assert words in about
    kept = read.metadata.raygen
    assert (kept.sha256, kept.requester) == (builders.proposal(**whole()).program.sha256, "UENGINEER")
    assert (kept.run.target, kept.run.verdict, kept.packages.polars) == ("embedded", "passed", "1.2")
    assert [each.sha256 for each in kept.inputs] == [HELPERS.sha256, INNER.sha256, DATA.sha256]
    assert TOKEN not in json.dumps(read)


async def test_a_proposal_has_the_outputs_of_its_validation_and_says_so(store: Store):
    owner, read = await made(store, **whole())
    assert owner == "p_1"
    assert read.cells[-1].outputs[0].text == "Result: 3\n"
    about = read.cells[0].source
    assert "it has not run on a target" in about
    assert "Validated with rows=2; runs with rows=10" in about
    assert read.metadata.raygen.run is None


async def test_a_failure_is_an_error_below_the_code(store: Store):
    failed = Outcome(
        verdict=Verdict.FAILED,
        failure=Failure("ValueError", "no rows", traceback="Traceback\nValueError: no rows"),
    )
    _, read = await made(store, failed)
    (error,) = read.cells[-1].outputs
    assert (error.output_type, error.ename, error.evalue) == ("error", "ValueError", "no rows")
    assert "**Ended:** ValueError: no rows" in read.cells[0].source.replace("\\", "")


async def test_words_of_others_are_no_markup_and_load_nothing(store: Store):
    title = "x](http://e) ![p](http://e/p) <img src=//e> $\\href{u}{v}$\n# y"
    _, read = await made(
        store, program=Program(title, "<b>", "# %% [markdown]\n# ![p](http://e/p)\n# %%\n1\n")
    )
    about = read.cells[0].source
    assert "\n# y" not in about
    for mark in ("![", "<img", "](", "$\\h", "<b>"):
        assert mark not in about.replace("\\" + mark[0], "")
    assert [cell.cell_type for cell in read.cells] == ["markdown", "code", "code", "code"]


async def test_raygen_reads_it_again_as_the_same_program(store: Store):
    _, read = await made(store, program=Program("Double", "Doubles.", CODE))
    again = plain_python(nbformat.writes(read), "program.ipynb").code
    assert same_program(again.replace('"""Double."""', "", 1), CODE)
    assert "sys.argv" not in again


@pytest.mark.parametrize(
    "code",
    [
        'x = """\n# %%\n%%bash\nrm -rf ~\n# %%\n"""\nx\n',
        "x = [\n# %%\n1,\n# %% [markdown]\n# 2\n]\nx\n",
        "if 1:\n    x = 1\n# %%\nelse:\n    x = 2\nx\n",
        "@f\n# %%\n@g\ndef h(): ...\n# %%\nh\n",
        "x = 1; y = '''\\\n# %% '''; z = 2 # %%\n# %%\nz\n",
        "x = 1\r\n# %%\r\ny = 2\r# %%\rz = 3\n",
        "#\x0c\n# %%\nx = f'''{1}\n# %%\n'''\n",
    ],
)
def test_cells_are_cut_between_statements_alone(code: str):
    cells = cells_of(code)
    assert {cell.kind for cell in cells} == {"code"}
    for cell in cells:
        ast.parse(cell.source)
    assert same_program("\n".join(cell.source for cell in cells), code)


def test_what_python_cannot_read_is_no_code_of_the_notebook():
    assert [cell.kind for cell in cells_of("%%bash\nrm -rf ~")] == ["raw"]


def same_program(one: str, other: str) -> bool:
    return ast.dump(ast.parse(one)) == ast.dump(ast.parse(other))
