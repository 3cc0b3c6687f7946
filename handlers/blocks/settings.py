"""A person's own settings, each a menu that holds as soon as it is chosen from."""

from __future__ import annotations

from collections.abc import Sequence

from handlers.blocks import action_ids
from handlers.blocks.mrkdwn import literal
from handlers.blocks.primitives import (
    Block,
    Message,
    context,
    mrkdwn,
    option,
    select,
)
from services.domain.preference import Preference

FIRST = "-"
DIRECT, THREAD = "direct", "thread"


def settings(preference: Preference, targets: Sequence[str], models: Sequence[str] = ()) -> Message:
    """For one person alone; `targets` are those that are open to them, `models` those that they may choose from."""
    return Message("Your settings", [mrkdwn("*Your settings*"), *menus(preference, targets, models)])


def menus(preference: Preference, targets: Sequence[str], models: Sequence[str] = ()) -> list[Block]:
    first = option(f"First available target ({targets[0]})" if targets else "First available target", FIRST)
    places = {FIRST: first, **{name: option(name, name) for name in targets[:99]}}
    news = {
        THREAD: option("In the thread", THREAD),
        DIRECT: option("In the thread and by direct message", DIRECT),
    }
    chosen = places.get(preference.target, first)
    notify = news[DIRECT if preference.direct else THREAD]
    gone = preference.target and preference.target not in places
    return [
        _setting("Default target", select(action_ids.SETTING_TARGET, list(places.values()), chosen)),
        *([context(f"You no longer have access to *{literal(preference.target, 100)}*.")] if gone else []),
        *(_models(preference.model, models) if models else []),
        _setting(
            "Notify me when a run finishes", select(action_ids.SETTING_NEWS, list(news.values()), notify)
        ),
    ]


def _models(chosen: str, models: Sequence[str]) -> list[Block]:
    usual = option("Default models", FIRST)
    offers = {FIRST: usual, **{name: option(name, name) for name in models[:99]}}
    gone = bool(chosen) and chosen not in offers
    menu = select(action_ids.SETTING_MODEL, list(offers.values()), offers.get(chosen, usual))
    return [
        _setting("Model for my requests", menu),
        *([context(f"*{literal(chosen, 100)}* is no longer available.")] if gone else []),
    ]


def _setting(label: str, menu: Block) -> Block:
    return {**mrkdwn(label), "accessory": menu}
