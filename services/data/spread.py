"""Which few of many to take: spread evenly, over partitions first."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Protocol, TypeVar


class Located(Protocol):
    """A file by its path below a location."""

    @property
    def relative(self) -> str: ...


_File = TypeVar("_File", bound=Located)
_T = TypeVar("_T")


def evenly(items: Sequence[_T], count: int) -> list[_T]:
    """`count` of the items, or all, from the whole of their order."""
    if count >= len(items):
        return list(items)
    return [items[(2 * place + 1) * len(items) // (2 * count)] for place in range(count)]


def over_partitions(files: Sequence[_File], count: int) -> list[_File]:
    """`count` of the files, or all: one of each folder before a second one of any."""
    folders: dict[str, list[_File]] = {}
    for file in files:
        folders.setdefault(file.relative.rpartition("/")[0], []).append(file)
    groups = evenly(list(folders.values()), count)
    chosen = [evenly(group, count) for group in groups]
    rounds = [file for turn in zip_longest(*chosen) for file in turn if file is not None]
    return sorted(rounds[:count], key=lambda file: file.relative)


def shares(total: int, parts: int) -> list[int]:
    """`total` in as many parts, which differ by one at most."""
    return [total // parts + (place < total % parts) for place in range(parts)]


def filled(total: int, available: Sequence[int]) -> list[int]:
    """`total` over parts of which each has so many: the same from each, more where others have less."""
    taken = [0] * len(available)
    while (left := total - sum(taken)) > 0:
        open_ = [place for place, most in enumerate(available) if taken[place] < most]
        if not open_:
            break
        for place, share in zip(open_, shares(left, len(open_)), strict=True):
            taken[place] += min(share, available[place] - taken[place])
    return taken
