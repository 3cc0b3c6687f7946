"""`raygen validate`: one program through policy and validation, without Slack."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import AsyncExitStack

from pydantic import TypeAdapter

from bot.settings import Settings
from bot.wiring.clusters import configured
from bot.wiring.data import supplies
from bot.wiring.environments import packages
from bot.wiring.sandboxes import validating
from services.domain import command_words
from services.domain.errors import BadRequest
from services.domain.input_files import checked
from services.domain.parameters import NOTHING_GIVEN, Given, Value, shown
from services.domain.program_header import script
from services.domain.usage_errors import usage_error
from services.domain.values import InputFile, Outcome, PolicyReport, Touched, Verdict
from services.policy import Policy
from services.supervisor.evidence import plain
from services.text.formatting import clean, human_bytes, human_seconds, plural
from services.validation.examine import Examined, examine
from services.validation.interface import ValidationLease

_OUTCOME = TypeAdapter(Outcome)
_POLICY = TypeAdapter(PolicyReport)
_ARGUMENTS = "Put arguments after --, as in: raygen validate FILE -- --days 7"


def status(examined: Examined) -> int:
    """For the shell: 0 passed, in full or in part, 1 did not pass, 2 could not be validated."""
    if examined.outcome.verdict is Verdict.UNAVAILABLE:
        return 2
    return 0 if examined.outcome.approvable else 1


def given(code: str, chosen: Sequence[str], arguments: Sequence[str]) -> Given:
    """What `NAME=VALUE` pairs and arguments give a program. Raises BadRequest where they don't fit it."""
    header = script(code)
    declared = {each.name: each for each in header.parameters}
    values: dict[str, Value] = {}
    for pair in chosen:
        name, found, text = pair.partition("=")
        if not found:
            raise BadRequest(f"{shown(pair)} isn't a parameter with its value. Write --parameter rows=1000.")
        try:
            values[name] = declared[name].read(text) if name in declared else text
        except ValueError as error:
            raise BadRequest(str(error)) from None
    if values and header.problem:
        raise BadRequest(header.problem)
    return Given.of(header.parameters, values, arguments)


async def examined(
    settings: Settings, code: str, inputs: Sequence[InputFile] = (), given: Given = NOTHING_GIVEN
) -> Examined:
    """Validate `code` beside `inputs` as these settings say, with what is given for it.

    Raises SettingsError for unusable settings, BadRequest for an unusable input.
    """
    files = checked(inputs, settings.inputs)
    async with validating(settings) as validator, AsyncExitStack() as stack:

        async def lease() -> ValidationLease:
            return await stack.enter_async_context(validator.lease(inputs=files))

        check = Policy(settings.policy).check
        own = supplies(settings, list(configured(settings)))
        return await examine(code, check, lease, files, given, packages=packages(settings), supplies=own)


def as_json(examined: Examined) -> str:
    """One object: the outcome's fields, artifacts by name and size, the policy's report, and the program's arguments.

    Output is as a terminal would show it: of a line that is drawn again and again, as a progress bar is, the last state.
    """
    outcome = _OUTCOME.dump_python(examined.outcome, mode="json", exclude={"artifacts": True})
    files = [
        {"name": artifact.name, "media_type": artifact.media_type, "size": artifact.size}
        for artifact in examined.outcome.artifacts
    ]
    arguments = examined.given.of_validation(examined.parameters)
    report = _POLICY.dump_python(examined.policy, mode="json")
    outcome |= {"stdout": clean(examined.outcome.stdout), "stderr": clean(examined.outcome.stderr)}
    return json.dumps(
        {**outcome, "arguments": arguments, "artifacts": files, "policy": report},
        ensure_ascii=False,
        indent=2,
    )


def as_text(examined: Examined) -> str:
    """The verdict, what the program wrote, and the evidence, for a terminal."""
    outcome = examined.outcome
    parts = [_verdict(outcome)]
    if outcome.failure and outcome.failure.frames:
        parts += [f"  {frame.place}: {frame.source}" for frame in outcome.failure.frames]
    parts += [f"  {kind}: {text}" for kind, text in _facts(examined)]
    for title, text in (("stdout", outcome.stdout), ("stderr", outcome.stderr)):
        if text.strip():
            parts += [f"--- {title}", clean(text).rstrip("\n")]
    if outcome.value is not None:
        parts += ["--- value of the last expression", clean(outcome.value)]
    return "\n".join(parts)


def _verdict(outcome: Outcome) -> str:
    word = outcome.verdict.replace("_", " ")
    why = outcome.detail if outcome.detail and outcome.failure is None else plain(outcome)
    how = f". {_ARGUMENTS}" if usage_error(outcome) else ""
    return word if outcome.passed else f"{word}: {clean(why)}{how}"


def _named(touched: Touched, kind: str) -> str:
    names: tuple[str, ...] = getattr(touched, kind)
    more = touched.more.get(kind, 0)
    return ", ".join(names) + (f" and {more:,} more" if more else "")


def _of_run(examined: Examined) -> str:
    """Where they are others."""
    tried, runs = (of(examined.parameters) for of in (examined.given.of_validation, examined.given.of_run))
    return command_words.joined(runs) if runs != tried else ""


def _facts(examined: Examined) -> list[tuple[str, str]]:
    outcome, touched = examined.outcome, examined.outcome.touched
    spent = [human_seconds(outcome.wall)] if outcome.wall is not None else []
    spent += [f"peak {human_bytes(outcome.peak_memory)}"] if outcome.peak_memory else []
    facts = [
        ("arguments", command_words.joined(examined.given.of_validation(examined.parameters))),
        ("a run's arguments", _of_run(examined)),
        ("where", outcome.where),
        ("took", ", ".join(spent)),
        ("tasks", ", ".join(f"{task.name} x{task.count:,}" for task in outcome.tasks)),
        ("resources", ", ".join(f"{amount:g} {name}" for name, amount in outcome.resources.items())),
        ("files", _named(touched, "files")),
        ("hosts", _named(touched, "hosts")),
        ("processes", _named(touched, "processes")),
        ("environment", _named(touched, "environment")),
        ("packages", _named(touched, "packages")),
        ("blocked by the sandbox", _named(touched, "refused")),
        ("not fully observed", ", ".join(outcome.unknown) if outcome.wall is not None else ""),
        ("artifacts", ", ".join(f"{it.name} ({plural(it.size, 'byte')})" for it in outcome.artifacts)),
    ]
    facts += [("note", remark) for remark in outcome.remarks]
    facts += [(f"policy, {finding.grade}", finding.located) for finding in examined.policy.findings]
    return [(kind, clean(text)) for kind, text in facts if text]
