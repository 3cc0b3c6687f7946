"""Puts the pipeline together for an evaluation, with the models that are chosen or with the cookbook."""

from __future__ import annotations

import asyncio
import time
from collections.abc import AsyncGenerator, Sequence
from contextlib import asynccontextmanager
from importlib.metadata import version

from pydantic import SecretStr

from bot import settings as settings_module
from bot.evaluation.case import Case
from bot.evaluation.runner import Runner, Say
from bot.evaluation.score import Evaluation, Subject
from bot.playground.anthropic import ModelStandIn
from bot.settings import Settings
from bot.wiring.agents import metering, open_local_agents
from bot.wiring.environments import environments
from bot.wiring.sandboxes import validating
from services.domain.errors import SealUnavailable, SettingsError
from services.llm.access import Provider
from services.policy import Policy
from services.validation.interface import Validator

COOKBOOK = "cookbook (a rule-based stand-in without a model, as the baseline)"
_HINT = "`raygen eval --cookbook` needs no key and evaluates the playground's rule-based stand-in."
_START = 60.0
_POLL = 0.1


async def evaluate(settings: Settings, cases: Sequence[Case], *, jobs: int, say: Say) -> Evaluation:
    """Evaluate the models that the settings choose. Raises SettingsError and SealUnavailable when nothing can be tried."""
    try:
        settings_module.require_model(settings)
    except SettingsError as error:
        raise SettingsError(f"{error.public} {_HINT}") from None
    return await _evaluated(settings, str(settings.provider), cases, jobs, say)


async def evaluate_cookbook(settings: Settings, cases: Sequence[Case], *, jobs: int, say: Say) -> Evaluation:
    """The same with the cookbook behind the stand-in for the model service, in this process."""
    async with ModelStandIn(pace=0.0).serve() as stand_in:
        changed: dict[str, object] = {
            "provider": Provider.ANTHROPIC,
            "anthropic_api_key": SecretStr("cookbook"),
            "anthropic_base_url": stand_in.url,
            **dict.fromkeys(("model", "generator_model"), "cookbook"),
            "fallback_models": (),
            "prices": {},
        }
        return await _evaluated(settings.model_copy(update=changed), COOKBOOK, cases, jobs, say)


async def _evaluated(
    settings: Settings, provider: str, cases: Sequence[Case], jobs: int, say: Say
) -> Evaluation:
    wider = settings.model_copy(update={"pool_size": max(settings.pool_size, jobs)})
    access = settings_module.require_model(settings)
    check = Policy(settings.policy).check
    async with (
        _ready(wider) as validator,
        open_local_agents(settings, access, check, validator, environments(settings)) as agents,
    ):
        began = time.monotonic()
        scores = await Runner(agents.supervisor, metering(settings), jobs=jobs, say=say).run(cases)
        taken = time.monotonic() - began
    subject = Subject(
        provider, settings.model, settings.generator_model, version("raygen"), settings.validation
    )
    return Evaluation(subject, scores, taken)


@asynccontextmanager
async def _ready(settings: Settings) -> AsyncGenerator[Validator]:
    """The validation once it can be used, so that its start is on no case's account."""
    async with validating(settings) as validator:
        until = time.monotonic() + _START
        while not (readiness := validator.readiness()).ready:
            if time.monotonic() > until:
                raise SealUnavailable(readiness.missing)
            await asyncio.sleep(_POLL)
        yield validator
