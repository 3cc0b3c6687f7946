"""Numbers: classic computations, split over tasks."""

from bot.playground.cookbook.recipe import Knob, Recipe, Variant
from bot.playground.cookbook.recipes.nouns import TASKS

RECIPES = (
    Recipe(
        program="monte_carlo_pi",
        purpose="Estimates pi from {SAMPLES:,} random points, drawn by {TASKS:,} Ray tasks.",
        cues=r"\bmonte[- ]?carlo(?: pi)?\b|\b(?:estimate|compute|calculate|approximate|find|get|plot)\b.{0,30}?\b(?:pi|π)\b"
        r"|\b(?:value|digits|estimat\w+|approximation|computation) of (?:pi|π)\b|\b(?:pi|π) (?:with|using|by|on|from|estimat\w+)\b|^(?:pi|π)$",
        hints=r"\bdarts?\b",
        example="estimate pi with 100 tasks",
        knobs=(
            Knob("TASKS", TASKS, high=1000, bare=True),
            Knob("ACTORS", "actors?|workers?", high=8, bare=True),
            Knob(
                "SAMPLES",
                "samples?|points?|darts?|draws?|iterations?|throws?|trials?",
                low=1000,
                high=200_000_000,
                each="TASKS",
                size=True,
            ),
        ),
        variants=(
            Variant(
                "monte_carlo_pi_plot",
                r"\b(?:plot|chart|graph|figure|picture|visuali[sz]e)\b",
                "Estimates pi from {SAMPLES:,} random points in {TASKS:,} Ray tasks, and plots how the estimate settles.",
            ),
            Variant(
                "monte_carlo_pi_actors",
                r"\bactors?\b",
                "Estimates pi from {SAMPLES:,} random points, drawn in rounds by {ACTORS} actors that keep their tallies.",
            ),
        ),
    ),
    Recipe(
        program="primes",
        purpose="Counts the prime numbers up to {LIMIT:,} with a sieve that {TASKS} Ray tasks share.",
        cues=r"\bprimes?\b(?: numbers?)?|\bsieve\b",
        example="count the primes up to 1 million",
        knobs=(
            Knob(
                "LIMIT",
                "primes?|numbers?|to|below|under|limit|until",
                low=10,
                high=200_000_000,
                bare=True,
                size=True,
            ),
            Knob("TASKS", f"{TASKS}|segments?", high=200),
        ),
    ),
    Recipe(
        program="fibonacci",
        purpose="Computes the Fibonacci numbers up to F({N}) by fast doubling in {TASKS} Ray tasks.",
        cues=r"\bfib(?:onacci)?\b(?: numbers?| sequence)?",
        example="fibonacci of 90",
        knobs=(
            Knob("N", "fib|fibonacci|th|number|numbers|terms?|n", low=1, high=10_000, bare=True),
            Knob("TASKS", TASKS, high=16),
        ),
    ),
    Recipe(
        program="factorial",
        purpose="Computes {N:,}! in {TASKS} ranges that Ray tasks multiply as a tree.",
        cues=r"\bfactorials?\b|\b\d+!",
        example="factorial of 1000",
        knobs=(
            Knob("N", "factorial|n", low=1, high=20_000, bare=True, size=True),
            Knob("TASKS", f"{TASKS}|ranges?", high=64),
        ),
    ),
    Recipe(
        program="matrix_multiply",
        purpose="Multiplies two {SIZE:,} x {SIZE:,} matrices in {BLOCKS} x {BLOCKS} blocks, one Ray task for each.",
        cues=r"\bmatri(?:x|ces)\b(?: multipl\w+| product)?|\bmatmul\b",
        example="multiply two 1000x1000 matrices",
        knobs=(
            Knob(
                "SIZE",
                "by|matri(?:x|ces)|size|rows?|columns?|square",
                low=10,
                high=3000,
                bare=True,
                size=True,
            ),
            Knob("BLOCKS", "blocks?|tiles?|parts?", high=12),
        ),
    ),
    Recipe(
        program="sorting",
        purpose="Sorts {NUMBERS:,} random numbers by range in {PARTITIONS} partitions, each with a Ray task.",
        cues=r"\bsort(?:s|ed|ing)?\b",
        example="sort 1 million numbers",
        knobs=(
            Knob(
                "NUMBERS",
                "numbers?|values?|integers?|floats?|rows?|records?|items?|elements?",
                low=100,
                high=20_000_000,
                bare=True,
                size=True,
            ),
            Knob("PARTITIONS", f"partitions?|{TASKS}", low=2, high=32),
        ),
    ),
)
