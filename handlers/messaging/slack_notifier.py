"""Shows in a Slack thread what happens in its session."""

from __future__ import annotations

import asyncio
import logging
from dataclasses import replace

from slack_sdk.errors import SlackApiError

from handlers.blocks import approvals as approval_blocks
from handlers.blocks import live as live_blocks
from handlers.blocks import runs as run_blocks
from handlers.blocks import tasks as task_blocks
from handlers.blocks.evidence import written
from handlers.blocks.live import Live
from handlers.blocks.mrkdwn import plain, shorten, spoken
from handlers.blocks.primitives import CODE_LIMIT, Message
from handlers.messaging.courier import Courier
from handlers.messaging.ports import PreferenceRecords
from handlers.messaging.streams import LiveCards, ThreadPosition
from handlers.payloads import parse
from handlers.slack_api.errors import TROUBLE, code_of
from services.domain.entities import (
    Proposal,
    ProposalStatus,
    Run,
    Session,
    Task,
    TaskKind,
    TaskStatus,
)
from services.domain.errors import BadRequest, Outdated
from services.domain.program_facts import Grant
from services.domain.values import Artifact, Outcome, Verdict, sha256
from services.notifications.events import (
    ApprovalRequested,
    CodeRequested,
    GrantChanged,
    NotebookRequested,
    ProposalChanged,
    ResultShared,
    RunContinues,
    RunEnded,
    RunProgressed,
    RunStarted,
    SessionEvent,
    TaskEnded,
    TaskProgress,
    TaskProgressed,
)
from services.proposals import notebook as notebooks
from services.proposals.cards import ProposalCard
from services.security.redaction import masked
from services.targets.targets import Targets

_log = logging.getLogger(__name__)

# The longest title of a thread and name of a file in a key, in characters.
_TITLE = 80
_NAME = 60
_CLOSED = {"not_in_channel", "channel_not_found", "is_archived", "restricted_action", "missing_scope"}
# Slack error codes of people who can never be messaged.
_OUT_OF_REACH = _CLOSED | {
    "cannot_dm_bot",
    "messages_tab_disabled",
    "user_disabled",
    "user_not_found",
    "user_not_visible",
    "users_not_found",
}


class SlackNotifier:
    """A notifier with one root message per slash command, one card per task and one message per run; files beneath."""

    def __init__(
        self,
        courier: Courier,
        cards: LiveCards,
        targets: Targets,
        *,
        preferences: PreferenceRecords,
    ) -> None:
        self._preferences = preferences
        self._courier = courier
        self._cards = cards
        self._targets = targets
        # A double click must find the file that the first one puts there.
        self._handing_out = asyncio.Lock()

    async def notify(self, event: SessionEvent) -> None:
        """Raises Outdated for a result that has been shared already, and SlackApiError."""
        match event:
            case TaskProgressed(task, _, progress):
                self._cards.show(_card(task.id), _live(task, progress))
            case TaskEnded():
                await self._task_ended(event)
            case ProposalChanged(card):
                await self._proposal_changed(card)
            case ApprovalRequested():
                await self._approval_requested(event)
            case GrantChanged(grant, session):
                await self._grant_changed(grant, session)
            case CodeRequested(proposal, session, user):
                await self._hand_out(proposal.id, _code_file(proposal), session, user)
            case NotebookRequested(owner, notebook, session, user):
                await self._hand_out(owner, notebook, session, user)
            case _:
                await self._notify_of_run(event)

    async def open_task(self, task: Task, session: Session) -> Session:
        begins = not session.thread_ts or task.id == parse.began(session.channel, session.thread_ts)
        title = shorten(plain(" ".join(task.prompt.split())), _TITLE) if begins else ""
        try:
            if not session.thread_ts:
                message = task_blocks.root(task)
                ts = await self._courier.post(f"{session.id}:root", session.channel, "", message)
                session = replace(session, thread_ts=ts)
            if task.unseen or task.kind is TaskKind.CHANGE:
                asked = task_blocks.asked(task)
                await self._courier.post(f"{task.id}:asked", session.channel, session.thread_ts, asked)
            place = replace(_place(task, session), title=title)
            await self._cards.open(_card(task.id), place, _live(task, TaskProgress()))
        except SlackApiError as error:
            if code_of(error) in _CLOSED:
                raise BadRequest(
                    f"raygen can't post in <#{session.channel}>. Invite it with `/invite @raygen` and ask again."
                ) from error
            raise
        return session

    async def _task_ended(self, event: TaskEnded) -> None:
        task, session, card = event.task, event.session, event.card
        if not session.thread_ts or await self._never_shown(task):
            await self._courier.direct(task.user, spoken(task.summary))
            return
        await self._cards.close(_card(task.id), _place(task, session))
        await self._courier.edit(_card(task.id), task_blocks.concluded(task, card, event.spent))
        if card is None or task.status is TaskStatus.CANCELLED:
            return
        proposal = card.proposal
        if len(masked(proposal.program.code)) > CODE_LIMIT or not proposal.runnable:
            await self._upload(session, proposal.id, _code_file(proposal))
        for artifact in proposal.validation.artifacts:
            if artifact.media_type.startswith("image/"):
                await self._upload(session, proposal.id, _renamed(artifact, "validation"))

    async def _never_shown(self, task: Task) -> bool:
        """Whether a request failed before its card was posted, for example where the bot is not in the channel."""
        return task.status is TaskStatus.FAILED and await self._courier.known(_card(task.id)) is None

    async def _proposal_changed(self, card: ProposalCard) -> None:
        proposal, session = card.proposal, card.session
        message = task_blocks.proposed(card)
        await self._edit_where_open(_card(card.task.id), message)
        keys = await self._courier.keys(_asking(proposal))
        if keys and proposal.status is ProposalStatus.OPEN:
            link = await self._courier.link(session.channel, session.thread_ts)
            above = approval_blocks.heading(ApprovalRequested(card), link)
            message = task_blocks.proposed(card, above=above)
        for key in keys:
            await self._edit_where_open(key, message)

    async def _edit_where_open(self, key: str, message: Message) -> None:
        """Edit a card, unless the bot can no longer reach its channel."""
        try:
            await self._courier.edit(key, message)
        except SlackApiError as error:
            if code_of(error) not in _OUT_OF_REACH:
                raise
            _log.warning("%s was not updated: %s", key, code_of(error))

    async def _approval_requested(self, event: ApprovalRequested) -> None:
        proposal, session = event.card.proposal, event.session
        if not event.users and not event.card.approvers:
            return
        link = await self._courier.link(session.channel, session.thread_ts)
        above = approval_blocks.heading(event, link)
        card = task_blocks.proposed(event.card, above=above)
        kind = "ask" if event.by else "remind"
        trouble: Exception | None = None
        for user in event.users:
            try:
                await self._courier.direct_once(f"{_asking(proposal)}{kind}:{user}", user, card)
            except TROUBLE as error:
                _log.info("%s could not be asked: %s", user, error)
                if not (isinstance(error, SlackApiError) and code_of(error) in _OUT_OF_REACH):
                    trouble = error
        note = approval_blocks.requested(event)
        try:
            await self._courier.post(f"{proposal.id}:{kind}", session.channel, session.thread_ts, note)
        except SlackApiError as error:
            if code_of(error) not in _CLOSED:
                raise
            _log.info("a request for an approval was not posted in its thread: %s", code_of(error))
        if trouble is not None:
            # When this is repeated, those who have been asked are not asked again.
            raise trouble

    async def _grant_changed(self, grant: Grant, session: Session) -> None:
        message = approval_blocks.granted(grant)
        await self._courier.post(grant.id, session.channel, session.thread_ts, message)
        if grant.ended_by:
            await self._courier.edit(grant.id, message)

    async def _notify_of_run(
        self, event: RunStarted | RunProgressed | RunContinues | RunEnded | ResultShared
    ) -> None:
        match event:
            case RunStarted(run, proposal, session):
                message = run_blocks.running(run, proposal, link=self._targets.link(run))
                await self._courier.post(run.id, session.channel, session.thread_ts, message)
            case RunProgressed(run, proposal, _, view):
                message = run_blocks.running(run, proposal, view, self._targets.link(run))
                self._courier.edit_soon(run.id, message)
            case RunContinues(run, proposal, session, view, hours):
                message = run_blocks.continues(run, proposal, view)
                key = f"{run.id}:after:{hours}h"
                await self._courier.post(key, session.channel, session.thread_ts, message)
            case RunEnded(run, proposal, session):
                await self._run_ended(run, proposal, session)
            case ResultShared(run, proposal, session, user):
                await self._result_shared(run, proposal, session, user)

    async def _run_ended(self, run: Run, proposal: Proposal, session: Session) -> None:
        outcome = run.outcome or Outcome(verdict=Verdict.UNAVAILABLE)
        await self._courier.edit(run.id, run_blocks.ended(run, proposal, outcome, self._targets.link(run)))
        if run_blocks.too_long(outcome):
            whole = Artifact("output.txt", "text/plain", written(outcome).encode(errors="replace"))
            await self._upload(session, run.id, whole)
        for artifact in outcome.artifacts:
            await self._upload(session, run.id, artifact)
        await self._message_requester(run, proposal, session, outcome)

    async def _message_requester(
        self, run: Run, proposal: Proposal, session: Session, outcome: Outcome
    ) -> None:
        """Send the result to the person who asked for it, if they want direct messages and the thread is not one."""
        user = proposal.requester
        if session.channel.startswith("D"):
            return
        if not (await self._preferences.of(user)).direct:
            return
        link = await self._courier.link(session.channel, session.thread_ts)
        message = run_blocks.ended_elsewhere(run, proposal, outcome, link)
        try:
            await self._courier.direct_once(f"{run.id}:result:{user}", user, message)
        except SlackApiError as error:
            _log.info("%s could not be messaged directly: %s", user, code_of(error))

    async def _result_shared(self, run: Run, proposal: Proposal, session: Session, user: str) -> None:
        outcome = run.outcome or Outcome(verdict=Verdict.UNAVAILABLE)
        link = await self._courier.link(session.channel, session.thread_ts)
        message = run_blocks.shared(run, proposal, outcome, user, link)
        if not await self._courier.once(f"{run.id}:shared", session.channel, "", message):
            raise Outdated("That result has been shared already.")

    async def _hand_out(self, owner: str, file: Artifact, session: Session, user: str) -> None:
        """Put a file into the thread, or show `user` alone where it is there."""
        async with self._handing_out:
            there = await self._courier.known(_file_key(owner, file))
            if there is None:
                await self._upload(session, owner, file)
                return
        link = await self._courier.file_link(there)
        what = "notebook" if file.media_type == notebooks.MEDIA_TYPE else "program"
        text = (
            f"The {what} is already in this thread: <{link}|{file.name}>"
            if link
            else f"The {what} was posted in this thread, but the file has been deleted."
        )
        await self._courier.whisper(session.channel, user, text, session.thread_ts)

    async def _upload(self, session: Session, owner: str, artifact: Artifact) -> None:
        key = _file_key(owner, artifact)
        await self._courier.upload(key, session.channel, session.thread_ts, artifact)


def _file_key(owner: str, artifact: Artifact) -> str:
    # Long names that only differ at their ends must not share a key.
    name = artifact.name if len(artifact.name) <= _NAME else sha256(artifact.name)[:_NAME]
    return f"{owner}:{name}"[:128]


def _asking(proposal: Proposal) -> str:
    """The prefix of the keys of all messages that ask somebody for an approval."""
    return f"{proposal.id}:wanted:"


def _live(task: Task, progress: TaskProgress) -> Live:
    return live_blocks.live(_card(task.id), task, progress)


def _place(task: Task, session: Session) -> ThreadPosition:
    return ThreadPosition(session.channel, session.thread_ts, task.user, session.team)


def _card(task_id: str) -> str:
    return f"{task_id}:card"


def _code_file(proposal: Proposal) -> Artifact:
    """The program with its secrets masked."""
    return Artifact("program.py", "text/x-python", masked(proposal.program.code).encode())


def _renamed(artifact: Artifact, prefix: str) -> Artifact:
    return Artifact(f"{prefix}-{artifact.name}", artifact.media_type, artifact.content)
