"""The supervisor's role: answers what needs no program, orders the rest, and closes when it is made."""

from __future__ import annotations

import re

from bot.playground.cookbook import (
    arithmetic,
    changes,
    constants,
    errors,
    evidence,
    generator,
    menu,
    numbers,
    recipes,
    smalltalk,
    sources,
)
from bot.playground.cookbook.dialogue import Answer, Dialogue, Result, Say, Use

TOOL = "write_program"
SNIPPET = "run_python"

_MENTION = re.compile(r"<[@!][^<>]*>|^\s*/raygen\b")
_TAG = re.compile(r"</?(?:output|value)>")
_PASSED = re.compile(r"proposal(?: \S+)? passed: ")
_ASKS_RESULT = re.compile(r"^(?:and )?what (?:was|is|were) the (?:result|output|answer)s?\b", re.IGNORECASE)
_CHANGING = re.compile(
    r"\b(?:instead|use|using|make it|make that|change|set|with|increase|decrease|raise|lower|try|now|again|"
    r"double|twice|halve|half|triple|more|fewer|less|only|seed)\b",
    re.IGNORECASE,
)


def answer(dialogue: Dialogue) -> Answer:
    """A sentence and an order, or an answer in prose."""
    if dialogue.last.results:
        return Answer((Say(_closing(dialogue.last.results[-1])),))
    if reply := errors.explained(dialogue.last.text):
        return Answer((Say(reply),))
    said = _MENTION.sub(" ", evidence.newest_request(dialogue.last.text)).strip()
    prompt = said.partition(f"\n\n{evidence.REWORK}")[0].strip()
    if words := _words(prompt, dialogue):
        return words
    request = _order(prompt, said, dialogue)
    if request is None or TOOL not in dialogue.tools:
        return Answer((Say(menu.no_fit()),))
    engine = {"engine": "spark"} if recipes.fitting(prompt) is recipes.SPARK else {}
    return Answer((Say(_opening(request)), Use(TOOL, {"request": request, **engine})))


def _words(prompt: str, dialogue: Dialogue) -> Answer | None:
    """The answer to what needs no cluster; None when a program is wanted."""
    if not prompt or smalltalk.wants_help(prompt):
        return Answer((Say(menu.introduction()),))
    if _ASKS_RESULT.match(prompt) and (output := evidence.last_output(dialogue.turns)):
        return Answer((Say(f"The last run in this thread printed: {output.splitlines()[-1]}"),))
    if solved := arithmetic.solve(prompt):
        expression, value = solved
        if SNIPPET in dialogue.tools:
            return Answer((Use(SNIPPET, {"code": _snippet(expression)}),))
        return Answer((Say(f"{_question(prompt)} = {value}"),))
    if reply := smalltalk.reply(prompt):
        return Answer((Say(reply),))
    return None


def _order(prompt: str, said: str, dialogue: Dialogue) -> str | None:
    """What to ask the generator for: a recipe's request as it stands, or a change of the thread's program."""
    title = evidence.last_title(dialogue.turns[:-1])
    asked_for = recipes.fitting(prompt)
    known = recipes.by_title(title) if title else None
    if asked_for is not None and (known is None or asked_for is not known[0]):
        return said
    if title is not None and (asked_for is not None or _would_change(prompt, known)):
        return generator.CHANGE.format(title=title, wish=said)
    return said if asked_for is not None else None


def _would_change(prompt: str, known: tuple[recipes.Recipe, str] | None) -> bool:
    """Whether the thread's last program has what this prompt sets."""
    if known is None:
        return bool(_CHANGING.search(prompt) and numbers.quantities(prompt))
    recipe, program = known
    if any(re.search(other.cues, prompt, re.IGNORECASE) for other in recipe.variants):
        return True
    present = constants.read(sources.source(program))
    return bool(changes.asked(prompt, recipe.knobs, recipe.phrases, present))


def _opening(request: str) -> str:
    change = request.startswith(generator.CHANGE.partition("“")[0])
    return (
        "I'll change the program and validate it."
        if change
        else "I'll write a program for that and validate it."
    )


def _closing(result: Result) -> str:
    if _PASSED.search(result.text):
        last = _last_line(result.text)
        return f"Validation passed. Output: “{last}”" if last else "Validation passed."
    if not result.is_error:
        return f"That gives {_TAG.sub('', result.text).strip()}."
    cause = result.text.partition(": ")[2].strip().rstrip(".") or "the validation did not pass"
    return (
        f"I couldn't create a working program: {cause}. "
        "Use smaller numbers or rephrase your request, then press Try again."
    )


def _last_line(text: str) -> str:
    output = re.search(r"<output>(.*?)</output>", text, re.DOTALL)
    lines = (output[1] if output else text.partition("output:")[2]).strip().splitlines()
    return lines[-1].strip()[:120] if lines else ""


def _question(prompt: str) -> str:
    bare = re.sub(
        r"^(?:what(?:'s|’s| is)|whats|how much is|calculate|compute|work out)\s+",
        "",
        prompt,
        flags=re.IGNORECASE,
    )
    return bare.strip(" ?=.!")


def _snippet(expression: str) -> str:
    head = "from math import sqrt\n\n" if "sqrt" in expression else ""
    return f"{head}print({expression})"
