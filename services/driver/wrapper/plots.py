# pyright: reportUnknownMemberType=false, reportUnknownVariableType=false, reportUnknownArgumentType=false
# Plotly need not be installed.
"""What a program shows by plotly: pictures where they can be made, and otherwise all figures on one interactive page."""

from __future__ import annotations

import contextlib
import importlib.util
import sys
from collections.abc import Callable
from typing import Any

from .imports import in_place_of
from .tables import is_a
from .value import patiently

PAGE = "figures.html"
_HEAD = '<!DOCTYPE html>\n<html><head><meta charset="utf-8"><title>Figures</title></head><body>\n'
_TAIL = "\n</body></html>\n"
_HEIGHT = 500


class Plots:
    """Takes the place of a browser; `keep` is given each picture, as PNG."""

    def __init__(self, keep: Callable[[bytes], None]) -> None:
        self._keep = keep
        self._shown: list[str] = []

    def watch(self, io: Any) -> None:
        """Follow `show` of the module `plotly.io`, which `Figure.show` calls."""

        def show(figure: Any, *_: Any, **options: Any) -> None:
            self._take(io, figure, validate=options.get("validate", True))

        with contextlib.suppress(AttributeError):
            io.show = in_place_of(io.show, show)

    def shows(self, value: Any) -> bool:
        """Take `value` if it is a figure, as a notebook would show it."""
        io = sys.modules.get("plotly.io")
        if io is None or not is_a(value, "plotly.basedatatypes", "BaseFigure"):
            return False
        with contextlib.suppress(Exception):
            self._take(io, value, validate=False)
            return True
        return False

    def page(self) -> bytes | None:
        """All figures that no pictures were made of; it needs nothing from a network."""
        return (_HEAD + "\n".join(self._shown) + _TAIL).encode("utf-8", "replace") if self._shown else None

    def remark(self) -> list[str]:
        """A sentence that says why there is a page."""
        if not self._shown:
            return []
        figures = "figure is" if len(self._shown) == 1 else "figures are"
        return [f"plotly's {figures} in {PAGE}; open it in a browser (pictures need kaleido and Chrome)"]

    def _take(self, io: Any, figure: Any, *, validate: bool) -> None:
        picture = patiently(lambda: io.to_image(figure, format="png"), None) if _can_draw() else None
        if isinstance(picture, bytes):
            self._keep(picture)
            return
        # Plotly's own code, about 5 MB, is in the first one only.
        html = io.to_html(
            figure,
            include_plotlyjs=not self._shown,
            full_html=False,
            default_height=_HEIGHT,
            validate=validate,
        )
        self._shown.append(html)


def _can_draw() -> bool:
    return importlib.util.find_spec("kaleido") is not None
