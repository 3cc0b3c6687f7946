"""The agent half of raygen: a supervisor that talks, a generator that writes, a workshop that proves."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

_HEADER = "version: "


@dataclass(frozen=True, slots=True)
class Prompt:
    """A system prompt as shipped; `version` is raised whenever its text changes."""

    name: str
    version: int
    text: str

    @property
    def label(self) -> str:
        """Such as `generator-ray@2`, kept with what was made by it."""
        return f"{self.name}@{self.version}"


def prompt(name: str) -> Prompt:
    """The prompt `name` (`supervisor`, `generator-ray` or `generator-spark`). Raises FileNotFoundError."""
    whole = (files("services.supervisor") / "prompts" / f"{name}.md").read_text(encoding="utf-8")
    header, _, text = whole.partition("\n")
    return Prompt(name, int(header.removeprefix(_HEADER)), text.lstrip("\n"))
