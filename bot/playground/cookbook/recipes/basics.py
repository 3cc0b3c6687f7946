"""First steps: the smallest programs that do something on Ray."""

from bot.playground.cookbook.recipe import Knob, Mistake, Phrase, Recipe
from bot.playground.cookbook.recipes.nouns import TASKS

_NUMBER = r"-?[\d.,]+(?:e[+-]?\d+)?(?: ?(?:k|m|hundred|thousand|million|billion)\b)?"
RECIPES = (
    Recipe(
        program="add_numbers",
        purpose="Adds {NUMBERS} with Ray tasks, pair by pair, and prints the sum.",
        cues=rf"\badd(?:s|ing)?\b[a-z: ]{{0,40}}?{_NUMBER}(?:\s*(?:,|and|plus|to|\+|&|with)\s*|\s+){{1,2}}-?\.?\d"
        r"|\b(?:the )?sum (?:of |up )?(?=-?\d)|\bsum up (?=-?\d)",
        example="add 17 and 25",
        knobs=(Knob("NUMBERS", bare=True, many=True),),
    ),
    Recipe(
        program="hello",
        purpose="Runs one Ray task that returns “{MESSAGE}”, and prints what it returned.",
        cues=r"\bhello\b|\bgreet(?:s|ing)?\b|\breturns? [\"'“‘]",
        example="create a Ray task that returns Hello",
        phrases=(
            Phrase(
                "MESSAGE",
                r"(?:returns?|says?|prints?|saying|returning) (?:the (?:text|string|message) )?"
                r"(?:\"([^\"\n]{1,80})\"|“([^”\n]{1,80})”|‘([^’\n]{1,80})’|'([^'\n]{1,80})'|`([^`\n]{1,80})`|(hello(?:,? world!?)?))",
            ),
        ),
    ),
    Recipe(
        program="sum_of_squares",
        purpose="Adds up the squares from 1 to {N:,} in {TASKS} Ray tasks, and checks the sum by its formula.",
        cues=r"\bsums? (?:of )?(?:the )?squares?\b|\bsquares? (?:and|then) sum\b|\bsquared? numbers?\b|\bsquares of\b",
        example="sum of squares up to 1000",
        knobs=(
            Knob("N", "numbers?|integers?|squares?|n|to", high=100_000_000, bare=True, size=True),
            Knob("TASKS", TASKS, high=500),
        ),
        mistake=Mistake(
            right="total = sum(ray.get(parts))",
            wrong="total = sum(parts)",
            error=r"TypeError: unsupported operand type\(s\) for \+.*ObjectRef",
        ),
    ),
    Recipe(
        program="parallel_map",
        purpose="Applies a function to {ITEMS:,} items in {CHUNKS} chunks in parallel, keeping their order.",
        cues=r"\b(?:parallel|distributed) (?:map|for[- ]?loop|loop)\b|\bmap (?:a |the |some |this )?(?:function|list|items?)\b"
        r"|\bmap\b.*\bin parallel\b|\bapply (?:a |the )?function\b|\bparalleli[sz]e (?:a |the |my )?(?:function|loop|map)\b",
        example="parallel map over 2000 items",
        knobs=(
            Knob(
                "ITEMS",
                "items?|elements?|numbers?|inputs?|values?|records?",
                high=200_000,
                bare=True,
                size=True,
            ),
            Knob("CHUNKS", rf"chunks?|batch(?:es)?|{TASKS}", high=500),
        ),
    ),
)
