"""Monty is asked only what it answers as CPython does, and its answer is taken only where it looks like CPython's."""

from __future__ import annotations

import ast

import pytest

from services.snippets.fitness import agrees, fits
from services.snippets.reading import read


@pytest.mark.parametrize(
    "code",
    [
        "25 * 47",
        "round(2.5)",
        "import math\nmath.sqrt(2)",
        "from collections import Counter\nCounter('aab')",
        "def f(n):\n    return n if n < 2 else f(n - 1) + f(n - 2)\nf(10)",
        "class A:\n    '''Words.'''\n    n = 1\n    def __init__(self): self.x = 1\nA().x",
        "try:\n    1 / 0\nexcept ZeroDivisionError:\n    print('no')",
        "print('banana')",
        "{'a': 1}.items()",
        "round(2.675, 2)",
        "round(2.675, ndigits=2)",
        "len(set('ab')), sorted({3, 1, 2}), 3 in {1, 2}, min({x for x in [2, 1]})",
        "seen = set()\nfor x in [1, 2, 1]:\n    if x not in seen:\n        seen.add(x)\nlen(seen)",
        "import re\nre.findall(r'\\d+', 'a1b22')",
        "import re\nre.sub(r'(\\w+)@(\\w+)', r'\\2 \\1', 'a@b')",
        "def f(xs: list[int]) -> int:\n    match xs:\n        case [x, *_]:\n            return x\nf([1])",
        "1" + " + 1" * 900,
    ],
)
def test_what_monty_may_be_asked(code: str):
    assert fits(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "round(*(2.675, 2))",
        "round",
        "list(map(round, [2.675], [2]))",
        "hasattr('', 'casefold')",
        "try:\n    import statistics\nexcept ImportError:\n    pass",
        "try:\n    f()\nexcept Exception:\n    pass",
        "try:\n    f()\nexcept:\n    pass",
        "try:\n    f()\nexcept (KeyError, AttributeError):\n    pass",
        "try:\n    1 / 0\nexcept ZeroDivisionError as error:\n    print(error)",
        "list({3, 1, 2})",
        "{x for x in 'ab'}",
        "set('ab')",
        "{'a': 1}.keys() & {'a': 2}.keys()",
        "{1: 'a', True: 'b'}",
        "float('nan') in [float('nan')]",
        "seen = set()\nseen.add(3)\nprint(seen)",
        "seen = {1, 2}\nother = seen\nlist(other)",
        "seen = set()\nlist(seen)",
        "seen = set()\ndel seen",
        "sorted({'b', 'a'}, key=len)",
        "len({object()})",
        "sum({0.1, 0.2, 0.3})",
        "class A:\n    return 1",
        "if x:\n    return 1",
        "import re as r\nr.findall('x*', 'axb')",
        "from re import findall\nfindall('x*', 'axb')",
        "import re\nre.compile('x')",
        "import re\nre.findall(pattern, 'axb')",
        "import re\nre.findall('a', 'A', re.I)",
        "import re\nf = re.findall",
        "import re\nre.findall(r'\\w', 'é')",
        "import re\nre.findall(r'\\w', chr(233))",
        "import re\nre.findall(r'\\w', b''.decode())",
        "import re\nre.findall(r'\\w', '\\x1c')",
        "import re\nre.findall(rf'{x}', 'a')",
        "import sys",
        "import os.path",
        "import time",
        "from math import gamma",
        "from math import *",
        "import math\nmath.lgamma(3)",
        "class A:\n    __slots__ = ('x',)",
        "class A:\n    q = D()",
        "class A(B): pass",
        "class A:\n    @property\n    def x(self): return 1",
        "class A:\n    def __get__(self, i, o): return 1",
        "().__class__",
        "__builtins__",
        "return 3",
        "await x",
        "with a: pass",
    ],
)
def test_what_it_may_not(code: str):
    assert not fits(ast.parse(code))


@pytest.mark.parametrize(
    "text", ["", "1175", "0.30000000000000004", "a < b", "1e+22", "-162994642822590.12", "[1, '<b>']"]
)
def test_answers_that_are_taken(text: str):
    assert agrees(text)


@pytest.mark.parametrize(
    "text",
    [
        "<class 'A'>",
        "[<A object at 0x50>]",
        "<function f at 0x2>",
        "<built-in function len>",
        "'\ufffd'",
        "-162994642822590.13",
    ],
)
def test_answers_that_are_asked_again(text: str):
    assert not agrees(text)


@pytest.mark.parametrize("code", ["x = 1\r1 + x", "x = 1\r\n1 + x\r\n", "\ufeffx = 1\n1 + x"])
def test_lines_of_every_kind_are_read(code: str):
    assert read(code).code == "x = 1\n_raygen_value = (1 + x\n)" + "\n" * code.endswith("\n")
    assert read(code).has_value


@pytest.mark.parametrize(
    "pattern",
    [
        *(r"\d+", r"[a-z]+@[a-z.]+", r"(\w+) (\w+)", r"(?P<year>\d{4})-\d\d", r"\bfoo\b", "a|b", r"(?:ab)+c"),
        *(r"\$\d+\.\d{2}", r"[^\s,]+", r"a+?b", r",\s*"),
    ],
)
def test_patterns_that_are_the_same_for_both(pattern: str):
    assert fits(ast.parse(f"import re\nre.findall({pattern!r}, 'text')"))


@pytest.mark.parametrize(
    "pattern",
    [
        *(
            "x*",
            "",
            "a|",
            r"\b",
            "a?",
            "(a)?",
            "a$",
            "^a",
            "[[a]",
            "[a&&b]",
            "[a--b]",
            "(?i)a",
            "a++",
            "(?=a)b",
        ),
        *(r"(a)\1", r"\Aa", r"\Ba", "é", "(b*)+a", "(a?b??)*.", "a{,2}b", "(", "a{1,99999999999}"),
    ],
)
def test_patterns_that_may_not_be(pattern: str):
    assert not fits(ast.parse(f"import re\nre.findall({pattern!r}, 'text')"))


@pytest.mark.parametrize("template", [r"\n", r"\3", r"\g<1>", "$1", r"\10", "\\"])
def test_templates_that_may_not_be(template: str):
    assert not fits(ast.parse(f"import re\nre.sub('(a)', {template!r}, 'text')"))
