"""Where a session's news go, and who somebody is: to and from the surface that the session lives on."""

from __future__ import annotations

from bot.api.tokens import PREFIX, Tokens
from handlers.slack_api.directory import SlackDirectory
from services.approvals import Person
from services.domain.entities import Proposal, Run, Session, Task
from services.domain.program_facts import Grant
from services.domain.values import Spent
from services.notifications.notifier import ApprovalRequest, Notifier, RunProgress, RunView


class Switchboard:
    """A Notifier that hands each session's news to the API or to Slack, where there is Slack."""

    def __init__(self, api: Notifier, slack: Notifier | None) -> None:
        self._api = api
        self._slack = slack

    def _of(self, session: Session) -> Notifier:
        return self._api if self._slack is None or session.channel.startswith(PREFIX) else self._slack

    async def task_opened(self, task: Task, session: Session) -> Session:
        return await self._of(session).task_opened(task, session)

    async def task_progress(self, task: Task, session: Session, progress: RunProgress) -> None:
        await self._of(session).task_progress(task, session, progress)

    async def task_concluded(
        self, task: Task, session: Session, proposal: Proposal | None, spent: Spent
    ) -> None:
        await self._of(session).task_concluded(task, session, proposal, spent)

    async def proposal_decided(self, task: Task, proposal: Proposal, session: Session) -> None:
        await self._of(session).proposal_decided(task, proposal, session)

    async def approval_wanted(
        self, task: Task, proposal: Proposal, session: Session, wanted: ApprovalRequest
    ) -> None:
        await self._of(session).approval_wanted(task, proposal, session, wanted)

    async def thread_approved(self, grant: Grant, session: Session) -> None:
        await self._of(session).thread_approved(grant, session)

    async def run_opened(self, run: Run, proposal: Proposal, session: Session) -> None:
        await self._of(session).run_opened(run, proposal, session)

    async def run_progress(self, run: Run, proposal: Proposal, session: Session, view: RunView) -> None:
        await self._of(session).run_progress(run, proposal, session, view)

    async def run_ended(self, run: Run, proposal: Proposal, session: Session) -> None:
        await self._of(session).run_ended(run, proposal, session)

    async def result_shared(self, run: Run, proposal: Proposal, session: Session, user: str) -> bool:
        return await self._of(session).result_shared(run, proposal, session, user)

    async def code_wanted(self, proposal: Proposal, session: Session, user: str) -> None:
        await self._of(session).code_wanted(proposal, session, user)


class Everyone:
    """Looks up holders of tokens here, and others in Slack."""

    def __init__(self, tokens: Tokens, slack: SlackDirectory | None) -> None:
        self._tokens = tokens
        self._slack = slack

    async def look_up(self, user: str) -> Person:
        """Raises DirectoryUnavailable when Slack can't be asked right now."""
        if self._slack is None or user.startswith(PREFIX):
            return self._tokens.person(user)
        return await self._slack.look_up(user)

    async def teams(self, user: str) -> frozenset[str]:
        """The workspaces that somebody is a member of; none where there is no Slack to ask."""
        return (await self.look_up(user)).teams

    async def group(self, group: str) -> frozenset[str]:
        """The people of a user group of Slack's; none where there is no Slack."""
        return await self._slack.group(group) if self._slack else frozenset()

    async def is_in(self, user: str, channel: str) -> bool:
        """Whether somebody is a member of a channel; holders of tokens are in none."""
        return self._slack is not None and await self._slack.is_in(user, channel)

    async def name(self, user: str) -> str:
        if self._slack is None or user.startswith(PREFIX):
            return user.removeprefix(PREFIX)
        return await self._slack.name(user)
