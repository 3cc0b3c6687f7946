"""Ray patterns: how tasks are split, joined, streamed, retried and kept in bounds."""

from bot.playground.cookbook.recipe import Knob, Recipe
from bot.playground.cookbook.recipes.nouns import TASKS

RECIPES = (
    Recipe(
        program="map_reduce",
        purpose="Finds minimum, maximum and mean of {RECORDS:,} generated readings by station, "
        "with {MAPPERS} mappers and {REDUCERS} reducers.",
        cues=r"\bmap[-/ ]?(?:and[- ])?reduce\b|\bmappers?\b|\bshuffle\b|\b(?:temperatures?|weather|sensor) (?:readings?|data|by station)\b",
        example="map-reduce over 500k readings",
        knobs=(
            Knob(
                "RECORDS",
                "records?|readings?|rows?|lines?|measurements?",
                low=100,
                high=20_000_000,
                bare=True,
                size=True,
            ),
            Knob("REDUCERS", "reducers?", low=2, high=9),
            Knob("MAPPERS", f"mappers?|{TASKS}", high=200),
        ),
    ),
    Recipe(
        program="tree_reduce",
        purpose="Computes mean and deviation of {VALUES:,} values from {PARTS} partial results, merged {FAN_IN} at a time.",
        cues=r"\btree[- ]?(?:reduc\w+|aggregat\w+|sum)\b|\breduc\w+ (?:as|in|with) a tree\b|\bhierarchical (?:sum|reduc\w+)\b",
        example="tree reduce over 64 parts",
        knobs=(
            Knob("PARTS", f"{TASKS}|leaves|partitions?", low=2, high=1000, bare=True),
            Knob(
                "VALUES", "values?|numbers?|items?|elements?|samples?", low=1000, high=50_000_000, size=True
            ),
            Knob("FAN_IN", "fan-in|children|time|arity", low=2, high=64),
        ),
    ),
    Recipe(
        program="streaming",
        purpose="Streams {BATCHES} batches of {BATCH_SIZE:,} values from a generator task, and updates the mean with each.",
        cues=r"\bstream(?:s|ing|ed)?\b(?: generators?)?|\bgenerators?\b|\bObjectRefGenerator\b|\byield(?:s|ing)?\b",
        example="stream 10 batches from a generator",
        knobs=(
            Knob("BATCHES", "batch(?:es)?|results?|chunks?|items?|yields?", high=500, bare=True),
            Knob("BATCH_SIZE", "values?|rows?|numbers?|size|samples?|records?", high=1_000_000, size=True),
        ),
    ),
    Recipe(
        program="retries",
        purpose="Runs {TASKS} tasks that fail with a chance of {FAILURE_RATE:.0%}; Ray repeats each up to {RETRIES} times.",
        cues=r"\bretr(?:y|ies|ied|ying)\b|\bflaky\b|\bfault[- ]toleran\w+|\bfail(?:s|ing|ures?)? (?:tasks?|randomly|sometimes)\b|\b(?:failing|unreliable) tasks?\b",
        example="20 flaky tasks with retries",
        knobs=(
            Knob("RETRIES", "retries|retry|attempts?|times", low=1, high=10),
            Knob("TASKS", TASKS, high=100, bare=True),
            Knob("FAILURE_RATE", "rate|probability|chance|percent", low=0.0, high=0.6),
        ),
    ),
    Recipe(
        program="wait_pipeline",
        purpose="Processes {TASKS} items of uneven length as they are ready, never more than {IN_FLIGHT} at a time.",
        cues=r"\bray\.wait\b|\bwait pipeline\b|\b(?:bounded|limited?) (?:number|concurrency|parallelism)\b|\bas they (?:come|complete|finish|are ready)\b"
        r"|\bback[- ]?pressure\b|\bpipelin(?:e|ing)\b|\bin[- ]flight\b|\bas[- ]completed\b",
        example="ray.wait pipeline with 50 tasks",
        knobs=(
            Knob("IN_FLIGHT", "in-flight|flight|concurrent|inflight|time|concurrency", high=64),
            Knob("TASKS", f"{TASKS}|items?", high=500, bare=True),
        ),
    ),
    Recipe(
        program="parameter_sweep",
        purpose="Simulates a throw for {SPEEDS} speeds and {ANGLES} angles, one Ray task each, and tabulates how far it goes.",
        cues=r"\bparam(?:eter)?s? (?:sweeps?|grids?|scans?|stud(?:y|ies))\b|\bgrid (?:sweep|of parameters)\b|\bsweeps?\b(?: over)?|\bprojectile\b",
        example="parameter sweep with 6 speeds and 9 angles",
        knobs=(
            Knob("SPEEDS", "speeds?|velocit(?:y|ies)", low=2, high=30),
            Knob("ANGLES", "angles?|values?|parameters?|points?", low=2, high=30, bare=True),
            Knob("DRAG", "drag", low=0.0, high=0.1),
        ),
    ),
)
