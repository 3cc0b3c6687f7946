"""What the cookbook can do, with examples."""

from __future__ import annotations

from bot.playground.cookbook import recipes

_WHO = (
    "This playground answers from a cookbook of {count} Ray recipes instead of a model. "
    "Set ANTHROPIC_API_KEY to use Claude for any request."
)


def introduction() -> str:
    """The answer to a call for help."""
    return f"Describe what to compute in a sentence, with the numbers you want. Examples:\n{_listing()}\n{_who()}"


def no_fit() -> str:
    """The answer to what no recipe fits."""
    return f"The cookbook has no recipe for that. It can do these:\n{_listing()}\n{_who()}"


def _listing() -> str:
    return "\n".join(
        f"• {family}: " + "; ".join(f"“{recipe.example}”" for recipe in members)
        for family, members in recipes.FAMILIES.items()
        if members
    )


def _who() -> str:
    return _WHO.format(count=len(recipes.ALL))
