"""What several commands share: options, and settings with their warnings."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from bot.settings import Settings
    from bot.wiring.requirements import Service

_log = logging.getLogger(__name__)

json_option = click.option("--json", "as_json", is_flag=True, help="Print JSON.")


def loaded() -> Settings:
    """The settings; what looks misspelt is printed to standard error. Raises InvalidSettings."""
    from bot.settings import InvalidSettings
    from bot.settings.loading import examine

    examined = examine()
    for sentence in examined.warnings:
        click.echo(f"Warning: {sentence}", err=True)
    if examined.faults:
        raise InvalidSettings(examined.faults)
    return examined.settings


def loaded_for_service(service: Service) -> Settings:
    """The settings of a command that keeps running and logs: all that it needs is checked, and secrets leave the environment.

    Raises InvalidSettings.
    """
    from bot import settings
    from bot.runtime import logs
    from bot.settings.loading import examine
    from bot.wiring import requirements

    examined = examine()
    chosen = examined.settings
    faults = [*examined.faults, *([] if examined.faults else requirements.missing(chosen, service))]
    logs.configure(chosen.log_level, text=chosen.log_text == "on")
    for sentence in examined.warnings:
        _log.warning(sentence)
    if faults:
        raise settings.InvalidSettings(faults)
    settings.remove_secrets_from_environment()
    return chosen
