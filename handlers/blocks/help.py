"""How to use raygen, in the thread."""

from __future__ import annotations

from handlers.blocks.parts import Message, context, mrkdwn

EXAMPLES = (
    "estimate pi with 100 tasks",
    "count words in 50 generated documents",
    "add 1 and 2",
)


def usage() -> Message:
    """The answer to an empty request and to `help`."""
    text = "Tell me what to run on Ray, for example `/raygen estimate pi with 100 tasks`."
    examples = "\n".join(f"• `/raygen {example}`" for example in EXAMPLES)
    return Message(
        text,
        [
            mrkdwn("*Tell me what to run on Ray*, in a sentence:\n" + examples),
            context(
                "I write the program, prove it in a sealed Ray cluster, and run it once someone approves. "
                "Go on in the thread to change it. Mentions and direct messages work too. "
                "`/raygen targets` shows the clusters as they are now."
            ),
        ],
    )
