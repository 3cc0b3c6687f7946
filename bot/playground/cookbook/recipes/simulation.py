"""Simulation: random processes, repeated many times, and a picture of a deterministic one."""

from bot.playground.cookbook.recipe import Knob, Recipe
from bot.playground.cookbook.recipes.nouns import TASKS

RECIPES = (
    Recipe(
        program="random_walk",
        purpose="Walks {WALKERS:,} random walkers {STEPS:,} steps each in {TASKS} Ray tasks, and compares their distance with theory.",
        cues=r"\brandom[- ]?walk(?:s|ers?|ing)?\b|\bwalkers?\b|\bbrownian\b",
        example="random walk with 2000 walkers and 1000 steps",
        knobs=(
            Knob(
                "WALKERS",
                "walkers?|walks?|particles?|simulations?",
                low=10,
                high=50_000,
                bare=True,
                size=True,
            ),
            Knob("STEPS", "steps?|moves?", low=5, high=20_000),
            Knob("TASKS", TASKS, high=200),
        ),
    ),
    Recipe(
        program="queue_simulation",
        purpose="Simulates {CUSTOMERS:,} customers in a queue with 1 to {SERVERS} servers, {REPEATS} times each, and tabulates the waiting.",
        cues=r"\bqueue(?:s|ing)?\b(?: simulation)?|\bcall cent(?:er|re)\b|\bwaiting (?:times?|lines?)\b|\bm/m/\w\b",
        example="simulate a queue with 4 servers",
        knobs=(
            Knob("SERVERS", "servers?|clerks?|counters?|agents?|tills?", high=20, bare=True),
            Knob(
                "CUSTOMERS", "customers?|arrivals?|callers?|calls?|people", low=100, high=200_000, size=True
            ),
            Knob("REPEATS", "repeats?|repetitions?|runs?|replications?|simulations?", high=50),
        ),
    ),
    Recipe(
        program="mandelbrot",
        purpose="Draws the Mandelbrot set {WIDTH} points wide with {ITERATIONS} iterations, in bands by {TASKS} Ray tasks.",
        cues=r"\bmandelbrot\b(?: set)?|\bfractals?\b",
        example="draw the Mandelbrot set",
        knobs=(
            Knob("WIDTH", "wide|width|pixels?|points?|by", low=50, high=2000, bare=True, size=True),
            Knob("ITERATIONS", "iterations?|steps?", low=5, high=500),
            Knob("TASKS", f"{TASKS}|bands?", high=200),
        ),
    ),
)
