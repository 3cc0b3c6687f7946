"""The supervisor as the bot reaches it on AgentCore: implements Supervising and Inspecting by one invocation for each request."""

from __future__ import annotations

import asyncio
import hashlib
import logging
import secrets
import threading
from collections.abc import AsyncGenerator, Sequence
from contextlib import aclosing
from functools import partial

from services.agentcore import errors
from services.agentcore.client import RuntimeClient
from services.agentcore.invocation import Invocation
from services.agentcore.wire import (
    Account,
    AttemptEvent,
    Beat,
    Cancel,
    Concluded,
    Event,
    FailedEvent,
    Inspection,
    Spending,
    Staged,
    SupervisorSettings,
    Words,
    Work,
    raised,
)
from services.domain.checkpoints import FROM_THE_START, Resumed
from services.domain.destination import NOWHERE, Destination
from services.domain.parameters import NOTHING_GIVEN, Given
from services.domain.progress import OnStage
from services.domain.values import InputFile, Origin, Program
from services.supervisor.interface import Briefing, Conclusion, OnWords
from services.supervisor.meter import Meter
from services.supervisor.workshop import BuildResult, OnAttempt

_log = logging.getLogger(__name__)
# For what goes on after the last call of a model: a validation, and the way there and back.
_GRACE = 300.0
_NOT_STARTED = (
    errors.RuntimeBusy,
    errors.SessionExpired,
    errors.RuntimeRefused,
    errors.RuntimeMissing,
    errors.RuntimeUnreachable,
)


def session_id(thread: str) -> str:
    """AgentCore's name of a thread's session: always the same, 71 characters, letters, digits and hyphens."""
    return f"raygen-{hashlib.sha256(thread.encode()).hexdigest()}"


class RemoteSupervisor:
    """Asks a runtime on AgentCore; one session there for each thread.

    A refusal that came before any work (throttled, a session that is just ending) is met with another try after each
    of `pauses` (seconds). Nothing else is sent twice: a request that may have begun is called off instead, by a second
    message to the same session. The session itself is not stopped, for the thread's other requests live in it, too.
    """

    def __init__(
        self,
        client: RuntimeClient,
        terms: SupervisorSettings,
        *,
        pauses: Sequence[float] = (1.0, 3.0),
        grace: float = _GRACE,
    ) -> None:
        self._client = client
        self._terms = terms
        self._pauses = pauses
        self._grace = grace

    async def handle(
        self,
        briefing: Briefing,
        on_stage: OnStage,
        meter: Meter | None = None,
        on_words: OnWords | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> Conclusion:
        """Raises RaygenError: what the supervisor ended with over there, or what is wrong with the way there."""
        return await self._ask(briefing, meter or Meter(), on_stage, on_words, on_attempt)

    async def inspect(
        self,
        program: Program,
        on_stage: OnStage,
        files: Sequence[InputFile] = (),
        origin: Origin | None = None,
        given: Given = NOTHING_GIVEN,
        *,
        resumed: Resumed = FROM_THE_START,
        destination: Destination = NOWHERE,
    ) -> BuildResult:
        """Raises RaygenError, as `handle` does."""
        wish = Inspection(
            program=program,
            files=tuple(files),
            origin=origin or Origin(),
            given=given,
            resumed=resumed,
            destination=destination,
        )
        conclusion = await self._ask(wish, Meter(), on_stage)
        if conclusion.made is None:
            raise errors.RuntimeMisunderstood
        return conclusion.made

    async def _ask(
        self,
        wish: Briefing | Inspection,
        meter: Meter,
        on_stage: OnStage,
        on_words: OnWords | None = None,
        on_attempt: OnAttempt | None = None,
    ) -> Conclusion:
        session = session_id(wish.origin.session or secrets.token_hex(16))
        work = Work(wish=wish, terms=self._terms, account=self._account(meter))
        try:
            async with (
                asyncio.timeout(work.account.deadline + self._grace / 10),
                aclosing(self._events(session, work)) as events,
            ):
                async for event in events:
                    match event:
                        case Staged(stage=stage):
                            await on_stage(stage)
                        case Words(text=text) if on_words is not None:
                            await on_words(text)
                        case AttemptEvent(tried=tried) if on_attempt is not None:
                            await on_attempt(tried)
                        case Spending(spent=spent):
                            meter.elsewhere = spent
                        case Concluded(text=text, made=made):
                            return Conclusion(text, made)
                        case FailedEvent():
                            raise raised(event)
                        case Words() | AttemptEvent() | Beat():
                            pass
        except TimeoutError:
            raise errors.RuntimeSilent from None
        raise errors.RuntimeInterrupted

    def _account(self, meter: Meter) -> Account:
        spent = meter.spent
        left = max(meter.budget.wall - spent.seconds, 0.0) + self._grace
        return Account(budget=meter.budget, prices=dict(meter.prices), spent=spent, deadline=left)

    async def _events(self, session: str, work: Work) -> AsyncGenerator[Event]:
        """Until one that ends it; a request that does not come that far is called off."""
        payload = work.model_dump_json().encode()
        for pause in (*self._pauses, None):
            try:
                async with aclosing(self._invoked(session, work, payload)) as events:
                    async for event in events:
                        yield event
            except (errors.RuntimeBusy, errors.SessionExpired):
                if pause is None:
                    raise
                await asyncio.sleep(pause)
            else:
                return

    async def _invoked(self, session: str, work: Work, payload: bytes) -> AsyncGenerator[Event]:
        invocation = Invocation(partial(self._client.invoke, session, payload))
        over = False
        try:
            async for event in invocation:
                over = isinstance(event, Concluded | FailedEvent)
                yield event
                if over:
                    return
        except _NOT_STARTED:
            over = True
            raise
        finally:
            invocation.close()
            if not over and (task := work.wish.origin.task):
                # Whether the runtime hears of a connection that ends is for the service between to decide.
                threading.Thread(target=self._call_off, args=(session, task), daemon=True).start()

    def _call_off(self, session: str, task: str) -> None:
        try:
            with self._client.invoke(session, Cancel(cancel=task).model_dump_json().encode())["response"]:
                pass
        except Exception as error:  # noqa: BLE001  # it was worth a try; the work has its own deadline
            _log.info("could not cancel %s: %s", task, type(error).__name__)
