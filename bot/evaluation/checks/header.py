"""Checks of what a program declares in its header."""

from __future__ import annotations

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from bot.evaluation.checks.check import About, Check
from bot.evaluation.response import Response


def declares_package(name: str) -> Check:
    """A package by its name in the index, whatever its version."""

    def holds(response: Response) -> bool:
        return name in {canonicalize_name(Requirement(text).name) for text in response.header.packages}

    return Check(f"declares the package {name}", About.CODE, holds)


def declares_parameter() -> Check:
    """Some value that people can choose, smaller in validation than in a run."""

    def holds(response: Response) -> bool:
        return any(each.validation not in {None, each.default} for each in response.header.parameters)

    return Check("declares a size with a smaller one for validation", About.CODE, holds)


def declares_choice(*default: object) -> Check:
    """A parameter with one of these defaults."""
    return Check(
        f"declares a parameter of {' or '.join(map(str, default))}",
        About.CODE,
        lambda response: any(each.default in default for each in response.header.parameters),
    )


def declares_wall(least: float) -> Check:
    """That the whole may take so many seconds or more."""
    return Check(
        f"declares a wall of at least {least:,.0f} s",
        About.CODE,
        lambda response: (response.header.wall or 0) >= least,
    )
