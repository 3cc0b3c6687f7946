"""What the settings lack for a command that keeps running, all of it at once."""

from __future__ import annotations

from collections.abc import Callable
from typing import Literal

from bot.api.same_machine import on_this_machine
from bot.settings import Settings, require_model, require_supervisor
from bot.wiring import approval_rules, sandboxes
from bot.wiring.clusters import configured
from bot.wiring.files import artifact_store
from bot.wiring.slack_access import require_slack, slack_over_http
from services.domain.errors import SettingsError

Service = Literal["start", "serve", "mcp", "agentcore"]
_Check = Callable[[Settings], object]


def missing(settings: Settings, service: Service) -> list[str]:
    """One sentence for each thing that is missing or doesn't fit; nothing is contacted."""
    sentences: list[str] = []
    for check in _checks(settings, service):
        try:
            check(settings)
        except SettingsError as error:
            sentences.append(error.public)
    return list(dict.fromkeys(sentences))


def require_tokens(settings: Settings) -> None:
    """Raises SettingsError where other machines could use the API without a token."""
    if not settings.tokens and not on_this_machine(settings.api_host):
        raise SettingsError(
            f"RAYGEN_API_HOST={settings.api_host} is reachable from other machines, which requires RAYGEN_API_TOKENS."
        )


def _checks(settings: Settings, service: Service) -> list[_Check]:
    match service:
        case "start":
            return [require_slack, *_bot(settings)]
        case "serve":
            return [slack_over_http, require_tokens, *_bot(settings)]
        case "mcp":
            return [sandboxes.require_validation, sandboxes.require_snippets, artifact_store]
        case "agentcore":
            return [require_model, sandboxes.require_snippets]


def _bot(settings: Settings) -> list[_Check]:
    local = [sandboxes.require_validation, sandboxes.require_snippets]
    own = local if settings.supervisor == "embedded" else []
    return [require_supervisor, *own, _targets, _approvals, artifact_store]


def _targets(settings: Settings) -> None:
    for target in configured(settings).values():
        target.secret()


def _approvals(settings: Settings) -> None:
    if settings.approvals is not None:
        approval_rules.read(settings.approvals, configured(settings))
