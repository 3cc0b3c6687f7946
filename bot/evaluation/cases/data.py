"""Tables and texts, some of them from files of the thread."""

from bot.evaluation.case import Group
from bot.evaluation.checks import close_to, table, uses_ray_data, uses_remote_tasks, value
from services.domain.values import InputFile

_group = Group("data")

_SALES = InputFile(
    "sales.csv",
    b"region,product,amount\nnorth,tea,120\nsouth,tea,80\nnorth,coffee,200\neast,tea,50\nsouth,coffee,310\n"
    b"east,coffee,75\nnorth,tea,30\n",
)
_EVENTS = InputFile(
    "events.jsonl",
    b'{"user": "ada", "ms": 120}\n{"user": "bob", "ms": 340}\n{"user": "ada", "ms": 80}\n'
    b'{"user": "cyd", "ms": 205}\n{"user": "bob", "ms": 60}\n{"user": "ada", "ms": 100}\n',
)
_POEM = InputFile(
    "poem.txt",
    b"the sea the sky\nand the wide wide sand\nthe wind and the wave\nwide as the land\n",
)

CASES = (
    _group.program(
        "csv_sums",
        "Add up the amount by region in sales.csv with Ray, and print each region with its total",
        table({"north": 350, "south": 390, "east": 125}),
        files=(_SALES,),
    ),
    _group.program(
        "csv_filter",
        "How many rows of sales.csv have an amount over 100, and what is the sum of their amounts? Use Ray Data",
        value(3),
        value(630),
        uses_ray_data(),
        files=(_SALES,),
    ),
    _group.program(
        "json_means",
        "Print the mean of ms for each user in events.jsonl, computed with Ray",
        table({"ada": 100, "bob": 200, "cyd": 205}, tolerance=0.01),
        files=(_EVENTS,),
    ),
    _group.program(
        "word_count",
        "Count how often each word is in poem.txt, a Ray task for each line, and print the words by frequency",
        table({"the": 6, "wide": 3, "and": 2, "sea": 1}),
        uses_remote_tasks(),
        files=(_POEM,),
    ),
    _group.program(
        "ray_data_map",
        "With Ray Data, take the numbers 0 to 999, double each in batches, and print the sum",
        value(999_000),
        uses_ray_data(),
    ),
    _group.program(
        "ray_data_groups",
        "With Ray Data, make 900 rows with the columns key = i % 3 and x = i (i from 0 to 899), and print the mean of x for "
        "each key",
        close_to(448.5, 0.001),
        close_to(449.5, 0.001),
        close_to(450.5, 0.001),
        uses_ray_data(),
    ),
    _group.program(
        "batch_inference",
        "Batch inference with Ray Data: a model class that is loaded once per actor predicts 3 * x + 1 for x = 0 to 499 with "
        "map_batches; print the sum of the predictions",
        value(374_750),
        uses_ray_data(),
    ),
)
