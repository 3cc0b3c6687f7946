"""What a program is given besides its code: the lines of its card, and the form in which a person chooses other values."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from handlers.blocks import action_ids
from handlers.blocks.forms import FIELD_LIMIT, field, form, problem
from handlers.blocks.mrkdwn import literal, plain, shorten
from handlers.blocks.primitives import Block, button, context, mrkdwn, option
from services.domain import command_words
from services.domain.entities import Proposal
from services.domain.errors import BadRequest
from services.domain.parameters import TEXT, Given, Parameter, Value, shown, values
from services.domain.usage_errors import usage_error
from services.proposals import given
from services.security.redaction import hidden, restored

ARGUMENTS = "arguments"
_PARAMETER = "parameter_"
_LINE = 900
_HINT = 500
# Slack's number fields take plain decimals of ordinary size.
_LARGEST = 10**15
_EXAMPLE = "--days 7 --name 'two words'"


def lines(proposal: Proposal) -> list[Block]:
    """What a run gets; with a button for all of it where that is long."""
    found = {"Parameters": given.parameters(proposal), "Arguments": given.arguments(proposal)}
    texts = [f"*{name}:* {literal(text, _LINE)}" for name, text in found.items() if text]
    if not texts:
        return []
    block = mrkdwn("\n".join(texts))
    if any(len(text) > _LINE // 2 for text in found.values()) or _is_cut(proposal):
        value = action_ids.proposal_value(proposal)
        block["accessory"] = button("Show all values", action_ids.PROPOSAL_CODE, value)
    return [block]


def validated(proposal: Proposal) -> list[Block]:
    """With which values it was validated, where these are others."""
    text = given.validated(proposal)
    return [context(f":information_source: {literal(text, _LINE)}")] if text else []


def facts(proposal: Proposal) -> list[str]:
    """The same for the end of a line of facts, shortened."""
    texts = [given.parameters(proposal), given.arguments(proposal)]
    return [f"with {literal(text, 300)}" for text in texts if text]


def buttons(proposal: Proposal) -> list[Block]:
    """The button that opens the form, for a program that has parameters or was given arguments, or lacks some."""
    if proposal.header.parameters:
        label = "Parameters"
    elif proposal.given.arguments:
        label = "Arguments"
    elif usage_error(proposal.validation):
        label = "Add arguments"
    else:
        return []
    return [button(label, action_ids.PROPOSAL_PARAMETERS, action_ids.proposal_value(proposal))]


def choose(proposal: Proposal) -> dict[str, Any]:
    """A form with a field for each parameter, and one for further arguments."""
    error = usage_error(proposal.validation)
    title = literal(proposal.program.title, 120)
    notes = [context(f"*{title}* is validated again with these values, and needs an approval of its own.")]
    notes += [context(f":information_source: The program says that {literal(error, 300)}.")] if error else []
    current = values(proposal.header.parameters, proposal.given.values)
    fields = [_field(each, current[each.name]) for each in proposal.header.parameters]
    blocks = [*notes, *fields, *arguments_field(proposal)]
    return form(action_ids.PARAMETERS_VIEW, "Parameters", "Validate", blocks, proposal.id)


def arguments_field(proposal: Proposal | None = None) -> list[Block]:
    """A field for a command line; none where it would not hold the one that there is, which then stays."""
    words = hidden(command_words.joined(proposal.given.arguments)) if proposal else ""
    if len(words) > FIELD_LIMIT:
        return [
            context(f"The further arguments have {len(words):,} characters, too many for a form. They stay.")
        ]
    element: Block = {
        "type": "plain_text_input",
        "action_id": "text",
        "max_length": FIELD_LIMIT,
        "placeholder": {"type": "plain_text", "text": _EXAMPLE},
    }
    if words:
        element["initial_value"] = words
    label = "Further arguments" if proposal and proposal.header.parameters else "Arguments"
    hint = "What follows the program's name on the command line. Words are split as a shell does; nothing is expanded."
    return [field(ARGUMENTS, label, element, hint) | {"optional": True}]


def chosen(proposal: Proposal, fields: Mapping[str, str]) -> tuple[Given, dict[str, str]]:
    """What a submitted form gives the program, and what is wrong with it, a sentence for each field."""
    current = values(proposal.header.parameters, proposal.given.values)
    found: dict[str, Value] = {}
    errors: dict[str, str] = {}
    for each in proposal.header.parameters:
        block = _block_id(each)
        try:
            found[each.name] = _read(each, fields.get(block), current[each.name])
        except ValueError as error:
            errors[block] = problem(str(error))
    arguments = proposal.given.arguments
    try:
        if ARGUMENTS in fields:
            arguments = command_words.split(restored(fields[ARGUMENTS], command_words.joined(arguments)))
    except BadRequest as refusal:
        errors[ARGUMENTS] = problem(refusal.public)
    if errors:
        return proposal.given, errors
    return Given.of(proposal.header.parameters, found, arguments), {}


def _read(parameter: Parameter, text: str | None, current: Value) -> Value:
    """Raises ValueError with a sentence."""
    if text is None:
        return current
    if parameter.choices:
        named = {str(number): value for number, value in enumerate(parameter.choices)}
        return named.get(text, current)
    return parameter.read(restored(text, current) if isinstance(current, str) else text)


def _is_cut(proposal: Proposal) -> bool:
    """Whether a text among the values is longer than a line shows of it."""
    return any(
        isinstance(value, str) and shown(value).rstrip('"').endswith("…")
        for value in values(proposal.header.parameters, proposal.given.values).values()
    )


def _block_id(parameter: Parameter) -> str:
    return f"{_PARAMETER}{parameter.name}"


def _field(parameter: Parameter, current: Value) -> Block:
    block = field(_block_id(parameter), parameter.name, _element(parameter, current), _hint(parameter))
    return block | {"optional": True} if isinstance(current, str) and not parameter.choices else block


def _element(parameter: Parameter, current: Value) -> Block:
    if parameter.choices:
        options = [option(shown(value), str(number)) for number, value in enumerate(parameter.choices)]
        chosen = options[parameter.choices.index(current)]
        return {
            "type": "static_select",
            "action_id": "chosen",
            "options": options,
            "initial_option": chosen,
        }
    if isinstance(current, bool):
        options = [option("Yes", "yes"), option("No", "no")]
        chosen = options[not current]
        return {
            "type": "radio_buttons",
            "action_id": "chosen",
            "options": options,
            "initial_option": chosen,
        }
    if isinstance(current, str):
        text = hidden(current)
        element: Block = {"type": "plain_text_input", "action_id": "text", "max_length": FIELD_LIMIT}
        return {**element, "initial_value": text} if text else element
    return _number(parameter, current)


def _number(parameter: Parameter, current: float) -> Block:
    limits = {"min_value": parameter.min, "max_value": parameter.max}
    known = [current, *(limit for limit in limits.values() if limit is not None)]
    if any(abs(each) > _LARGEST or len(_decimal(each)) > 20 for each in known):
        return {
            "type": "plain_text_input",
            "action_id": "text",
            "initial_value": str(current),
            "max_length": 100,
        }
    return {
        "type": "number_input",
        "action_id": "text",
        "is_decimal_allowed": not isinstance(parameter.default, int),
        "initial_value": _decimal(current),
        **{name: _decimal(limit) for name, limit in limits.items() if limit is not None},
    }


def _decimal(value: float) -> str:
    """Without an exponent, and without a point where there is nothing behind it."""
    text = format(Decimal(repr(value)), "f")
    return text.removesuffix(".0")


def _hint(parameter: Parameter) -> str:
    words = parameter.help.strip().rstrip(".")
    said = [f"{words[0].upper()}{words[1:]}."] if words else []
    if parameter.min is not None and parameter.max is not None:
        said.append(f"From {shown(parameter.min)} to {shown(parameter.max)}.")
    elif parameter.min is not None:
        said.append(f"At least {shown(parameter.min)}.")
    elif parameter.max is not None:
        said.append(f"At most {shown(parameter.max)}.")
    elif isinstance(parameter.default, str) and not parameter.choices:
        said.append(f"At most {TEXT:,} characters.")
    said.append(f"Default: {shown(parameter.default)}.")
    if parameter.validation is not None:
        said.append(f"Validation always uses {shown(parameter.validation)}.")
    return shorten(plain(" ".join(said)), _HINT)
