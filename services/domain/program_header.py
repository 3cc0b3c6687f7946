"""The header of a program, by PEP 723: what it needs besides its code.

    # /// script
    # requires-python = ">=3.11"
    # dependencies = ["polars>=1.0"]
    # [tool.raygen]
    # resources = { CPU = 2 }
    # wall = 3600
    # hosts = ["api.example.com"]
    # [tool.raygen.parameters]
    # rows = { default = 10_000_000, validation = 10_000, min = 1, help = "rows to simulate" }
    # [tool.raygen.data]
    # sales = "read"
    # [tool.raygen.secrets]
    # WANDB_API_KEY = "tracks the experiment"
    # ///

Source: https://packaging.python.org/en/latest/specifications/inline-script-metadata/

A header is parsed once, when a proposal is made, and is stored with it. Its size is limited before anything is parsed,
since some parsers take quadratic time.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Annotated

from packaging.requirements import InvalidRequirement, Requirement
from packaging.specifiers import InvalidSpecifier, SpecifierSet
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from services.domain.connections import Access
from services.domain.parameters import TEXT, Parameter
from services.domain.untrusted_data import from_toml

_START, _END = "# /// script", "# ///"
# In characters. Dotted keys of that length take tomllib some 40 ms; ten times as many take a hundred times as long.
HEADER = 4096
_REQUIREMENT = 300
_LONGEST_HOST = 253
ACCESSES = {
    "read": frozenset({Access.READ}),
    "write": frozenset({Access.WRITE}),
    "read and write": frozenset(Access),
}
"""What a program can do with a data connection, by the words of a header."""
_SHOWN = 100
# What a requirement may hold once it is normalized: nothing that pip or a shell reads as something else, such as `$` or `#`.
_PLAIN = frozenset("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._-+*!<>=~,;[]()'\" ")
_RESOURCE = re.compile(r"\w[\w.:-]{0,60}")
_HOST = re.compile(
    r"(?:\*\.)?[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?(?:\.[a-z0-9_](?:[a-z0-9_-]*[a-z0-9_])?)*(?::[0-9]{1,5})?"
)
_CONNECTION = re.compile(r"[A-Za-z][\w.-]{0,99}")
_VARIABLE = re.compile(r"[A-Z_][A-Z0-9_]{0,99}", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class DataUse:
    """A data connection that a program uses, by name."""

    name: str
    access: frozenset[Access]

    @property
    def writes(self) -> bool:
        return Access.WRITE in self.access


@dataclass(frozen=True, slots=True)
class SecretUse:
    """A secret that a program needs, by the name of its environment variable, and what for."""

    name: str
    purpose: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Script:
    """What a program's header declares."""

    packages: tuple[str, ...] = ()
    """Packages that it needs, as requirements."""
    requires_python: str = ""
    """The versions of Python that it runs on, as a specifier such as `>=3.11`; empty where it does not say."""
    resources: Mapping[str, float] = field(default_factory=dict[str, float])
    """What its driver itself asks for: `CPU`, `GPU`, `memory` in bytes, or custom names."""
    wall: float | None = None
    """How many seconds it expects to take, where it says so."""
    parameters: tuple[Parameter, ...] = ()
    """Values that people choose, in the order of the header."""
    hosts: tuple[str, ...] = ()
    """Network hosts that it calls on its target, in lower case, such as `api.example.com`, `*.example.com` or `db:5432`."""
    data: tuple[DataUse, ...] = ()
    """Data connections that it uses."""
    secrets: tuple[SecretUse, ...] = ()
    """Secrets that it needs."""
    problem: str = ""
    """What is wrong with the header, for the person who wrote it; then there is nothing else."""


def script(code: str) -> Script:
    """The header of a program; an empty Script where it has none. The time it takes is linear in the length of the code."""
    headers = blocks(code)
    if not headers:
        return Script()
    if len(headers) > 1:
        return Script(problem="Its header has more than one `script` block.")
    toml = "\n".join(headers[0])
    if len(toml) > HEADER:
        return Script(problem=f"Its `script` block has more than {HEADER} characters. Shorten it.")
    try:
        found = from_toml(toml)
    except ValueError as error:
        return Script(problem=f"Its `script` block is not valid TOML: {_short(str(error))}.")
    return _read(found)


def blocks(code: str) -> list[list[str]]:
    """The lines of each block, without their `# `. A block ends at the last `# ///` of the comment it begins in."""
    lines = code.replace("\r\n", "\n").replace("\r", "\n").split("\n")
    found: list[list[str]] = []
    at = 0
    while at < len(lines):
        first, at = lines[at], at + 1
        if first.rstrip(" \t") != _START:
            continue
        begin, end = at, 0
        while at < len(lines) and (lines[at] == "#" or lines[at].startswith("# ")):
            if lines[at].rstrip(" \t") == _END:
                end = at
            at += 1
        if end > begin:
            found.append([line[2:] for line in lines[begin:end]])
    return found


_Text = Annotated[str, Field(max_length=TEXT)]
_Number = Annotated[float, Field(allow_inf_nan=False)]


class _Parameter(BaseModel):
    model_config = ConfigDict(extra="forbid")

    default: bool | int | float | _Text
    validation: bool | int | float | _Text | None = None
    min: _Number | None = None
    max: _Number | None = None
    choices: list[bool | int | float | _Text] = Field([], max_length=50)
    help: str = Field("", max_length=200)


class _RaygenTable(BaseModel):
    parameters: Annotated[dict[str, _Parameter], Field(max_length=20)] = {}
    resources: dict[str, Annotated[float, Field(ge=0, lt=1e15)]] = {}
    wall: Annotated[float, Field(gt=0, lt=1e9)] | None = None
    hosts: Annotated[list[str], Field(max_length=20)] = []
    data: Annotated[dict[str, str], Field(max_length=20)] = {}
    secrets: Annotated[dict[str, Annotated[str, Field(max_length=200)]], Field(max_length=20)] = {}


class _Tools(BaseModel):
    raygen: _RaygenTable = _RaygenTable()


class _Header(BaseModel):
    requires_python: str = Field("", alias="requires-python", max_length=100)
    dependencies: list[str] = Field([], max_length=50)
    tool: _Tools = _Tools()


def _read(found: Mapping[str, object]) -> Script:
    try:
        header = _Header.model_validate(found, strict=True)
    except ValidationError as error:
        return Script(problem=_invalid(error))
    packages: list[str] = []
    for text in header.dependencies:
        package = _package(text)
        if package is None:
            return Script(
                problem=f"It requires the package {_short(text)!r}, but only names with versions can be installed."
            )
        packages.append(package)
    resources = header.tool.raygen.resources
    strange = next((name for name in resources if not _RESOURCE.fullmatch(name)), None)
    if strange is not None:
        return Script(problem=f"It requests {_short(strange)!r}, which isn't a resource name.")
    try:
        SpecifierSet(header.requires_python)
    except InvalidSpecifier:
        return Script(
            problem=f"Its `requires-python` {_short(header.requires_python)!r} isn't a version specifier, such as `>=3.11`."
        )
    parameters: list[Parameter] = []
    for name, declared in header.tool.raygen.parameters.items():
        parameter = _parameter(name, declared)
        if isinstance(parameter, str):
            return Script(problem=parameter)
        parameters.append(parameter)
    script = Script(
        packages=tuple(packages),
        requires_python=header.requires_python,
        resources=resources,
        wall=header.tool.raygen.wall,
        parameters=tuple(parameters),
    )
    return _with_reach(script, header.tool.raygen)


def _with_reach(script: Script, table: _RaygenTable) -> Script:
    """With the hosts, data connections and secrets that it declares, or with what is wrong with them."""
    hosts = tuple(dict.fromkeys(host.lower() for host in table.hosts))
    strange = next((host for host in hosts if len(host) > _LONGEST_HOST or not _HOST.fullmatch(host)), None)
    if strange is not None:
        advice = "Name hosts only, such as `api.example.com`, without `https://` or a path."
        return Script(problem=f"Its `hosts` include {_short(strange)!r}. {advice}")
    for name, access in table.data.items():
        if not _CONNECTION.fullmatch(name):
            return Script(problem=f"It uses {_short(name)!r}, which isn't the name of a data connection.")
        if access not in ACCESSES:
            can = ", ".join(f"`{each}`" for each in ACCESSES)
            return Script(
                problem=f"Its data connection {name!r} has the access {_short(access)!r}. It can be {can}."
            )
    strange = next((name for name in table.secrets if not _VARIABLE.fullmatch(name)), None)
    if strange is not None:
        return Script(
            problem=f"It needs the secret {_short(strange)!r}, which isn't the name of an environment variable."
        )
    return replace(
        script,
        hosts=hosts,
        data=tuple(DataUse(name, ACCESSES[access]) for name, access in table.data.items()),
        secrets=tuple(SecretUse(name, purpose) for name, purpose in table.secrets.items()),
    )


def _invalid(error: ValidationError) -> str:
    problem, kinds = error.errors()[0], {each["type"] for each in error.errors()}
    kind = "string_too_long" if "string_too_long" in kinds else problem["type"]
    where = _short(".".join(str(part) for part in problem["loc"]))
    return (
        _of_parameter(problem["loc"], kind) or f"Its `script` block is invalid at {where}: {problem['msg']}."
    )


def _of_parameter(where: Sequence[int | str], kind: str) -> str:
    """What is wrong with a parameter's declaration, as a sentence; empty where it isn't about one."""
    name, *key = [str(each) for each in where[3:5]] or [""]
    if list(where[:3]) != ["tool", "raygen", "parameters"] or not name:
        return ""
    shown = f"Its parameter {_short(name)!r}"
    if not key:
        return f"{shown} must be a table with a default, such as `{{ default = 1000 }}`."
    match kind:
        case "missing":
            return f"{shown} needs a `{key[0]}`."
        case "extra_forbidden":
            return f"{shown} has no setting {_short(key[0])!r}. It can have {', '.join(_Parameter.model_fields)}."
        case "string_too_long" | "too_long":
            return f"{shown} has a `{key[0]}` that is too long."
        case _:
            return f"{shown} has a `{key[0]}` of the wrong type."


def _parameter(name: str, declared: _Parameter) -> Parameter | str:
    """The parameter, or what is wrong with it, as a sentence."""
    parameter = Parameter(
        name=name,
        default=declared.default,
        validation=declared.validation,
        min=declared.min,
        max=declared.max,
        choices=tuple(declared.choices),
        help=declared.help,
    )
    if fault := parameter.fault():
        return f"Its parameter {fault}"
    return parameter


def _package(text: str) -> str | None:
    """A requirement in its normal form; None for what is none, is too long, or names a URL, a path or an option."""
    if len(text) > _REQUIREMENT:
        return None
    try:
        found = Requirement(text)
        plain = str(found)
    except (InvalidRequirement, ValueError, RecursionError):
        return None
    # In a requirements file, what begins with a hyphen after a space is an option.
    if found.url is not None or not _PLAIN.issuperset(plain) or " -" in plain:
        return None
    return plain


def _short(text: str) -> str:
    plain = text[:_SHOWN].encode(errors="backslashreplace").decode()
    return plain if len(text) <= _SHOWN else f"{plain}…"
