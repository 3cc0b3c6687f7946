"""What a program shows by plotly comes along, without a browser."""

from __future__ import annotations

import plotly.graph_objects as go
import plotly.io
import pytest

from services.driver.wrapper import plots
from services.driver.wrapper.plots import Plots

FIGURE = go.Figure(go.Scatter(x=[1, 2], y=[3, 4]))


def opened(kept: list[bytes], patch: pytest.MonkeyPatch, *, draws: bool) -> Plots:
    patch.setattr(plotly.io, "show", plotly.io.show)
    patch.setattr(plots, "_can_draw", lambda: draws)
    patch.setattr("webbrowser.open", lambda *_: pytest.fail("a browser was asked for"))
    made = Plots(kept.append)
    made.watch(plotly.io)
    return made


def test_figures_that_can_not_be_drawn_are_on_one_page_of_their_own(monkeypatch: pytest.MonkeyPatch):
    kept: list[bytes] = []
    made = opened(kept, monkeypatch, draws=False)
    assert (made.page(), made.remark()) == (None, [])
    FIGURE.show(renderer="browser")
    plotly.io.show(FIGURE)
    assert made.shows(FIGURE)
    assert not made.shows("a text")
    page = (made.page() or b"").decode()
    assert page.count('class="plotly-graph-div"') == 3
    assert 3e6 < len(page) < 7e6, "plotly's code is in it, once"
    assert "src=" not in page.split("<body>")[1][-20_000:]
    assert "figures are in figures.html" in made.remark()[0]
    assert kept == []


def test_what_can_be_drawn_is_a_picture_and_what_fails_at_that_is_on_the_page(
    monkeypatch: pytest.MonkeyPatch,
):
    kept: list[bytes] = []
    made = opened(kept, monkeypatch, draws=True)
    monkeypatch.setattr(plotly.io, "to_image", lambda *_, **__: b"PNG")
    FIGURE.show()
    assert (kept, made.page()) == ([b"PNG"], None)
    monkeypatch.setattr(plotly.io, "to_image", lambda *_, **__: 1 / 0)
    FIGURE.show()
    assert "figure is in figures.html" in made.remark()[0]


def test_a_figure_that_is_none_fails_as_with_plotly(monkeypatch: pytest.MonkeyPatch):
    opened([], monkeypatch, draws=False)
    with pytest.raises(ValueError, match="42"):
        plotly.io.show(42)
