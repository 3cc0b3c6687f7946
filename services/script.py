"""What a program says of itself in its header, by PEP 723: packages, and the resources of its driver.

    # /// script
    # dependencies = ["polars>=1.0"]
    # [tool.raygen]
    # resources = { CPU = 2 }
    # wall = 3600
    # ///

Source: https://packaging.python.org/en/latest/specifications/inline-script-metadata/
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Annotated

from pydantic import BaseModel, Field, ValidationError

_BLOCK = re.compile(r"(?m)^# /// script[ \t]*$\s(?P<content>(?:^#(?:| .*)$\s)+)^# ///[ \t]*$")
# A requirement with a version at most: no URLs, no options, no paths.
_REQUIREMENT = re.compile(
    r"[A-Za-z0-9](?:[\w.-]{0,80}[A-Za-z0-9])?(?:\[[\w, -]{1,80}\])?\s*(?:[<>=!~]=?=?\s*[\w.*+!-]{1,40}\s*,?\s*){0,4}"
)
_RESOURCE = re.compile(r"\w[\w.:-]{0,60}")


@dataclass(frozen=True, slots=True)
class Script:
    """Packages as requirements, and what the driver itself asks for (`CPU`, `GPU`, `memory` in bytes, or custom names).

    `wall` is how many seconds it expects to take, where it says so. `problem` says what is wrong with the header, for the
    person who wrote it; then there is nothing else.
    """

    packages: tuple[str, ...] = ()
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    problem: str = ""
    wall: float | None = None


def script(code: str) -> Script:
    """The header of a program; an empty Script where it has none."""
    blocks = list(_BLOCK.finditer(code))
    if not blocks:
        return Script()
    if len(blocks) > 1:
        return Script(problem="It has more than one `script` block in its header.")
    lines = (line.removeprefix("# ").removeprefix("#") for line in blocks[0]["content"].splitlines())
    try:
        told = tomllib.loads("\n".join(lines))
    except tomllib.TOMLDecodeError as error:
        return Script(problem=f"Its `script` block is no TOML: {error}.")
    return _read(told)


class _Own(BaseModel):
    resources: dict[str, Annotated[float, Field(ge=0, lt=1e15)]] = {}
    wall: Annotated[float, Field(gt=0, lt=1e9)] | None = None


class _Tools(BaseModel):
    raygen: _Own = _Own()


class _Header(BaseModel):
    dependencies: list[str] = Field([], max_length=50)
    tool: _Tools = _Tools()


def _read(told: Mapping[str, object]) -> Script:
    try:
        header = _Header.model_validate(told, strict=True)
    except ValidationError as error:
        problem = error.errors()[0]
        where = ".".join(str(part) for part in problem["loc"])
        return Script(problem=f"Its `script` block is wrong at {where}: {problem['msg']}.")
    names = tuple(name.strip() for name in header.dependencies)
    wrong = next((name for name in names if not _REQUIREMENT.fullmatch(name)), None)
    if wrong is not None:
        return Script(
            problem=f"It asks for the package {wrong!r}; only names with versions can be installed."
        )
    resources = header.tool.raygen.resources
    strange = next((name for name in resources if not _RESOURCE.fullmatch(name)), None)
    if strange is not None:
        return Script(problem=f"It asks for {strange!r}, which is no name of a resource.")
    return Script(names, resources, wall=header.tool.raygen.wall)
