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
from handlers.listeners.subcommands import Subcommands
from handlers.messaging.courier import Courier
from handlers.slack_api.installations import SlackInstallations
from services.domain.values import PolicyReport
from services.targets.run_links import RunLinks
from services.targets.targets import Targets
from services.usecases.requests import FrontDesk


def register(
    app: AsyncApp,
    desk: FrontDesk,
    courier: Courier,
    check: Callable[[str], PolicyReport],
    targets: Targets,
    *,
    subcommands: Subcommands,
    links: RunLinks | None = None,
    installations: SlackInstallations | None = None,
) -> None:
    """Attach all listeners to `app`; the catch-alls come last. `installations` are there where workspaces install raygen."""
    errors.register(app, courier)
    installation.register(app, desk, installations)
    commands.register(app, desk, courier, subcommands)
    messages.register(app, desk, courier)
    view_submissions.register(app, desk, check)
    shortcuts.register(app, desk, check, targets)
    tabs = home.Home(desk, courier, targets)
    home.register(app, tabs)
    unfurls.register(app, desk, courier, links or RunLinks())
    card_modals.register(app, desk, courier)
    preferences.register(app, desk, courier, tabs)
    buttons.register(app, desk, courier, tabs)
