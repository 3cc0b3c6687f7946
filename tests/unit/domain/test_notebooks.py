"""Notebooks, and programs with IPython's lines in them, as plain Python."""

from __future__ import annotations

import json

import pytest

from services.domain.errors import BadRequest
from services.domain.magics import without_magics
from services.domain.notebooks import plain_python
from services.domain.program_header import script


def notebook(*cells: tuple[str, str], **metadata: object) -> str:
    made = [
        {
            "cell_type": kind,
            "metadata": {},
            "source": source,
            **({"outputs": [], "execution_count": None} if kind == "code" else {}),
        }
        for kind, source in cells
    ]
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": metadata, "cells": made})


def test_cells_are_the_program_in_their_order_and_text_is_comments() -> None:
    text = notebook(
        ("markdown", "# Squares of *numbers*"), ("code", "x = [n * n for n in range(5)]"), ("code", "x")
    )
    made = plain_python(text, "squares.ipynb")
    assert made.note == "Converted from squares.ipynb: 2 code cells."
    compile(made.code, "squares.py", "exec")
    assert made.code.index("# # Squares") < made.code.index("x = [") < made.code.rindex("\nx\n")
    assert made.code.rstrip().endswith("x")


def test_installed_packages_join_those_of_the_header() -> None:
    header = '# /// script\n# dependencies = [\n#   "numpy>=2",\n# ]\n# [tool.raygen]\n# wall = 5\n# ///\nimport numpy'
    text = notebook(
        ("code", header), ("code", '!pip install -q "polars>=1" numpy\n%pip install scikit-learn')
    )
    found = script(plain_python(text, "a.ipynb").code)
    assert found.packages == ("numpy>=2", "polars>=1", "scikit-learn")
    assert found.wall == 5


def test_other_lines_are_named_and_commented_out() -> None:
    text = notebook(
        ("code", "%matplotlib inline\nimport ray"), ("code", "%%bash\nrm -rf /"), ("code", "%%time\nx = 1")
    )
    made = plain_python(text, "a.ipynb")
    assert made.note == "Converted from a.ipynb: 3 code cells; left out: %matplotlib inline, %%bash, %%time."
    scope: dict[str, object] = {}
    exec(compile(made.code.replace("import ray", ""), "a.py", "exec"), scope)
    assert scope["x"] == 1


def test_a_notebooks_display_prints() -> None:
    code = plain_python(notebook(("code", "from __future__ import annotations\ndisplay(1)")), "a.ipynb").code
    exec(compile(code, "a.py", "exec"), {})
    assert "display = print" not in plain_python(notebook(("code", "def display(x): ...\ndisplay(1)"))).code


@pytest.mark.parametrize(
    ("text", "what"),
    [
        ("{", "not valid JSON"),
        ("[" * 100_000, "not valid JSON"),
        ('{"cells":' + "[" * 100_000, "not valid JSON"),
        ("{}", "has no cells"),
        ("[1]", "has no cells"),
        ('{"cells": 3, "nbformat": 4}', "not a valid notebook"),
        (
            '{"cells": [{"cell_type": "code", "source": 5}], "nbformat": 4, "metadata": {}}',
            "not a valid notebook",
        ),
        (notebook(), "no code cells"),
        (notebook(("markdown", "x"), ("code", " ")), "no code cells"),
        (notebook(("code", "1"), kernelspec={"name": "ir", "language": "R"}), "notebook for R"),
        (notebook(("code", "1"), language_info={"name": "julia"}), "notebook for julia"),
        (notebook(*[("code", "1")] * 2001), "2,001 cells"),
        (" " * 20_000_001, "larger than 20 MB"),
    ],
)
def test_what_is_no_notebook_for_us_is_one_sentence(text: str, what: str) -> None:
    with pytest.raises(BadRequest, match=what) as refused:
        plain_python(text, "a.ipynb")
    assert refused.value.public.startswith("a.ipynb")


def test_python_stays_as_it_is_but_for_its_line_ends() -> None:
    code = 'x = """\n%time\n!ls\n"""\ny = (7\n% 3)\nz = 1 != 2\n'
    assert plain_python(code).code == code
    assert plain_python("\ufeffx = 1\r\nprint(x)\r\n").code == "x = 1\nprint(x)\n"


MAGIC = """\
if True:
    !ls -la
files = !ls
%time x = 1
%timeit -n 10 y = 2
!{sys.executable} -m pip install torch \\
    tqdm > /dev/null
pip install duckdb
%pip install -r req.txt git+https://example.com/x -i https://user:password@example.com "ray[default]" && ls
str?
z = '''
!pip install no
'''
get_ipython().run_line_magic('pip', 'install pyarrow')
get_ipython().run_cell_magic('time', '', 'q = 1\\n')
"""


def test_each_way_to_write_a_magic() -> None:
    plain = without_magics(MAGIC)
    scope: dict[str, object] = {}
    exec(compile(plain.code, "a.py", "exec"), scope)
    assert (scope["x"], scope["y"], scope["q"]) == (1, 2, 1)
    assert scope["z"] == "\n!pip install no\n"
    assert plain.packages == ["torch", "tqdm", "duckdb", "ray[default]", "pyarrow"]
    assert plain.left_out == [
        "!ls -la",
        "files = !ls",
        "%time",
        "%timeit",
        "pip install -r req.txt",
        "pip install git+https://example.com/x",
        "-i",
        "&& ls",
        "str?",
        "%%time",
    ]


def test_a_python_file_with_magics_is_changed_and_says_so() -> None:
    made = plain_python("%pip install polars\n!nvidia-smi\nprint(1)\n", "main.py")
    assert made.note == "Changed main.py: packages: polars; left out: !nvidia-smi."
    assert script(made.code).packages == ("polars",)
