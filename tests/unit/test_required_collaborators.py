"""What decides who may do what is handed in: no constructor falls back to something that permits more."""

from __future__ import annotations

import importlib
import inspect
import pkgutil
import re
from collections.abc import Iterator

import pytest

import handlers
import services
from bot import api, bootstrap, mcp_server
from handlers.messaging.slack_notifier import SlackNotifier
from services.approvals.authorizer import Authorizer
from services.approvals.recorder import Recorder
from services.approvals.rules import ApprovalPolicy
from services.proposals.cards import ProposalCards
from services.proposals.decisions import Decisions
from services.proposals.reminders import Reminders
from services.runs.steps import RunSteps
from services.tasks.admission import Admission
from services.workflows import Workflows

DECIDING = re.compile(
    r"\b(ApprovalPolicy|Authorizer|Recorder|Decisions|Directory|Permissions|Admission|Notifier|Reminders|Retention|RunLimits"
    r"|Preferences|PreferenceRecords|Encryptor)\b"
)
# What runs in other interpreters, and an engine that not every machine has.
ELSEWHERE = (
    "services.validation.inside",
    "services.driver.wrapper",
    "services.snippets.wasm",
    "services.lambdas",
)


def defaults(made: type | object) -> Iterator[str]:
    """The parameters with a default that decide."""
    for parameter in inspect.signature(made).parameters.values():  # type: ignore[arg-type]
        if parameter.default is not parameter.empty and DECIDING.search(str(parameter.annotation)):
            yield parameter.name


def constructors() -> dict[str, type]:
    found: dict[str, type] = {}
    for package in (services, handlers, api, mcp_server):
        for module in pkgutil.walk_packages(package.__path__, f"{package.__name__}."):
            if not module.name.startswith(ELSEWHERE) and not module.name.endswith("__main__"):
                loaded = importlib.import_module(module.name)
                for name, value in vars(loaded).items():
                    if inspect.isclass(value) and value.__module__ == module.name:
                        found[f"{module.name}.{name}"] = value
    return found


def test_no_constructor_has_a_default_for_what_decides():
    made = constructors()
    assert {RunSteps, SlackNotifier, Workflows, Admission, Authorizer, Reminders} <= set(made.values())
    wrong = [
        f"{name}({each})" for name, value in made.items() if _is_plain(value) for each in defaults(value)
    ]
    assert wrong == []
    assert not list(defaults(bootstrap.assemble))


def _is_plain(value: type) -> bool:
    try:
        inspect.signature(value)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize(
    ("made", "names"),
    [
        (Authorizer, {"store", "policy", "directory", "expiry"}),
        (ApprovalPolicy, {"rules"}),
        (RunSteps, {"store", "notifier", "targets", "recorder"}),
        (Decisions, {"store", "notifier", "targets", "authorizer", "recorder"}),
        (Recorder, {"store", "authorizer"}),
        (SlackNotifier, {"preferences"}),
        (ProposalCards, {"store", "targets", "approvals"}),
        (Workflows, {"limits", "retention", "pending"}),
        (Admission, {"limits", "teams"}),
        (Reminders, {"cards", "reminder"}),
    ],
)
def test_these_are_required(made: type, names: set[str]):
    parameters = inspect.signature(made).parameters
    assert {name for name in names if parameters[name].default is inspect.Parameter.empty} == names


def test_without_any_rule_nobody_may_approve():
    assert ApprovalPolicy([]).rule("embedded", "CRAY") is None
