"""Asks the cookbook as the product's supervisor and generator do."""

from typing import Any

from bot.playground.cookbook import answer, constants
from bot.playground.cookbook.dialogue import Answer, Dialogue, Result, Say, Turn, Use

SUPERVISOR = frozenset({"write_program"})
GENERATOR = frozenset({"submit_program"})


def supervise(prompt: str, *earlier: tuple[str, str], tools: frozenset[str] = SUPERVISOR) -> Answer:
    """The supervisor's answer to `prompt` after pairs of earlier prompts and answers."""
    turns = [
        Turn(role, text) for pair in earlier for role, text in zip(("user", "assistant"), pair, strict=True)
    ]
    return answer(Dialogue((*turns, Turn("user", prompt)), tools=tools))


def close(report: str, *, is_error: bool = False) -> str:
    """What the supervisor says once the tool has given `report`."""
    turns = (
        Turn("user", "estimate pi"),
        Turn("assistant", "", calls=(Use("write_program", {"request": "estimate pi"}),)),
        Turn("user", results=(Result(report, is_error),)),
    )
    return text(answer(Dialogue(turns, tools=SUPERVISOR)))


def generate(request: str, current: str = "", *evidence: str) -> dict[str, Any] | None:
    """What the generator submits after these pieces of evidence, None when it has nothing."""
    asked = f"<request>{request}</request>"
    if current:
        asked += f"\n<current_program>\n{current}\n</current_program>"
    turns = [Turn("user", asked)]
    for error in evidence:
        turns += [
            Turn("assistant", calls=(Use("submit_program"),)),
            Turn("user", results=(Result(error, True),)),
        ]
    calls = uses(answer(Dialogue(tuple(turns), tools=GENERATOR, forced="submit_program")))
    return dict(calls[0].input) if calls else None


def code(request: str, current: str = "", *evidence: str) -> str:
    submitted = generate(request, current, *evidence)
    assert submitted is not None, f"nothing fits {request!r}"
    return submitted["code"]


def numbers(program: str) -> dict[str, Any]:
    return dict(constants.read(program))


def title(program: str) -> str:
    return constants.title(program)


def text(said: Answer) -> str:
    return "".join(part.text for part in said.parts if isinstance(part, Say))


def uses(said: Answer) -> list[Use]:
    return [part for part in said.parts if isinstance(part, Use)]


def failed(error: str, verdict: str = "failed", attempt: int = 1) -> str:
    """Evidence as the product writes it."""
    escaped = error.replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")
    return f'<attempt number="{attempt}" verdict="{verdict}">\n<error>{escaped}</error>\n</attempt>'
