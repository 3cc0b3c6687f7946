"""Actors: objects with state that live on the cluster."""

from bot.playground.cookbook.recipe import Knob, Recipe
from bot.playground.cookbook.recipes.nouns import TASKS

RECIPES = (
    Recipe(
        program="actor_counter",
        purpose="Has {TASKS} Ray tasks report {INCREMENTS} times each to one counter actor, and prints the count.",
        cues=r"\bactors? (?:that )?(?:counter|counts?)\b|\bcounter(?: actor)?\b|\bcount(?:s|ing)? with (?:an |\d+ )?actors?\b|\bstateful actor\b|\bshared (?:state|counter)\b",
        example="actor counter with 10 tasks",
        knobs=(
            Knob("TASKS", f"{TASKS}|callers?|clients?", high=100, bare=True),
            Knob("INCREMENTS", "increments?|times|reports?|calls?|counts?", high=1000),
        ),
    ),
    Recipe(
        program="actor_pool",
        purpose="Shares {ITEMS} items among a pool of {ACTORS} actors that each load their model once.",
        cues=r"\b(?:actor|worker)s? pools?\b|\bpool of (?:\d+ )?(?:actors?|workers?)\b|\bActorPool\b",
        example="actor pool with 2 actors and 40 items",
        knobs=(
            Knob("ACTORS", "actors?|workers?|pool", high=8, bare=True),
            Knob("ITEMS", "items?|tasks?|jobs?|inputs?|batch(?:es)?|requests?", high=500, size=True),
        ),
    ),
)
