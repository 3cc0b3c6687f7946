"""Gives each test exactly one marker, which says what it starts, and fails one that starts more than its marker says.

The marker is the test's own, or that of a fixture, or that of its folder; the first that there is.
"""

from __future__ import annotations

import sys
from collections.abc import Generator, Sequence
from pathlib import Path

import pytest

from tests.waiting import PATIENCE, Limit

#: From what needs least to what needs most, with the seconds after which a test of the kind fails, and a wait in one.
KINDS = {
    "unit": (60, 30.0),
    "integration": (200, 60.0),
    "sealed": (300, PATIENCE),
    "cluster": (400, PATIENCE),
    "browser": (400, PATIENCE),
}

FIXTURES = {
    "chromium": "browser",
    "sealed": "sealed",
    **dict.fromkeys(("embedded", "hardy", "ordinary", "play", "shared", "weak"), "cluster"),
}

FOLDERS = {
    "tests/unit": "unit",
    "tests/contract": "integration",
    "tests/contract/execution": "cluster",
    "tests/contract/snippets": "sealed",
    "tests/integration": "integration",
    "tests/integration/environments": "sealed",
    "tests/integration/evaluation": "sealed",
    "tests/integration/real_programs": "sealed",
    "tests/integration/execution": "cluster",
    "tests/integration/validation": "sealed",
    "tests/e2e": "cluster",
}

#: Words of a command that show what it starts.
COMMANDS = {
    "bwrap": "sealed",
    "services.execution": "cluster",
    "ray.scripts.scripts": "cluster",
    "playground": "cluster",
    "playwright": "browser",
}

ROOT = Path(__file__).parents[1]


class Watch:
    """Notes each process that the current test starts and that its kind does not cover."""

    def __init__(self) -> None:
        self.allowed: str | None = None
        self.started: list[str] = []

    def __call__(self, event: str, arguments: tuple[object, ...]) -> None:
        if event == "subprocess.Popen" and self.allowed is not None:
            command = [str(word) for word in _words(arguments[1])]
            needs = needed(command)
            if needs is not None and _rank(needs) > _rank(self.allowed):
                self.started.append(f"{' '.join(command)[:100]} ({needs})")


WATCH = Watch()
sys.addaudithook(WATCH)


def needed(command: Sequence[str]) -> str | None:
    """The kind of a test that may start `command`; none if any may."""
    found = [
        kind
        for word in command[:6]
        for part, kind in COMMANDS.items()
        if Path(word).name == part or word.startswith(part + ".") or f"/{part}/" in word
    ]
    return max(found, key=_rank, default=None)


def kind_of(item: pytest.Item) -> str:
    own = [mark.name for mark in item.iter_markers() if mark.name in KINDS]
    if own:
        return own[0]
    fixtures = [FIXTURES[name] for name in getattr(item, "fixturenames", ()) if name in FIXTURES]
    if fixtures:
        return max(fixtures, key=_rank)
    folder = item.path.relative_to(ROOT).parent
    names = [str(folder), *(str(parent) for parent in folder.parents)]
    return next(FOLDERS[name] for name in names if name in FOLDERS)


@pytest.hookimpl(tryfirst=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    for item in items:
        kind = kind_of(item)
        if not any(mark.name == kind for mark in item.own_markers):
            item.add_marker(kind)
        if item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(KINDS[kind][0]))
    # Processes that share the tests begin with what takes longest.
    if items and "workerinput" in items[0].config.__dict__:
        from tests.scheduling import turn  # noqa: PLC0415  # only where pytest-xdist is in use

        items.sort(key=lambda item: (turn(item.nodeid), -_rank(kind_of(item))))


@pytest.hookimpl(wrapper=True)
def pytest_runtest_setup(item: pytest.Item) -> Generator[None]:
    kind = kind_of(item)
    WATCH.allowed, WATCH.started, Limit.seconds = kind, [], KINDS[kind][1]
    return (yield)


@pytest.hookimpl(wrapper=True)
def pytest_runtest_teardown(item: pytest.Item) -> Generator[None]:
    yield
    started, WATCH.allowed = WATCH.started, None
    if started:
        pytest.fail(f"{item.nodeid} is marked {kind_of(item)}, but started: {'; '.join(started)}")


def _words(arguments: object) -> list[object]:
    return list(arguments) if isinstance(arguments, list | tuple) else [arguments]


def _rank(kind: str) -> int:
    return list(KINDS).index(kind)
