"""Small checkers that combine into descriptions of Slack's JSON, reporting as Slack does."""

from collections.abc import Callable, Collection, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, cast

Json = dict[str, Any]


@dataclass(slots=True)
class Report:
    """What is wrong and where, in Slack's words: `[ERROR] … [json-pointer:/blocks/0/text]`."""

    messages: list[str] = field(default_factory=list[str])

    def add(self, message: str, pointer: str) -> None:
        self.messages.append(f"[ERROR] {message} [json-pointer:{pointer}]")


Check = Callable[[Any, str, Report], None]


def anything(_value: Any, _pointer: str, _report: Report) -> None:
    """For what Slack takes and the stand-in only passes on."""


def boolean(value: Any, pointer: str, report: Report) -> None:
    if not isinstance(value, bool):
        report.add("must be a boolean", pointer)


def number(value: Any, pointer: str, report: Report) -> None:
    if isinstance(value, bool) or not isinstance(value, int | float):
        report.add("must be a number", pointer)


def string(most: int, least: int = 0) -> Check:
    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, str):
            report.add("must be a string", pointer)
        elif len(value) > most:
            report.add(f"must be less than {most + 1} characters", pointer)
        elif len(value) < least:
            report.add(f"must be more than {least - 1} characters", pointer)

    return check


def one_of(*allowed: str) -> Check:
    def check(value: Any, pointer: str, report: Report) -> None:
        if value not in allowed:
            report.add(f"must be a valid enum value: {', '.join(allowed)}", pointer)

    return check


def items(check_item: Check, *, most: int, least: int = 1) -> Check:
    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, list):
            report.add("must provide an array", pointer)
            return
        listed = cast("list[Any]", value)
        if len(listed) > most:
            report.add(f"no more than {most} items allowed", pointer)
        if len(listed) < least:
            report.add(f"no fewer than {least} items allowed", pointer)
        for index, item in enumerate(listed):
            check_item(item, f"{pointer}/{index}", report)

    return check


def shape(
    required: Collection[str] = (),
    more: Mapping[str, Check] | None = None,
    /,
    *,
    any_of: Collection[str] = (),
    **named: Check,
) -> Check:
    """An object with these fields and no others; of `any_of` it needs at least one."""
    fields = {**named, **(more or {})}

    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must provide an object", pointer)
            return
        found = cast("Json", value)
        for name in required:
            if found.get(name) is None:
                report.add(f"missing required field: {name}", pointer)
        if any_of and not any(found.get(name) for name in any_of):
            report.add(f"must define one of: {', '.join(any_of)}", pointer)
        for name, inner in found.items():
            if name == "type" or inner is None:
                continue
            if name in fields:
                fields[name](inner, f"{pointer}/{name}", report)
            else:
                report.add(f"invalid additional property: {name}", pointer)

    return check


def typed(kinds: dict[str, Check], only: Iterable[str] | None = None) -> Check:
    """An object that its `type` tells apart; `only` narrows the kinds to those a place takes."""
    allowed = frozenset(kinds) if only is None else frozenset(only)

    def check(value: Any, pointer: str, report: Report) -> None:
        if not isinstance(value, dict):
            report.add("must provide an object", pointer)
            return
        kind = cast("Json", value).get("type")
        if not isinstance(kind, str) or kind not in allowed:
            report.add(f"unsupported type: {kind}", f"{pointer}/type")
            return
        kinds[kind](value, pointer, report)

    return check


def text(most: int, *kinds: str, least: int = 1) -> Check:
    """A text object; without kinds both plain_text and mrkdwn will do."""
    return typed(
        {
            "plain_text": shape(["text"], text=string(most, least), emoji=boolean),
            "mrkdwn": shape(["text"], text=string(most, least), verbatim=boolean),
        },
        kinds or ("plain_text", "mrkdwn"),
    )


def plain(most: int) -> Check:
    return text(most, "plain_text")
