"""The evidence of a failed attempt, for the generator, and as one sentence for a person."""

from __future__ import annotations

import re
from xml.sax.saxutils import escape, quoteattr

from services.domain.usage_errors import usage_error
from services.domain.values import Failure, Finding, Outcome, PolicyReport, Verdict
from services.snippets.interface import Snippet
from services.text.formatting import clean

_TAIL = 2000
_CLOSING = re.compile(
    r"</(?=(?:asked_by|attempt|connection|conversation|current_program|data|data_connections|earlier|error|file|last_run|message|output|program|record|request"
    r"|run|secrets|thread_files|validation|value|working_directory)\b)",
    re.IGNORECASE,
)
_HARMLESS = r"<\\/"

_SENTENCES = {
    Verdict.PARTIAL: "it was validated only in part",
    Verdict.TIMED_OUT: "it did not finish in time",
    Verdict.OUT_OF_MEMORY: "it ran out of memory",
    Verdict.OUTPUT_LIMIT: "it printed more than the limit",
    Verdict.KILLED: "it was killed",
    Verdict.NOT_IMPORTABLE: "it imports a package that isn't installed",
    Verdict.NEEDS_HARDWARE: "it needs hardware that isn't available",
    Verdict.REFUSED_BY_POLICY: "the policy blocks it",
    Verdict.UNAVAILABLE: "its outcome is unknown",
    Verdict.UNTRIED: "it was not run",
    Verdict.STOPPED: "it was stopped",
}


def plain(outcome: Outcome) -> str:
    """Why a validation or a run did not pass, in a few words without a full stop."""
    return _reason(outcome).rstrip().removesuffix(".")


def _reason(outcome: Outcome) -> str:
    if outcome.failure is not None and outcome.verdict is not Verdict.PARTIAL:
        return _line(outcome.failure)
    if outcome.verdict in {Verdict.UNAVAILABLE, Verdict.KILLED} and outcome.detail:
        return outcome.detail
    if outcome.verdict in _SENTENCES:
        why = " ".join(outcome.unproven) or outcome.detail
        return _SENTENCES[outcome.verdict] + (f": {why}" if why else "")
    if usage := usage_error(outcome):
        return usage
    return outcome.detail or f"it ended with exit code {outcome.exit_code}"


def for_generator(attempt: int, outcome: Outcome, policy: PolicyReport) -> str:
    """Everything that helps to repair a program, as one tagged text; outputs are marked as data by their tags."""
    parts = [f"<attempt number={quoteattr(str(attempt))} verdict={quoteattr(outcome.verdict)}>"]
    parts += [
        f"<policy{_file(finding)}{_at(finding.line)} grade={quoteattr(finding.grade)}>{escape(finding.message)}</policy>"
        for finding in policy.findings
        if finding.grade != "note"
    ]
    return "\n".join([*parts, *_failing(outcome), "</attempt>"])


def _file(finding: Finding) -> str:
    return f" file={quoteattr(finding.file)}" if finding.file else ""


def of_run(outcome: Outcome) -> str:
    """The same of an approved program's run on the target."""
    verdict = quoteattr(outcome.verdict)
    return "\n".join([f"<last_run verdict={verdict}>", *_failing(outcome), "</last_run>"])


def _failing(outcome: Outcome) -> list[str]:
    parts = [f"<error>{escape(plain(outcome))}</error>"]
    if outcome.failure is not None and outcome.failure.frames:
        frames = "\n".join(f"{frame.place}: {frame.source}" for frame in outcome.failure.frames)
        parts.append(f"<traceback>\n{escape(frames)}\n</traceback>")
    for tag, text in (("output", outcome.stdout), ("stderr", outcome.stderr)):
        if text.strip():
            parts.append(f"<{tag}>\n{escape(text[-_TAIL:])}\n</{tag}>")
    return parts


def enclosed(tag: str, text: str, attributes: str = "") -> str:
    """A text, such as a program, as it is, between tags; it can close neither these nor any other of ours."""
    opening = f"{tag} {attributes}" if attributes else tag
    return f"<{opening}>\n{_CLOSING.sub(_HARMLESS, text)}\n</{tag}>"


def of_snippet(snippet: Snippet) -> str:
    """What a snippet did, for the model; the output is marked as data by its tag."""
    parts = [f"<output>{escape(snippet.output[-_TAIL:])}</output>"] if snippet.output.strip() else []
    if snippet.value is not None:
        parts.append(f"<value>{escape(snippet.value[:_TAIL])}</value>")
    if snippet.error is not None:
        parts.append(f"<error>{escape(snippet.error)}</error>")
    return "\n".join(parts) or "It ran, and printed nothing."


def computed(code: str, snippet: Snippet) -> str:
    """The same for a person, in Markdown: the code, and what it printed and gave."""
    shown = "\n".join(filter(None, (snippet.output.rstrip("\n"), snippet.value)))
    return f"{_fenced(code.strip())}\n{_fenced(shown)}" if shown else _fenced(code.strip())


def _fenced(text: str) -> str:
    """As a code block that nothing in it can end."""
    inner = clean(text)[:_TAIL].replace("```", "'" * 3)
    return f"```\n{inner}\n```"


def signature(outcome: Outcome) -> str:
    """Equal for two attempts that failed alike, so that a repair which changes nothing is noticed."""
    # How long it took until it was stopped is never quite the same.
    return f"{outcome.verdict}:{'' if outcome.verdict is Verdict.TIMED_OUT else plain(outcome)}"


def _at(line: int) -> str:
    return f" line={quoteattr(str(line))}" if line else ""


def _line(failure: Failure) -> str:
    where = f" (in {failure.inside})" if failure.inside else ""
    message = failure.message.strip().splitlines()
    if not message:
        return f"{failure.kind}{where}"
    return f"{failure.kind}: {message[0].removesuffix('.') if where else message[0]}{where}"
