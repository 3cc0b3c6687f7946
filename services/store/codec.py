"""Values to JSON columns and back, by pydantic, so that an old row of a wrong shape is an error and never a guess."""

from __future__ import annotations

from typing import Any

from pydantic import TypeAdapter

from services.domain.checkpoints import NO_CHECKPOINTS, Checkpoints
from services.domain.entities import Attachment, Input
from services.domain.locks import NO_LOCK, Lock
from services.domain.parameters import NOTHING_GIVEN, Given
from services.domain.program_header import Script
from services.domain.provisions import NO_PROVISIONS, Provisions
from services.domain.values import (
    Artifact,
    Attempt,
    Outcome,
    PolicyReport,
    Program,
    Spent,
)

_PROGRAM = TypeAdapter(Program)
_HEADER = TypeAdapter(Script)
_POLICY = TypeAdapter(PolicyReport)
_OUTCOME = TypeAdapter(Outcome)
_SPENT = TypeAdapter(Spent)
_ATTACHMENTS = TypeAdapter(tuple[Attachment, ...])
_INPUTS = TypeAdapter(tuple[Input, ...])
_LOCK = TypeAdapter(Lock)
_GIVEN = TypeAdapter(Given)
_CHECKPOINTS = TypeAdapter(Checkpoints)
_PROVISIONS = TypeAdapter(Provisions)
_FAILED = TypeAdapter(tuple[Attempt, ...])
_NO_HEADER = "It was created by an earlier version of raygen. Ask for it again."


def dump_program(program: Program) -> str:
    return _PROGRAM.dump_json(program).decode()


def load_program(text: str) -> Program:
    return _PROGRAM.validate_json(text)


def dump_header(header: Script) -> str:
    return _HEADER.dump_json(header).decode()


def load_header(text: str | None) -> Script:
    """Proposals of earlier versions have none, and can't be run any more."""
    return _HEADER.validate_json(text) if text else Script(problem=_NO_HEADER)


def dump_policy(policy: PolicyReport) -> str:
    return _POLICY.dump_json(policy).decode()


def load_policy(text: str) -> PolicyReport:
    return _POLICY.validate_json(text)


def dump_outcome(outcome: Outcome) -> str:
    """Everything but the artifacts, which have a table of their own."""
    return _OUTCOME.dump_json(outcome, exclude={"artifacts": True}).decode()


def load_outcome(text: str, artifacts: tuple[Artifact, ...] = ()) -> Outcome:
    value: dict[str, Any] = {**_json(text), "artifacts": artifacts}
    return _OUTCOME.validate_python(value, strict=False)


def dump_attachments(attachments: tuple[Attachment, ...]) -> str:
    return _ATTACHMENTS.dump_json(attachments).decode()


def load_attachments(text: str | None) -> tuple[Attachment, ...]:
    return _ATTACHMENTS.validate_json(text) if text else ()


def dump_inputs(inputs: tuple[Input, ...]) -> str:
    return _INPUTS.dump_json(inputs).decode()


def load_inputs(text: str | None) -> tuple[Input, ...]:
    return _INPUTS.validate_json(text) if text else ()


def dump_lock(lock: Lock) -> str:
    return _LOCK.dump_json(lock).decode()


def load_lock(text: str | None) -> Lock:
    return _LOCK.validate_json(text) if text else NO_LOCK


def dump_given(given: Given) -> str:
    return _GIVEN.dump_json(given).decode()


def load_given(text: str | None) -> Given:
    return _GIVEN.validate_json(text) if text else NOTHING_GIVEN


def dump_checkpoints(checkpoints: Checkpoints) -> str:
    return _CHECKPOINTS.dump_json(checkpoints).decode()


def load_checkpoints(text: str | None) -> Checkpoints:
    return _CHECKPOINTS.validate_json(text) if text else NO_CHECKPOINTS


def dump_provisions(provisions: Provisions) -> str:
    return _PROVISIONS.dump_json(provisions).decode()


def load_provisions(text: str | None) -> Provisions:
    return _PROVISIONS.validate_json(text) if text else NO_PROVISIONS


def dump_failed(attempts: tuple[Attempt, ...]) -> str:
    return _FAILED.dump_json(attempts).decode()


def load_failed(text: str | None) -> tuple[Attempt, ...]:
    return _FAILED.validate_json(text) if text else ()


def dump_spent(spent: Spent) -> str:
    return _SPENT.dump_json(spent).decode()


def load_spent(text: str | None) -> Spent:
    """Rows of earlier versions have none."""
    return _SPENT.validate_json(text) if text else Spent()


def _json(text: str) -> dict[str, Any]:
    return TypeAdapter(dict[str, Any]).validate_json(text)
