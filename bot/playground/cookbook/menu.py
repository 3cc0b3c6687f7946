"""What the cookbook can do, said honestly and with examples."""

from __future__ import annotations

from bot.playground.cookbook import recipes

_WHO = (
    "I am the playground's stand-in for a model: I write programs from a cookbook of {count} Ray recipes. "
    "With ANTHROPIC_API_KEY set, a real model answers and takes any request."
)


def introduction() -> str:
    """The answer to a call for help."""
    return f"Tell me what to compute, in a sentence; numbers in it count.\n{_listing()}\n{_who()}"


def no_fit() -> str:
    """The answer to what no recipe fits."""
    return f"I have no recipe for that, so I won't pretend. These I can do:\n{_listing()}\n{_who()}"


def _listing() -> str:
    return "\n".join(
        f"• {family}: " + "; ".join(f"“{recipe.example}”" for recipe in members)
        for family, members in recipes.FAMILIES.items()
        if members
    )


def _who() -> str:
    return _WHO.format(count=len(recipes.ALL))
