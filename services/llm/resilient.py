"""Several models in order of preference, as one that answers whenever any of them can."""

from __future__ import annotations

import asyncio
import random
from collections.abc import Sequence
from typing import Any, Protocol

from services.domain.errors import ModelBusy, ModelInterrupted, ModelUnavailable
from services.llm.circuit import Circuit
from services.llm.interface import LanguageModel, OnText, Reply, Tool, Turn
from services.text.formatting import human_seconds

_TRIES = 4
_PAUSE = 0.2


class NamedModel(LanguageModel, Protocol):
    name: str


class ResilientModel:
    """Implements LanguageModel over `models`, the preferred one first.

    A busy one is left to the circuit and the next one asked; an answer that broke off is asked for again, of the next.
    `deadline` bounds one whole answer; `max_wait` is how long it waits for the first of them to be free again; both in
    seconds.
    """

    def __init__(
        self,
        models: Sequence[NamedModel],
        circuit: Circuit,
        *,
        deadline: float = 180.0,
        max_wait: float = 30.0,
    ) -> None:
        self._models = models
        self._circuit = circuit
        self._deadline = deadline
        self._max_wait = max_wait

    async def reply(
        self,
        *,
        system: str,
        turns: Sequence[Turn],
        tools: Sequence[Tool] = (),
        force: str | None = None,
        on_text: OnText | None = None,
    ) -> Reply:
        request = {"system": system, "turns": turns, "tools": tools, "force": force}
        try:
            async with asyncio.timeout(self._deadline):
                return await self._answer(request, on_text)
        except TimeoutError:
            raise ModelUnavailable("The model took too long to answer. Try again.") from None

    async def _answer(self, request: dict[str, Any], on_text: OnText | None) -> Reply:
        broken = 0
        while True:
            for model in self._models:
                if self._circuit.wait(model.name):
                    continue
                listener = _Restarting(on_text)
                try:
                    reply = await model.reply(**request, on_text=listener if on_text else None)
                except ModelBusy as error:
                    self._circuit.throttled(model.name, error.retry_after)
                    await listener.restart()
                except ModelInterrupted:
                    broken += 1
                    await listener.restart()
                    if broken == _TRIES:
                        raise
                    await asyncio.sleep(_PAUSE * broken)
                else:
                    self._circuit.answered(model.name)
                    return reply
            await self._until_one_is_free()

    async def _until_one_is_free(self) -> None:
        """Raises ModelBusy when that would take longer than a person should be kept waiting."""
        wait = min(self._circuit.wait(model.name) for model in self._models)
        if wait > self._max_wait:
            raise ModelBusy(f"The model is busy. Try again in {human_seconds(wait)}.", retry_after=wait)
        if wait:  # not all at the same moment
            await asyncio.sleep(wait * random.uniform(1.0, 1.25))  # noqa: S311  # no secret


class _Restarting:
    """Hands text on, and takes it back when the answer that it belongs to has broken off."""

    def __init__(self, listener: OnText | None) -> None:
        self._listener = listener
        self._shown = False

    async def __call__(self, text: str) -> None:
        if self._listener is not None:
            self._shown = True
            await self._listener(text)

    async def restart(self) -> None:
        if self._shown and self._listener is not None:
            await self._listener("")
