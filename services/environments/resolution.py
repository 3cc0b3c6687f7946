"""From what a program needs to a lock: uv resolves, and what is there already is left out."""

from __future__ import annotations

import re
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast

from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

from services.domain.errors import PackagesRefused
from services.domain.locks import NO_LOCK, Lock, LockedPackage
from services.domain.untrusted_data import from_toml
from services.environments import refusals, sandbox
from services.environments.interface import Needs, OnProgress
from services.environments.present import PYTHON, installed, needed_by_ray
from services.environments.proxy import IndexProxy, Traffic
from services.environments.reporting import reporting
from services.environments.terms import Terms
from services.text.formatting import human_bytes

_BLOCK = re.compile(
    r"^([a-z0-9](?:[a-z0-9._-]*[a-z0-9])?)==([A-Za-z0-9.+!_-]+)((?: \\\n    --hash=sha256:[0-9a-f]{64})+)$",
    re.MULTILINE,
)
_HASH = re.compile(r"sha256:([0-9a-f]{64})")
_UNPACKED = 2 * 1000**3


@dataclass(frozen=True, slots=True)
class Pinned:
    """One package of a lock's text."""

    name: str
    version: str
    text: str


def parsed(requirements: str) -> list[Pinned]:
    """The packages of a lock's text. Raises ValueError when there is anything else in it, such as an option or a URL."""
    found = [Pinned(each[1], each[2], each[0]) for each in _BLOCK.finditer(requirements)]
    rest = _BLOCK.sub("", requirements)
    if rest.strip() or not found:
        raise ValueError("a lock's text holds something else than versions with hashes")
    return found


async def resolve(
    needs: Needs, terms: Terms, index: IndexProxy, work: Path, *, what: str, on_progress: OnProgress
) -> Lock:
    """The lock for `needs`, with `work` as an empty directory to work in; `what` is reported as progress.

    An index without metadata makes uv download packages, and then the report says how much. Raises PackagesRefused.
    """
    pins = needed_by_ray()
    for requirement in map(Requirement, needs.requirements):
        name = canonicalize_name(requirement.name)
        if name in pins and not requirement.specifier.contains(pins[name], prereleases=True):
            text = f"{requirement.name}{requirement.specifier}"
            raise PackagesRefused(refusals.ray_conflict("The program", text, name, pins[name]))
    _write(work, needs, terms, pins)
    options = ["--python", sys.executable, *index.options, *([] if terms.builds else ["--no-build"])]
    compiling = [sandbox.UV, "pip", "compile", "--quiet", "--no-header", "--no-annotate", *options]
    # These stay as they are, so no index is asked for them, and one without them will do.
    there = frozenset(name for name in pins if not needs.installed or name in needs.installed)
    traffic = Traffic(terms.max_size, there)
    hashes = ["--generate-hashes", "--constraints", "constraints.txt", "-o", "lock.txt", "needs.txt"]
    files = ["--no-deps", "--format", "pylock.toml", "-o", "pylock.toml", "lock.txt"]

    def progress() -> str:
        return f"{what}, {human_bytes(traffic.received)} downloaded" if traffic.received else what

    async with reporting(progress, on_progress):
        ran = await sandbox.run(
            [[*compiling, *hashes], [*compiling, *files]],
            work=work,
            index=index,
            traffic=traffic,
            wall=terms.resolve_wall,
            room=min(terms.max_unpacked, _UNPACKED),
        )
    if ran.status != 0:
        asked = refusals.Asked(ran, traffic, terms, terms.resolve_wall, needs.requirements, pins)
        raise PackagesRefused(refusals.sentence(asked))
    return await _lock(needs, index, traffic, work)


def _write(work: Path, needs: Needs, terms: Terms, pins: Mapping[str, str]) -> None:
    (work / "needs.txt").write_text("".join(f"{line}\n" for line in needs.requirements), encoding="utf-8")
    (work / "constraints.txt").write_text(f"{terms.constraints}\n{_lines(pins)}", encoding="utf-8")
    # uv prefers the versions of an earlier result, where it still finds them.
    (work / "lock.txt").write_text(_lines({**installed(), **needs.installed, **pins}), encoding="utf-8")


def _lines(versions: Mapping[str, str]) -> str:
    return "".join(f"{name}=={version}\n" for name, version in sorted(versions.items()))


async def _lock(needs: Needs, index: IndexProxy, traffic: Traffic, work: Path) -> Lock:
    try:
        pinned = parsed((work / "lock.txt").read_text(encoding="utf-8"))
        wheels = _wheels((work / "pylock.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError):
        raise PackagesRefused(
            "Its packages have no hashes in the index, so they can't be locked. Use others."
        ) from None
    needed = [each for each in pinned if not _there(each, needs)]
    yanked = {url for files in traffic.files.values() for url in (file.url for file in files if file.yanked)}
    asked = {canonicalize_name(Requirement(text).name) for text in needs.requirements}
    packages: list[LockedPackage] = []
    for each in needed:
        url, size = wheels.get(each.name, ("", None))
        address = index.address(url)
        packages.append(
            LockedPackage(
                name=each.name,
                version=each.version,
                size=await index.size(address) if size is None else size,
                yanked=address in yanked,
                asked=each.name in asked,
            )
        )
    if not packages:
        return NO_LOCK
    return Lock(
        requirements="".join(f"{each.text}\n" for each in needed), packages=tuple(packages), python=PYTHON
    )


def _there(package: Pinned, needs: Needs) -> bool:
    """Whether it need not be installed: it is here in this version, and the target has it, as far as that is known.

    Of what Ray needs, the target's own version is the one that its Ray runs with.
    """
    if installed().get(package.name) != package.version:
        return False
    if not needs.installed:
        return True
    there = needs.installed.get(package.name)
    return there is not None and (there == package.version or package.name in needed_by_ray())


def _wheels(text: str) -> dict[str, tuple[str, int | None]]:
    """The file that is installed of each package, and its size where the index says."""
    found: dict[str, tuple[str, int | None]] = {}
    for package in cast("list[dict[str, object]]", from_toml(text).get("packages", [])):
        files = cast("list[dict[str, object]]", package.get("wheels") or [package.get("sdist") or {}])
        url, size = files[0].get("url"), files[0].get("size")
        if isinstance(url, str):
            found[str(package.get("name"))] = url, size if isinstance(size, int) else None
    return found
