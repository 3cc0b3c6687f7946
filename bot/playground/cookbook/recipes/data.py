"""Data: texts, logs and tables, generated so that every program runs anywhere."""

from bot.playground.cookbook.recipe import Knob, Mistake, Phrase, Recipe
from bot.playground.cookbook.recipes.nouns import ROWS, TASKS

RECIPES = (
    Recipe(
        program="describe_file",
        purpose="Describes the columns of {FILE}, block by block in Ray tasks: count, sum, smallest, largest, mean.",
        cues=r"\b(?:describe|summari[sz]e|profile|analy[sz]e|count the rows of|work with the attached)\b.{0,40}?[\w-]+\.csv\b",
        example="describe orders.csv (share the file with the message)",
        phrases=(Phrase("FILE", r"\b([\w-]+\.csv)\b"),),
    ),
    Recipe(
        program="word_count",
        purpose="Counts the words of a generated text of {WORDS:,} words in {TASKS} Ray tasks, and lists the top {TOP}.",
        cues=r"\bwords?[- ]?(?:counts?|counting|frequenc(?:y|ies))\b|\bcount(?:s|ing)?(?: the| \d\S*)? (?:most frequent )?words?\b|\bfrequent words?\b",
        example="word count with 8 tasks",
        knobs=(
            Knob("WORDS", "words?", low=100, high=20_000_000, size=True),
            Knob("TASKS", TASKS, high=200, bare=True),
            Knob("TOP", "top|frequent", high=35),
        ),
    ),
    Recipe(
        program="web_logs",
        purpose="Generates and parses {LINES:,} web-log lines in {TASKS} Ray tasks, and ranks paths by hits and errors.",
        cues=r"\b(?:web|access|server|http|apache|nginx)[- ]?(?:server )?logs?\b(?: analysis)?|\blogs? (?:analysis|files?|lines?|parsing)\b|\b(?:analy[sz]e|parse) (?:the |some |my )?logs?\b",
        example="analyse 100k web log lines",
        knobs=(
            Knob(
                "LINES",
                "lines?|requests?|entries|rows?|logs?|hits?",
                low=100,
                high=2_000_000,
                bare=True,
                size=True,
            ),
            Knob("TASKS", TASKS, high=200),
            Knob("TOP", "top|paths?|pages?", high=8),
        ),
    ),
    Recipe(
        program="group_by",
        purpose="Groups {ROWS:,} generated orders by region with Ray Data: count, revenue and average of each.",
        cues=r"\bgroup(?:s|ed|ing)?[- ]?by\b|\baggregat\w+ (?:by|per|a table)\b|\bray data\b|\brevenue (?:by|per)\b|\b(?:sales|orders) (?:by|per) region\b",
        example="Ray Data group-by over 20k orders",
        knobs=(Knob("ROWS", ROWS, low=100, high=2_000_000, bare=True, size=True),),
        mistake=Mistake(
            right='Mean("amount", alias_name="average")',
            wrong='Mean("amount", alias="average")',
            error=r"TypeError: .*unexpected keyword argument 'alias'",
        ),
    ),
    Recipe(
        program="batch_inference",
        purpose="Scores {ROWS:,} synthetic rows in batches of {BATCH_SIZE:,} with {ACTORS} actor(s) that load the model once.",
        cues=r"\bbatch[- ](?:inference|prediction|scoring)\b|\binference\b|\bscore (?:a |the )?(?:synthetic )?(?:data(?:set)?|rows|batches)\b|\bpredict(?:ions?)? (?:on|for|over)\b",
        hints=r"\bray data\b",
        example="batch inference on 10k synthetic rows",
        knobs=(
            Knob("ROWS", ROWS, low=100, high=1_000_000, bare=True, size=True),
            Knob("BATCH_SIZE", "batch|batches|size", low=1, high=50_000),
            Knob("ACTORS", "actors?|workers?|replicas?", high=2),
        ),
    ),
    Recipe(
        program="histogram",
        purpose="Counts {VALUES:,} random values into {BINS} bins in {TASKS} Ray tasks, and draws the histogram.",
        cues=r"\bhistograms?\b|\bplot (?:a |the )?distribution\b|\bdistribution of (?:random )?values\b|\bbar chart\b",
        example="histogram of 1 million values with 40 bins",
        knobs=(
            Knob(
                "VALUES",
                "values?|numbers?|samples?|points?|draws?",
                low=100,
                high=50_000_000,
                bare=True,
                size=True,
            ),
            Knob("BINS", "bins?|bars?|buckets?", low=2, high=500),
            Knob("TASKS", TASKS, high=200),
        ),
    ),
)
