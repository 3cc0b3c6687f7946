"""All settings of raygen: each group is a module, and each field documents the environment variable in its alias."""

from bot.settings.loading import ENV_FILE, InvalidSettings, load
from bot.settings.required import require_model, require_supervisor
from bot.settings.settings import GROUPS, Settings, remove_secrets_from_environment

__all__ = [
    "ENV_FILE",
    "GROUPS",
    "InvalidSettings",
    "Settings",
    "load",
    "remove_secrets_from_environment",
    "require_model",
    "require_supervisor",
]
