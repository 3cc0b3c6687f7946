"""Every regular expression of the product takes linear time, whatever a person, a model, a program or a file writes.

The patterns are collected from the modules, so that a new one is attacked, too; each by texts made of what it consists of.
"""

from __future__ import annotations

import ast
import functools
import importlib
import pkgutil
import re
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.attacks import attacks, has_possessive_group, patterns_in
from tests.growth import grows_linearly

_ROOT = Path(__file__).parents[2]
_PACKAGES = ("services", "handlers", "bot")
_ATTACKS = 120
_MOST = 4_000
_FUNCTIONS = {"match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
# Not reached by what others write: the operator's own files and commands, recipes and cases that come with raygen.
_OURS = ("bot.bench", "bot.evaluation", "bot.deploy", "bot.playground.cookbook")
# What limits the length before the pattern sees it, in characters.
_LIMITED = {
    "bot.playground.cookbook.arithmetic._QUESTION": 200,
    "bot.mcp_server.envelope._FIRST": 1000,
    # In the stand-in's own process, once for each request of 8,000 characters at most.
    "bot.playground.cookbook.errors._POINTED": 1000,
    "bot.playground.cookbook.evidence._AROUND": 1000,
}
# Patterns that are not constants, or run where the program runs itself.
_ELSEWHERE = {
    "services/execution/transcript.py": "a random mark, escaped",
    "services/snippets/patterns.py": "a snippet's own simple pattern, compiled and matched with the empty text alone",
    "services/security/redaction.py": "the table of kinds, which is collected",
    "services/execution/outgoing.py": "the machine's own files",
    "services/domain/filenames.py": "the names of installed packages",
    "services/driver": "runs beside the program, where it can only slow down itself",
    "bot/bench": "the operator's machine",
    "bot/evaluation": "cases that come with raygen, with limits of their own",
    "bot/playground/cookbook": "recipes over prompts of 8,000 characters at most, in the stand-in's process",
    "bot/settings": "settings",
    "services/policy/grades.py": "settings",
}


def _modules() -> Iterator[str]:
    for package in _PACKAGES:
        for found in pkgutil.walk_packages(importlib.import_module(package).__path__, f"{package}."):
            if not found.name.endswith("__main__"):
                yield found.name


def _collected() -> dict[str, tuple[re.Pattern[Any], frozenset[str]]]:
    """The patterns by where they are, with how they are used: by the methods that are called on their names."""
    found: dict[str, tuple[re.Pattern[Any], frozenset[str]]] = {}
    known: set[int] = set()
    for name in _modules():
        try:
            module = importlib.import_module(name)
        except ModuleNotFoundError:  # of an optional part
            continue
        used = _used(Path(module.__file__)) if module.__file__ else {}
        for variable, value in vars(module).items():
            for path, pattern in patterns_in(value, variable):
                if id(pattern) not in known:
                    known.add(id(pattern))
                    found[f"{name}.{path}"] = pattern, frozenset(used.get(variable, {"search"}))
    return found


@functools.cache
def _nodes(path: Path) -> tuple[ast.AST, ...]:
    return tuple(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))


def _used(path: Path) -> dict[str, set[str]]:
    used: dict[str, set[str]] = {}
    for node in _nodes(path):
        if isinstance(node, ast.Attribute) and node.attr in _FUNCTIONS and isinstance(node.value, ast.Name):
            used.setdefault(node.value.id, set()).add(node.attr)
    return used


PATTERNS = _collected()


def test_the_patterns_are_found():
    assert len(PATTERNS) > 100
    assert {
        "services.text.formatting._ESCAPE",
        "handlers.payloads.message_text._LINK",
        "services.domain.program_header._RESOURCE",
    } <= PATTERNS.keys()
    assert any(path.startswith("services.security.redaction._KINDS[") for path in PATTERNS)


@pytest.mark.parametrize("path", PATTERNS)
def test_a_pattern_takes_linear_time(path: str):
    pattern, used = PATTERNS[path]
    for attack in attacks(pattern, most=_ATTACKS // (5 if path.startswith(_OURS) else 1)):
        for way in used:
            work = _work(pattern, way)
            assert grows_linearly(work, attack.text, most=_LIMITED.get(path, _MOST)), (way, attack)


def _work(pattern: re.Pattern[Any], way: str) -> Callable[[str], object]:
    """All matches where the first one is looked for, since what comes before it costs as much as what comes after."""
    match: Callable[[Any], object] = (
        getattr(pattern, way) if way in {"match", "fullmatch"} else lambda text: list(pattern.finditer(text))
    )
    return (
        (lambda text: match(text.encode("latin-1", "replace")))
        if isinstance(pattern.pattern, bytes)
        else match
    )


def test_no_pattern_hides_in_a_function():
    """There it would be in no inventory."""
    hidden = [
        f"{path.relative_to(_ROOT)}:{node.lineno}"
        for package in _PACKAGES
        for path in sorted((_ROOT / package).rglob("*.py"))
        if not str(path.relative_to(_ROOT)).startswith(tuple(_ELSEWHERE))
        for function in _nodes(path)
        if isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        for node in ast.walk(function)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in {*_FUNCTIONS, "compile"}
    ]
    assert hidden == []


def test_no_pattern_has_a_possessive_group():
    """Python before 3.11.5, such as Debian's, matches them wrongly (python/cpython#106052)."""
    hidden = {
        f"{path.relative_to(_ROOT)}:{node.lineno}": node.args[0].value
        for package in _PACKAGES
        for path in sorted((_ROOT / package).rglob("*.py"))
        for node in _nodes(path)
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.args
        and isinstance(node.args[0], ast.Constant)
        and isinstance(node.args[0].value, str | bytes)
    }
    assert len(hidden) > 100
    assert [where for where, source in hidden.items() if has_possessive_group(source)] == []
    assert [
        path for path, (each, _) in PATTERNS.items() if has_possessive_group(each.pattern, each.flags)
    ] == []
    for source in (r"(?:ab)++", r"(?:b|(c)*+)", r"(?:b|(c))*+", r"x(?>y|z)", rb"(?=(a|b)?+)"):
        assert has_possessive_group(source), source
    for source in (r"[a+]+\++(?:>)+?", r"\d++", rb"(?:[^a]*+b)+"):
        assert not has_possessive_group(source), source


def test_a_pattern_that_backtracks_is_noticed():
    """These tests can fail: at the patterns that this product had once, and at the best known ones."""
    for source, way in (
        (r"(?:a+)+$", "match"),
        (r"\s*(?:[<>=!~]=?=?\s*[\w.*+!-]{1,40}\s*,?\s*){0,4}", "fullmatch"),
        (r"<((?:https?|mailto):[^|>]+)(?:\|([^>]*))?>", "search"),
        (r"(?:<[^>]*|&[a-z]*)$", "search"),
    ):
        pattern = re.compile(source)
        work = _work(pattern, way)
        found = attacks(pattern, most=_ATTACKS)
        assert not all(grows_linearly(work, attack.text, most=_MOST) for attack in found), source
