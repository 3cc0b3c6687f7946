"""The cookbook: answers a conversation from a book of recipes, in the role that the offered tools give it."""

from bot.playground.cookbook import generator, supervisor
from bot.playground.cookbook.dialogue import Answer, Dialogue


def answer(dialogue: Dialogue) -> Answer:
    """The cookbook's answer; a caller that has the tool to submit a program is the generator, all others are supervisors."""
    if generator.TOOL in dialogue.tools:
        return generator.answer(dialogue)
    return supervisor.answer(dialogue)


__all__ = ["answer"]
