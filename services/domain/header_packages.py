"""Adds requirements to the header of a program."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

from services.domain.program_header import HEADER, blocks
from services.domain.untrusted_data import from_toml

_KEY = re.compile(r"dependencies[\t ]*=")


def with_packages(code: str, packages: Iterable[str]) -> str:
    """`code` whose header requires these, too, after what it requires already; one that can't be read stays as it is."""
    wanted = list(dict.fromkeys(packages))
    if not wanted:
        return code
    headers = blocks(code)
    if not headers:
        block = "\n".join(["# /// script", *(f"# {line}" for line in _array(wanted)), "# ///"])
        separator = "" if code.startswith("\n") else "\n"
        return f"{block}\n{separator}{code}"
    old = headers[0]
    new = _merged(old, wanted)
    if len(headers) > 1 or new is None:
        return code
    before = "".join(f"#{' ' + line if line else ''}\n" for line in old)
    after = "".join(f"#{' ' + line if line else ''}\n" for line in new)
    return code.replace(before, after, 1)


def _merged(lines: list[str], wanted: list[str]) -> list[str] | None:
    if sum(map(len, lines)) > HEADER:
        return None
    try:
        found = from_toml("\n".join(lines))
    except ValueError:
        return None
    declared = found.get("dependencies", [])
    if not isinstance(declared, list) or not all(isinstance(each, str) for each in declared):  # pyright: ignore[reportUnknownVariableType]
        return None
    there = [str(each) for each in declared]  # pyright: ignore[reportUnknownVariableType, reportUnknownArgumentType]
    known = {_name(each) for each in there}
    merged = _array([*there, *(each for each in wanted if _name(each) not in known)])
    begin = next((at for at, line in enumerate(lines) if _KEY.match(line)), None)
    if "dependencies" not in found or begin is None:
        # What belongs to no table comes before the first one.
        return None if "dependencies" in found else [*merged, *lines]
    for end in range(begin + 1, len(lines) + 1):
        try:
            from_toml("\n".join(lines[begin:end]))
        except ValueError:
            continue
        return [*lines[:begin], *merged, *lines[end:]]
    return None


def _array(packages: list[str]) -> list[str]:
    return ["dependencies = [", *(f"  {json.dumps(each, ensure_ascii=False)}," for each in packages), "]"]


def _name(requirement: str) -> str:
    try:
        return canonicalize_name(Requirement(requirement).name)
    except InvalidRequirement:
        return requirement
