"""How to use raygen, in the thread."""

from __future__ import annotations

from handlers.blocks.mrkdwn import escape
from handlers.blocks.primitives import Message, context, mrkdwn

EXAMPLES = (
    "estimate pi with 100 tasks",
    "count words in 50 generated documents",
    "add 1 and 2",
)
SUBCOMMANDS = (
    ("history", "your latest requests and runs"),
    ("show <run>", "one run: code, result, who approved it"),
    ("rerun <run>", "propose it again, in its thread"),
    ("status", "what is under way for you"),
    ("cancel", "stop it, or choose what to stop"),
    ("usage", "what your requests took in 30 days"),
    ("targets", "the clusters as they are now"),
    ("policy", "which rule decides on approvals here"),
    ("settings", "your target, your model, and how you hear of results"),
)


def usage() -> Message:
    """The answer to an empty request and to `help`."""
    text = "Tell me what to run on Ray, for example `/raygen estimate pi with 100 tasks`."
    examples = "\n".join(f"• `/raygen {example}`" for example in EXAMPLES)
    subcommands = "\n".join(f"• `/raygen {escape(name)}` – {meaning}" for name, meaning in SUBCOMMANDS)
    return Message(
        text,
        [
            mrkdwn("*Tell me what to run on Ray*, in a sentence:\n" + examples),
            mrkdwn("*Look back and steer*, seen by you alone:\n" + subcommands),
            context(
                "I write the program, prove it in a sealed Ray cluster, and run it once someone approves. "
                "Go on in the thread to change it. Mentions and direct messages work too."
            ),
        ],
    )
