"""What is installed where sealed programs run: this interpreter's packages, and those among them that Ray itself needs."""

from __future__ import annotations

import platform
import sys
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from importlib import metadata
from pathlib import PurePosixPath

from packaging.requirements import InvalidRequirement, Requirement
from packaging.utils import canonicalize_name

# The sealed interpreter has imported these before any program.
_ROOTS = ("ray[data,default,serve,train,tune]", "numpy", "pandas", "pyarrow")
# Directories that many packages ship by mistake; nobody imports them.
_ORDINARY = frozenset({"tests", "test", "docs", "doc", "examples", "example", "benchmarks", "scripts", "bin"})
# Python imports the first two at its start; the others are the seal's own.
_OURS = frozenset({"sitecustomize", "usercustomize", "inside", "raygen_driver"})

PYTHON = f"{sys.version_info.major}.{sys.version_info.minor}"
FULL_PYTHON = platform.python_version()
PLATFORM = f"Python {PYTHON} on {platform.system()} {platform.machine()}"


@cache
def installed() -> Mapping[str, str]:
    """The versions of all installed packages by normalized name."""
    return {canonicalize_name(each.name): each.version for each in metadata.distributions() if each.name}


@cache
def needed_by_ray() -> Mapping[str, str]:
    """Ray, what its libraries need and what is preloaded with it, as far as it is installed, with the versions."""
    found: dict[str, str] = {}
    seen: set[tuple[str, str]] = set()
    todo = [Requirement(text) for text in _ROOTS]
    while todo:
        requirement = todo.pop()
        name = canonicalize_name(requirement.name)
        for extra in ("", *requirement.extras):
            if (name, extra) in seen or name not in installed():
                continue
            seen.add((name, extra))
            found[name] = installed()[name]
            todo += needs(name, extra)
    return found


def metadata_of(name: str) -> str:
    """The metadata of an installed package, as its wheel has it."""
    return metadata.distribution(name).read_text("METADATA") or ""


def needs(name: str, extra: str = "") -> Iterator[Requirement]:
    """What an installed package needs here, with one of its extras; without markers, which hold."""
    for text in metadata.requires(name) or ():
        try:
            requirement = Requirement(text)
        except InvalidRequirement:
            continue
        if requirement.marker is None or requirement.marker.evaluate({"extra": extra}):
            requirement.marker = None
            yield requirement


def satisfied(requirement: Requirement, versions: Mapping[str, str] | None = None) -> bool:
    """Whether it is installed here, with its extras, and where `versions` are given also among these."""
    if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
        return True
    name = canonicalize_name(requirement.name)
    for found in (installed(), versions) if versions else (installed(),):
        version = found.get(name)
        if version is None or not requirement.specifier.contains(version, prereleases=True):
            return False
    own = {str(each) for each in needs(name)}
    return all(
        satisfied(each, versions)
        for extra in requirement.extras
        for each in needs(name, extra)
        if str(each) not in own and canonicalize_name(each.name) != name
    )


@cache
def protected() -> Mapping[str, str]:
    """Import paths that no other package may provide, with whose they are: `json`, `ray`, `google/protobuf`.

    A directory without `__init__.py` is shared between packages: only what is below it is protected.
    """
    found = dict.fromkeys(sys.stdlib_module_names, "Python") | dict.fromkeys(_OURS, "the interpreter")
    for name in needed_by_ray():
        paths = [PurePosixPath(str(each)) for each in metadata.files(name) or ()]
        found |= dict.fromkeys(_import_paths(paths), name)
    return found


def _import_paths(paths: Iterable[PurePosixPath]) -> set[str]:
    code = [
        each
        for each in paths
        if each.suffix in {".py", ".so"} and not each.is_absolute() and ".." not in each.parts
    ]
    regular = {each.parent for each in code if each.name == "__init__.py"}
    found: set[str] = set()
    for path in code:
        parents = [parent for parent in reversed(path.parents) if parent.parts]
        top = next((parent for parent in parents if parent in regular), None)
        # Files that lie in a shared directory themselves are modules of it.
        module = top or path.parent / path.name.partition(".")[0]
        if module.parts[0] not in _ORDINARY and not module.parts[0].endswith(
            (".dist-info", ".libs", ".data")
        ):
            found.add(str(module))
            # The directories above are shared, and must stay so.
            found |= {f"{parent}/__init__" for parent in module.parents if parent.parts}
    return found
