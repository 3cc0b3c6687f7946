"""Spark: the one program that shows that raygen's generator writes for other engines, too."""

from bot.playground.cookbook.recipe import Knob, Recipe

WORD_COUNT = Recipe(
    program="spark_word_count",
    purpose="Counts the words of a generated text of {WORDS:,} words with Spark, and lists the top {TOP}.",
    cues=r"\b(?:py)?spark\b",
    example="word count in PySpark",
    knobs=(
        Knob("WORDS", "words?", low=100, high=20_000_000, bare=True, size=True),
        Knob("TOP", "top|frequent", high=12),
    ),
)
