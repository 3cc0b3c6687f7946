"""What is known of Jupyter's format, by nbformat and jupytext; both have no types, and are loaded when first needed."""

from __future__ import annotations

import warnings
from collections.abc import Iterable
from importlib import import_module
from typing import Any

_PERCENT: dict[str, Any] = {"extension": ".py", "format_name": "percent", "comment_magics": False}
_FILTERS = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "-all", "comment_magics": False}


def read(text: str) -> Any:
    """A notebook of any version as one of version 4. Raises whatever nbformat does of a file that is none."""
    nbformat: Any = import_module("nbformat")
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        return nbformat.reads(text, as_version=4)


def as_python(cells: Iterable[tuple[str, str]]) -> str:
    """Cells, each as its kind and source, as Python with `# %%` between them; what isn't code becomes comments."""
    jupytext, v4 = import_module("jupytext"), import_module("nbformat.v4")
    made = [
        v4.new_code_cell(source) if kind == "code" else v4.new_markdown_cell(source) for kind, source in cells
    ]
    notebook = v4.new_notebook(cells=made, metadata={"jupytext": _FILTERS})
    text: str = jupytext.writes(notebook, fmt=_PERCENT)
    return text


def as_notebook(code: str) -> Any:
    """Python as a notebook, in cells where it has `# %%`; no line of it becomes one of IPython's."""
    jupytext = import_module("jupytext")
    return jupytext.reads(code, fmt=_PERCENT)
