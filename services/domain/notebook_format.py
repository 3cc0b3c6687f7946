"""What is known of Jupyter's format, by nbformat and jupytext; both have no types, and are loaded when first needed."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from importlib import import_module
from typing import Any

_PERCENT: dict[str, Any] = {"extension": ".py", "format_name": "percent", "comment_magics": False}
ADDED = "raygen"
"""The tag of cells that are raygen's and not the program's."""

_FILTERS = {"notebook_metadata_filter": "-all", "cell_metadata_filter": "-all", "comment_magics": False}


@dataclass(frozen=True, slots=True)
class Cell:
    """A cell to write: `kind` is code, markdown or raw; each of the outputs is what nbformat's `new_output` takes."""

    kind: str
    source: str
    outputs: tuple[Mapping[str, Any], ...] = ()
    tags: tuple[str, ...] = ()


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


def written(cells: Iterable[Cell], metadata: Mapping[str, Any]) -> str:
    """The JSON of a notebook with these cells; the same cells give the same JSON."""
    nbformat, v4 = import_module("nbformat"), import_module("nbformat.v4")
    made = [_made(v4, cell) for cell in cells]
    for number, cell in enumerate(made, 1):
        cell["id"] = f"cell-{number}"
    text: str = nbformat.writes(v4.new_notebook(cells=made, metadata=dict(metadata)))
    return text


def _made(v4: Any, cell: Cell) -> Any:
    metadata = {"tags": list(cell.tags)} if cell.tags else {}
    match cell.kind:
        case "code":
            outputs = [v4.new_output(**each) for each in cell.outputs]
            count = 1 if any("execution_count" in each for each in cell.outputs) else None
            return v4.new_code_cell(cell.source, outputs=outputs, metadata=metadata, execution_count=count)
        case "markdown":
            return v4.new_markdown_cell(cell.source, metadata=metadata)
        case _:
            return v4.new_raw_cell(cell.source, metadata=metadata)
