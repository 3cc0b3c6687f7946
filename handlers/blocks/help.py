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
    ("show <run>", "the code, result and approver of a run"),
    ("rerun <run>", "propose the same program again"),
    ("status", "your active requests and runs"),
    ("cancel", "stop an active request or run"),
    ("usage", "tokens, cost and time of your last 30 days"),
    ("targets [name]", "clusters and their free resources, or what one has installed"),
    ("data [name]", "data that programs can use by name, or what one connection has"),
    ("policy", "who can approve runs here"),
    ("settings", "your default target, model and notifications"),
)


def usage() -> Message:
    """The answer to an empty request and to `help`."""
    text = "Describe what to run on Ray, for example `/raygen estimate pi with 100 tasks`."
    examples = "\n".join(f"• `/raygen {example}`" for example in EXAMPLES)
    subcommands = "\n".join(f"• `/raygen {escape(name)}` – {meaning}" for name, meaning in SUBCOMMANDS)
    return Message(
        text,
        [
            mrkdwn("*Describe what to run on Ray* in a sentence:\n" + examples),
            mrkdwn("*Commands* (only you see the answers):\n" + subcommands),
            context(
                "raygen writes the program, validates it in a sealed Ray cluster, and runs it after someone approves. "
                "Reply in the thread to change it. Mentions and direct messages work too."
            ),
        ],
    )
