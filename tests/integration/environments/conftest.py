"""An index on loopback, and environments that get their packages from it alone."""

from __future__ import annotations

from collections.abc import Callable, Generator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from services.domain.locks import Lock
from services.environments.interface import Environment, Needs
from services.environments.terms import Index, Terms
from services.environments.uv_environments import UvEnvironments
from tests.package_index import PackageIndex


@pytest.fixture
def index() -> Generator[PackageIndex]:
    with PackageIndex() as served:
        yield served


@dataclass
class Place:
    """Environments below `root`, and what was said of their progress."""

    root: Path
    terms: Terms
    said: list[str] = field(default_factory=list[str])

    def __post_init__(self) -> None:
        self.environments = UvEnvironments(self.terms, self.root)
        self.environments.open()

    async def say(self, text: str) -> None:
        self.said.append(text)

    async def lock(self, *requirements: str, **needs: object) -> Lock:
        return await self.environments.lock(
            Needs(requirements=requirements, **needs),  # type: ignore[arg-type]
            self.say,
        )

    async def install(self, lock: Lock) -> Environment:
        return await self.environments.install(lock, self.say)

    async def get(self, *requirements: str) -> Environment:
        return await self.install(await self.lock(*requirements))

    def forget_downloads(self) -> None:
        for path in (self.root / "wheels").iterdir():
            path.unlink()

    def left(self) -> list[str]:
        """What is there besides locks and downloads: nothing, after a failure."""
        found = [*(self.root / "ready").iterdir(), *(self.root / "work").iterdir()]
        return [path.name for path in found if path.suffix != ".lock"]


@pytest.fixture
def make(tmp_path: Path, index: PackageIndex) -> Callable[..., Place]:
    """Makes a Place with other terms."""

    def made(root: str = "environments", **terms: object) -> Place:
        return Place(tmp_path / root, Terms(**{"indexes": (Index.parse(index.url),), **terms}))  # type: ignore[arg-type]

    return made


@pytest.fixture
def place(make: Callable[..., Place]) -> Place:
    return make()
