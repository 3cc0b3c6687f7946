"""What people type, as Slack's composer would send it."""

import pytest

from bot.playground.slack.play.wording import composed, escaped
from bot.playground.slack.rules import Rules
from bot.playground.slack.state import State


@pytest.mark.parametrize(
    ("typed", "sent"),
    [
        ("a < b && c > d", "a &lt; b &amp;&amp; c &gt; d"),
        ("@raygen hi", "<@URAYGEN> hi"),
        ("(@Erin)", "(<@UENGINEER>)"),
        ("<@URAYGEN> hi", "<@URAYGEN> hi"),
        ("mail a@raygen.example", "mail a@raygen.example"),
        ("@nobody", "@nobody"),
        ("see #ray, not #nowhere", "see <#CRAY|ray>, not #nowhere"),
        ("https://x.example/a?b=1&c=2.", "<https://x.example/a?b=1&amp;c=2>."),
        ("<https://x.example>", "<https://x.example>"),
        ("`@raygen` and ```#ray https://x.example```", "`@raygen` and ```#ray https://x.example```"),
        ("<script>", "&lt;script&gt;"),
        ("<!channel> &lt;", "<!channel> &amp;lt;"),
    ],
)
def test_composed(typed: str, sent: str) -> None:
    state = State(None, Rules())
    assert composed(typed, state.people) == sent
    state.close()


def test_commands_are_escaped_only() -> None:
    assert escaped("@raygen 1<2 https://x.example") == "@raygen 1&lt;2 https://x.example"
