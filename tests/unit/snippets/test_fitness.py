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
    ],
)
def test_what_monty_may_be_asked(code: str):
    assert fits(ast.parse(code))


@pytest.mark.parametrize(
    "code",
    [
        "round(2.675, 2)",
        "round(2.675, ndigits=2)",
        "round(*(2.675, 2))",
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
        "import re",
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
        "1" + " + 1" * 900,
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
    "text", ["<class 'A'>", "[<A object at 0x50>]", "<function f at 0x2>", "'\ufffd'", "-162994642822590.13"]
)
def test_answers_that_are_asked_again(text: str):
    assert not agrees(text)


@pytest.mark.parametrize("code", ["x = 1\r1 + x", "x = 1\r\n1 + x\r\n", "\ufeffx = 1\n1 + x"])
def test_lines_of_every_kind_are_read(code: str):
    assert read(code).code == "x = 1\n_raygen_value = (1 + x\n)" + "\n" * code.endswith("\n")
    assert read(code).has_value
