"""Slack in, Slack out: every surface registers its listeners here."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt.app.async_app import AsyncApp

from handlers.listeners import (
    buttons,
    card_modals,
    commands,
    errors,
    home,
    installation,
    messages,
    preferences,
    shortcuts,
    unfurls,
    view_submissions,
)
from handlers.listeners.home import Home
from handlers.listeners.subcommands import Subcommands
from handlers.messaging.courier import Courier
from handlers.slack_api.installations import SlackInstallations
from services.approvals.authorizer import Authorizer
from services.domain.values import PolicyReport
from services.targets.run_links import RunLinks
from services.targets.targets import Targets
from services.usecases import UseCases


def register(
    app: AsyncApp,
    *,
    use_cases: UseCases,
    courier: Courier,
    check: Callable[[str], PolicyReport],
    targets: Targets,
    authorizer: Authorizer,
    links: RunLinks | None = None,
    installations: SlackInstallations | None = None,
) -> None:
    """Attach all listeners to `app`; the catch-alls come last. `installations` are there where workspaces install raygen."""
    subcommands = Subcommands(use_cases=use_cases, courier=courier, targets=targets, authorizer=authorizer)
    tab = Home(use_cases=use_cases, courier=courier, targets=targets)
    errors.register(app, courier)
    installation.register(app, use_cases.requests, installations)
    commands.register(app, use_cases.requests, courier, subcommands)
    messages.register(app, use_cases.requests, courier)
    view_submissions.register(app, use_cases, check)
    shortcuts.register(app, use_cases, check, targets)
    home.register(app, tab)
    unfurls.register(app, use_cases.history, courier, links or RunLinks())
    card_modals.register(app, use_cases.proposals, courier)
    preferences.register(app, use_cases.preferences, courier, tab)
    buttons.register(app, use_cases, courier, tab)
