"""Slack in, Slack out: every surface registers its listeners here."""

from __future__ import annotations

from collections.abc import Callable

from slack_bolt.app.async_app import AsyncApp

from handlers import (
    actions,
    choices,
    commands,
    errors,
    home,
    installation,
    looks,
    messages,
    modals,
    shortcuts,
    unfurls,
)
from handlers.delivery import Courier
from handlers.subcommands import Subcommands
from handlers.workspaces import SlackInstallations
from services.desk import FrontDesk
from services.links import RunLinks
from services.model import PolicyReport
from services.targets import Targets


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
    modals.register(app, desk, check)
    shortcuts.register(app, desk, check, targets)
    tabs = home.Home(desk, courier, targets)
    home.register(app, tabs)
    unfurls.register(app, desk, courier, links or RunLinks())
    looks.register(app, desk, courier)
    choices.register(app, desk, courier, tabs)
    actions.register(app, desk, courier, tabs)
