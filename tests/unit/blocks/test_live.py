"""Cards of work under way: what a stream is sent for each step, and that it never shows anything twice."""

from __future__ import annotations

from typing import Any

from hypothesis import given
from hypothesis import strategies as st

from bot.playground.slack.state.streams import fold
from handlers.blocks.live import beginning, growth, harmless, live
from services.domain.progress import Phase, Stage
from services.notifications.events import TaskProgress
from tests import builders

STAGES = tuple(Stage(phase, attempt) for attempt in (1, 2) for phase in (Phase.WRITING, Phase.VALIDATING))


def card(stages: int, words: str = ""):
    return live("t_1:card", builders.task(), TaskProgress(STAGES[:stages], words))


def sent(chunks: list[Any]) -> list[Any]:
    return [chunk.to_dict() for chunk in chunks]


def test_a_step_that_is_done_and_the_next_one_are_all_that_is_sent():
    chunks = sent(growth(card(1), card(2)) or [])
    assert [(each.get("id"), each.get("status")) for each in chunks] == [
        (None, None),
        ("0", "complete"),
        ("1", "in_progress"),
    ]


def test_only_new_words_are_sent():
    assert sent(growth(card(1, "Hello"), card(1, "Hello, you")) or []) == [
        {"type": "markdown_text", "text": ", you"}
    ]
    assert growth(card(1, "Hello"), card(1, "Hello")) == []


def test_words_that_are_taken_back_need_a_new_stream():
    assert growth(card(1, "Hello"), card(1, "")) is None
    assert growth(card(1, "Hello"), card(1, "Help")) is None


@given(st.lists(st.tuples(st.integers(0, 4), st.text(max_size=30)), min_size=1, max_size=8))
def test_a_stream_shows_what_the_card_shows(course: list[tuple[int, str]]):
    stream: dict[str, Any] = {}
    shown = None
    for stages, words in course:
        now = card(stages, words)
        chunks = growth(shown, now) if shown else None
        if chunks is None:  # a stream of its own
            stream, chunks = {"display": "plan", "plan": None, "parts": []}, beginning(now)
        for chunk in sent(chunks):
            fold(stream, chunk)
        shown = now
    text = "".join(part["text"] for part in stream["parts"] if part["kind"] == "text")
    tasks = [(part["title"], part["status"]) for part in stream["parts"] if part["kind"] == "task"]
    assert text == shown.words
    assert [title for title, _ in tasks] == list(shown.steps)
    assert [status for _, status in tasks] == ["complete"] * (len(tasks) - 1) + ["in_progress"]


@given(st.text(), st.text())
def test_growing_words_stay_a_beginning_of_themselves(text: str, more: str):
    assert harmless(text + more).startswith(harmless(text))


def test_no_words_mention_anybody_or_lie_about_a_link():
    assert harmless("<!channel> <@U1> [here](https://evil)") == (
        "&lt;!channel&gt; &lt;@U1&gt; [here] (https://evil)"
    )


def test_the_share_of_an_installation_is_gone_once_it_is_over() -> None:
    installing = Stage(Phase.INSTALLING, 1, "Installing torch 2.15 and 3 more (230 MB), 40%")
    steps = [
        live("t_1:card", builders.task(), TaskProgress(stages, "")).steps
        for stages in ((installing,), (installing, Stage(Phase.VALIDATING, 1)))
    ]
    assert steps == [
        ("Installing torch 2.15 and 3 more (230 MB), 40%",),
        ("Installing torch 2.15 and 3 more (230 MB)", "Validating it in a sealed cluster"),
    ]
