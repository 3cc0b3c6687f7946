"""What Monty is asked it answers as this Python does: expressions made up at random, and tried in both."""

from __future__ import annotations

import ast
import re
import warnings
from collections.abc import AsyncGenerator, Callable, Iterable, Iterator
from itertools import islice
from random import Random

import pytest
import pytest_asyncio

from services.snippets.fitness import fits
from services.snippets.reading import read
from services.snippets.runner import FallThrough, open_snippets

pytestmark = pytest.mark.asyncio(loop_scope="module")
MANY = 400
AT_ONCE = 50

ATOMS = [
    *(
        "a",
        "b",
        "1",
        " ",
        "-",
        "_",
        ".",
        r"\d",
        r"\w",
        r"\s",
        r"\W",
        r"\D",
        r"\S",
        "[ab]",
        "[^a]",
        "[a-c1-3]",
    ),
    *(
        r"[\d.]",
        r"[^\s,]",
        r"\.",
        r"\b",
        "(a)",
        "(?:ab)",
        r"(\d+)",
        "(?P<n>b+)",
        "(a|b)",
        "(?:a|ab|)",
        r"(\w)+",
    ),
    *(
        "(a|(b))+",
        "^",
        "$",
        "@",
        r"[\w.-]",
        "[-a]",
        "(b*)",
        "(?:(a)|b)+",
        "((a)|b)*",
        "[+*]",
        "(a?b??)*",
        "[&&a]",
    ),
]
MARKS = ["", "", "", "", "+", "*", "?", "+?", "*?", "{2}", "{1,2}", "{0,1}", "{1,}?"]
USES = [
    *("re.findall({0!r}, {1!r})", "re.split({0!r}, {1!r})", "re.sub({0!r}, {2!r}, {1!r})"),
    *("[m.span() for m in re.finditer({0!r}, {1!r})]", "[m.groups() for m in re.finditer({0!r}, {1!r})]"),
    *("re.match({0!r}, {1!r}) is None", "re.fullmatch({0!r}, {1!r}) is None"),
    "[m.groupdict() for m in re.finditer({0!r}, {1!r})]",
]
TEMPLATES = ["x", "", r"<\1>", r"\2\1", "-"]


def patterns(random: Random) -> str:
    pattern = "".join(random.choice(ATOMS) + random.choice(MARKS) for _ in range(random.randint(1, 4)))
    text = "".join(random.choices("aab1  b.c-_,@2\n3xAB", k=random.randint(0, 14)))
    return random.choice(USES).format(pattern, text, random.choice(TEMPLATES))


def numbers(random: Random) -> float:
    near = random.randint(-(10**6), 10**6) / random.choice([2, 4, 8, 16, 100, 200, 1000])
    return random.choice([near, random.uniform(-1, 1) * 10 ** random.randint(-8, 12)])


def rounding(random: Random) -> str:
    return f"round({numbers(random)!r}, {random.randint(0, 12)})"


def formats(random: Random) -> str:
    kind = random.choice(["", ",", "+", ">14", "09"]), random.randint(0, 5), random.choice("feg%")
    kind = kind if kind[2] != "e" else ("", *kind[1:])
    return f"'{{:{kind[0]}.{kind[1]}{kind[2]}}}'.format({numbers(random) / 10**4!r})"


def sets(random: Random) -> str:
    members = random.choices(["1", "2", "1.0", "True", "7", "-3", "1000", "0.5"], k=random.randint(1, 5))
    made = random.choice(["set([{}])", "{{{}}}", "{{x for x in [{}]}}"]).format(", ".join(members))
    return random.choice(["sorted({})", "len({})", "3 in {}", "1 not in {}", "max({})", "min({})"]).format(
        made
    )


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def runner() -> AsyncGenerator[FallThrough]:
    async with open_snippets() as opened:
        yield opened


@pytest.mark.parametrize("seed", range(3))
@pytest.mark.parametrize("made_up", [patterns, rounding, formats, sets])
async def test_both_say_the_same(runner: FallThrough, made_up: Callable[[Random], str], seed: int):
    random, tried = Random(seed), dict[str, str]()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # patterns that no one would write
        while len(tried) < MANY:
            expression = made_up(random)
            if fits(ast.parse(f"import re\n{expression}")):
                tried[expression] = repr(_evaluated(expression))
    for some in batched(tried):
        code = "import re\n" + "".join(
            f"print({expression!r}, '=>', repr({expression}))\n" for expression in some
        )
        assert read(code).simple
        snippet = await runner.run(code)
        assert (snippet.error, snippet.engine) == (None, "monty")
        assert snippet.output.splitlines() == [f"{expression} => {tried[expression]}" for expression in some]


def batched(expressions: Iterable[str]) -> Iterator[list[str]]:
    """As many at once as one snippet holds."""
    left = iter(expressions)
    while some := list(islice(left, AT_ONCE)):
        yield some


def _evaluated(expression: str) -> object:
    return eval(expression, {"re": re})  # made up above
