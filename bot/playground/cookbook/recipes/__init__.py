"""All recipes, by family, and how one is found by words or by the title of its program."""

from __future__ import annotations

from functools import cache

from bot.playground.cookbook import constants, numbers, sources
from bot.playground.cookbook.recipe import Recipe
from bot.playground.cookbook.recipes import (
    actors,
    basics,
    data,
    learning,
    numeric,
    patterns,
    simulation,
    spark,
)

FAMILIES: dict[str, tuple[Recipe, ...]] = {
    "First steps": basics.RECIPES,
    "Numbers": numeric.RECIPES,
    "Ray patterns": patterns.RECIPES,
    "Actors": actors.RECIPES,
    "Data": data.RECIPES,
    "Simulation": simulation.RECIPES,
    "Machine learning": learning.RECIPES,
}
# Not of the menu: it is for people who ask for another engine than Ray.
SPARK = spark.WORD_COUNT
ALL: tuple[Recipe, ...] = tuple(recipe for family in FAMILIES.values() for recipe in family)


def fitting(text: str) -> Recipe | None:
    """The recipe that most of `text` asks for; the earlier one of two equals."""
    said = numbers.plain(text)
    if SPARK.score(said):
        return SPARK
    best = max(ALL, key=lambda recipe: recipe.score(said))
    return best if best.score(said) else None


def by_title(title: str) -> tuple[Recipe, str] | None:
    """The recipe and the program's name for a program's title."""
    return _by_title().get(title.strip().rstrip(".").lower())


@cache
def _by_title() -> dict[str, tuple[Recipe, str]]:
    return {
        constants.title(sources.source(program)).lower(): (recipe, program)
        for recipe in (*ALL, SPARK)
        for program in recipe.purposes
    }
