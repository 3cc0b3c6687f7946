"""docs/surfaces.md has the pictures that the browser test takes, each with words for those who can't see it."""

from __future__ import annotations

import ast
import re
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = ROOT / "docs" / "surfaces.md"
FOLDER = ROOT / "docs" / "surfaces"
PICTURE = re.compile(r"!\[([^\]]*)\]\(surfaces/([\w-]+)\.png\)")
LARGEST = 2 * 1024 * 1024


def taken() -> list[str]:
    """The names of the pictures, as the browser test gives them to its camera."""
    source = (ROOT / "tests" / "e2e" / "test_surfaces.py").read_text(encoding="utf-8")
    names: list[str] = []
    for node in ast.walk(ast.parse(source)):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr == "picture"
        ):
            name = node.args[0]
            assert isinstance(name, ast.Constant), f"line {node.lineno}: say the picture's name as it is"
            names.append(str(name.value))
    return names


def shown() -> dict[str, str]:
    """Each picture of the page with its alternative text."""
    return {name: words for words, name in PICTURE.findall(PAGE.read_text(encoding="utf-8"))}


def test_the_page_shows_what_the_browser_test_takes_once_each():
    names = [name for _, name in PICTURE.findall(PAGE.read_text(encoding="utf-8"))]
    assert sorted(names) == sorted(taken())
    assert sorted(names) == sorted(set(names))
    assert PAGE.read_text(encoding="utf-8").count("![") == len(names), "there are no other pictures"


def test_the_folder_has_these_pictures_and_no_others():
    assert sorted(path.name for path in FOLDER.iterdir()) == sorted(f"{name}.png" for name in taken())


def test_every_picture_is_described_in_words():
    assert [name for name, words in shown().items() if len(words.split()) < 4] == []


def test_the_pictures_are_light():
    assert sum(path.stat().st_size for path in FOLDER.iterdir()) < LARGEST


def test_the_readme_leads_there():
    assert "(docs/surfaces.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
