"""Settings are validated as a whole: all faults are reported at once."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pydantic import ValidationError

from bot.settings import faults
from bot.settings.settings import NAMES, Settings
from bot.settings.sources import Given, Sources, read
from services.domain.errors import SettingsError

ENV_FILE = Path(".env")


class InvalidSettings(SettingsError):
    """Settings with one sentence for each fault."""

    def __init__(self, sentences: Sequence[str]) -> None:
        self.sentences = tuple(sentences)
        if len(self.sentences) == 1:
            super().__init__(self.sentences[0])
        else:
            lines = "\n".join(f"  {sentence}" for sentence in self.sentences)
            super().__init__(f"{len(self.sentences)} settings are wrong:\n{lines}")


@dataclass(frozen=True, slots=True)
class Examined:
    """Settings as far as they are valid: what is wrong has its default here."""

    settings: Settings
    sources: Sources
    wrong: Mapping[str, str]
    """What is wrong with a setting, by environment variable."""

    @property
    def faults(self) -> list[str]:
        return [*self.sources.faults, *self.wrong.values()]

    @property
    def warnings(self) -> list[str]:
        """One sentence for each name that looks misspelt, and for each setting without effect."""
        return [*self.sources.warnings, *_without_effect(self.settings)]


def load(*, env_file: Path | None = ENV_FILE, **overrides: object) -> Settings:
    """The settings in force; `overrides` are by attribute or variable. Raises InvalidSettings."""
    examined = examine(env_file=env_file, **overrides)
    if examined.faults:
        raise InvalidSettings(examined.faults)
    return examined.settings


def examine(*, env_file: Path | None = ENV_FILE, **overrides: object) -> Examined:
    """As `load`, but faults are returned."""
    sources = read(env_file)
    given = {name: given.text for name, given in sources.given.items()}
    changed = {NAMES.get(name, name): value for name, value in overrides.items()}
    written = {name: given for name, given in sources.given.items() if name not in changed}
    settings, wrong = _validated({**given, **changed}, written)
    return Examined(settings, sources, wrong)


def _without_effect(settings: Settings) -> list[str]:
    amounts = ("budget_money", "daily_money", "user_daily_money")
    unpriced = [
        NAMES[name] for name in amounts if getattr(settings, name) is not None and not settings.prices
    ]
    found = [f"{name} has no effect without RAYGEN_PRICES." for name in unpriced]
    if settings.approvals is not None and settings.approvers:
        found.append("RAYGEN_APPROVERS has no effect because RAYGEN_APPROVALS is set.")
    return found


def _validated(values: dict[str, Any], given: Mapping[str, Given]) -> tuple[Settings, dict[str, str]]:
    try:
        return Settings.model_validate(values), {}
    except ValidationError as error:
        wrong = faults.sentences(error, given)
    settings, _ = _validated({name: value for name, value in values.items() if name not in wrong}, given)
    return settings, wrong
