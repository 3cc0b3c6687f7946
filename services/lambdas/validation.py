"""The validator of those who run programs from AWS Lambda: it asks the function, which asks a Ray cluster."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from pydantic import ValidationError

from services.domain.errors import RaygenError
from services.domain.values import InputFile, Outcome, Verdict
from services.lambdas import errors
from services.lambdas.errors import FunctionError
from services.lambdas.function import Function
from services.lambdas.wire import ValidationAnswer, ValidationEvent, dump_files, load_outcome
from services.validation.elsewhere import Elsewhere, beyond, cut
from services.validation.interface import Setup, ValidationLimits
from services.validation.probe import PART

_PAUSE = 60.0
_IMPATIENCE = 2.0
_WITHOUT_ARGUMENTS = Outcome(
    verdict=Verdict.UNTRIED,
    detail="The validation Lambda ran it without its arguments, which proves nothing. Deploy the Lambda of this version.",
)
_VERDICTS = {"SUCCEEDED": Verdict.PASSED, "STOPPED": Verdict.TIMED_OUT, "UNAVAILABLE": Verdict.UNAVAILABLE}


class LambdaValidator(Elsewhere):
    """Validates by `function`, as an async context manager; `address` is the cluster's, or the function's own choice.

    What keeps a program from doing harm is that cluster's own isolation. A caller that no longer waits for an outcome leaves
    the function to stop the program at its wall limit: nothing can be taken back from Lambda.
    """

    def __init__(
        self, function: Function, *, address: str | None = None, limits: ValidationLimits | None = None
    ) -> None:
        super().__init__(
            "The validation Lambda",
            where=f"by the Lambda {function.name}",
            limits=limits,
            pause=_PAUSE,
            impatience=_IMPATIENCE,
        )
        self._function = function
        self._address = address

    async def problem(self) -> str:
        return (await self._function.readiness(PART)).missing

    async def validate(
        self, code: str, inputs: tuple[InputFile, ...], setup: Setup, limits: ValidationLimits
    ) -> Outcome:
        arguments, without = list(setup.arguments), replace(setup, arguments=())
        if (outcome := beyond(without, "The validation Lambda")) is not None:
            return outcome
        event = ValidationEvent(
            code=code,
            ray_cluster_ip=self._address,
            timeout=limits.wall,
            files=dump_files(inputs),
            arguments=arguments or None,
            details=True,
        )
        try:
            payload = await self._function.invoke(event.model_dump(exclude_none=True))
            outcome = outcome_of(payload, self._function.name)
            ran = outcome.verdict is not Verdict.UNAVAILABLE
            if arguments and ran and payload.get("arguments") != arguments:
                return replace(_WITHOUT_ARGUMENTS, where=self.where)
        except FunctionError as error:
            outcome = Outcome(verdict=Verdict.UNAVAILABLE, detail=error.public)
        return replace(cut(outcome, limits), where=self.where)


def outcome_of(payload: Any, name: str) -> Outcome:
    """The outcome in an answer of the function `name`. Raises FunctionGarbled for another shape.

    An answer passes only when all of it says so, so that no half of one is taken for a success.
    """
    try:
        answer = ValidationAnswer.model_validate(payload)
        outcome = _plain(answer) if answer.details is None else load_outcome(answer.details, answer.output)
    except (ValidationError, RaygenError, ValueError, KeyError, TypeError):
        raise errors.garbled(name) from None
    if outcome.passed != answer.success:
        raise errors.garbled(name)
    return outcome


def _plain(answer: ValidationAnswer) -> Outcome:
    """For a function that returns no details, such as another system's."""
    verdict = _VERDICTS.get(answer.status.upper(), Verdict.FAILED)
    if not answer.success and verdict is Verdict.PASSED:
        verdict = Verdict.FAILED
    return Outcome(verdict=verdict, stdout=answer.output, detail=answer.error or None)
