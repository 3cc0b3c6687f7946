"""A program that ended because of its command line, as argparse, click and typer say it.

What they write is the program's own output: it names arguments for people, and decides nothing.
"""

from __future__ import annotations

from services.domain.values import Outcome, Verdict

_USAGE = 2
"""The exit status of a usage error, by the convention that all three follow."""
_TAIL = 4000
_SAID = 200
_REQUIRED = "the following arguments are required: "
_MISSING = ("Missing option ", "Missing argument ", "Missing parameter: ")


def usage_error(outcome: Outcome) -> str:
    """What was wrong with the arguments, in a few words without a full stop; empty where the program ended otherwise."""
    if outcome.verdict is not Verdict.FAILED or outcome.exit_code != _USAGE or outcome.failure is not None:
        return ""
    # The target mixes both streams.
    written = "\n".join((outcome.stdout[-_TAIL:], outcome.stderr[-_TAIL:]))
    lines = [line.strip(" │|") for line in written.splitlines()]
    usage = next((at for at, line in enumerate(lines) if line.lower().startswith("usage:")), None)
    if usage is None:
        return ""
    said = next((found for line in reversed(lines[usage:]) if (found := _said(line))), "")
    return _words(said[:_SAID].rstrip(". ")) if said else ""


def _said(line: str) -> str:
    if line.startswith((*_MISSING, "No such option", "Invalid value for ", "Got unexpected extra argument")):
        return line
    if line.startswith("Error: "):
        return line.removeprefix("Error: ")
    _, found, message = line.partition(": error: ")
    return message if found else ""


def _words(said: str) -> str:
    if said.startswith(_REQUIRED):
        return f"it needs arguments: {said.removeprefix(_REQUIRED)}"
    if missing := next((each for each in _MISSING if said.startswith(each)), ""):
        name = said.removeprefix(missing).partition(". ")[0]
        return f"it needs arguments: {name.replace(chr(39), '')}"
    return f"it rejects its arguments: {said}"
