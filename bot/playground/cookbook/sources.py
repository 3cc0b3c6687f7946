"""The programs of the cookbook: plain files that run as they are, in the folder beside this module."""

from functools import cache
from importlib.resources import files


@cache
def source(name: str) -> str:
    """The text of the program `name`."""
    return (files("bot.playground.cookbook") / "programs" / f"{name}.py").read_text(encoding="utf-8")
