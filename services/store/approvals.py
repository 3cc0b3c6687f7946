"""Approvals as they are given: each counts once, for exactly what it was bound to, and is used up by one run."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection
from dataclasses import dataclass

from sqlalchemy import delete, exists, insert, or_, select, update

from services.domain.entities import Proposal, ProposalStatus, Session
from services.domain.program_facts import Grant
from services.security.audit_chain import AuditAction
from services.store import audited, tables
from services.store.grants import add_grant
from services.store.repository import Repository


@dataclass(frozen=True, slots=True)
class Approval:
    """One person's approval; `binding` is the sha256 of all it is for, `rule` the rule that let them, `grant` their
    approval for the whole thread where it came by that.
    """

    user: str
    binding: str
    rule: str
    given_at: float
    grant: str = ""


@dataclass(frozen=True, slots=True)
class Count:
    """Who has approved so far; `fresh` is False where this person had before."""

    users: tuple[str, ...]
    needed: int
    fresh: bool

    @property
    def complete(self) -> bool:
        return len(self.users) >= self.needed


@dataclass(frozen=True, slots=True)
class Waiting:
    """An open proposal as far as it takes to say whose decision it waits for; `asked` is whether approvers were asked."""

    proposal_id: str
    target: str
    requester: str
    channel: str
    thread_ts: str
    approved_by: tuple[str, ...]
    asked: bool


class Approvals(Repository):
    """One row for each approval; a proposal keeps in its own row who has approved it."""

    async def record(
        self,
        proposal: Proposal,
        session: Session,
        approval: Approval,
        needed: int,
        bind: Callable[[str], str],
        *,
        since: float,
        gives: Grant | None = None,
    ) -> Count | None:
        """Count an approval, and decide the proposal once there are enough by different people, all in one transaction.

        `bind` gives what the approval of a person has to be bound to, nothing for those whose approval does not count.
        `gives` is the approval for the whole thread that comes into force with the decision. Returns None where the
        proposal is not open any more, has another target, or is older than `since` (POSIX seconds).
        """
        table = tables.proposals
        this = (table.c.id == proposal.id, table.c.status == str(ProposalStatus.OPEN))
        async with self._engine.begin() as connection:
            # Holds the row until the end, so that of two at once the second counts the first.
            held = await connection.execute(
                update(table)
                .where(*this, table.c.target == proposal.target, table.c.created_at >= since)
                .values(target=proposal.target)
            )
            if held.rowcount != 1:
                return None
            given = tables.approvals
            rows = (
                await connection.execute(
                    select(given.c.user, given.c.binding)
                    .where(given.c.proposal_id == proposal.id)
                    .order_by(given.c.given_at)
                )
            ).all()
            fresh = not any(row.binding == approval.binding for row in rows)
            if fresh:
                await connection.execute(
                    insert(given).values(
                        proposal_id=proposal.id,
                        user=approval.user,
                        binding=approval.binding,
                        rule=approval.rule,
                        given_at=approval.given_at,
                        grant_id=approval.grant,
                    )
                )
            before = [row.user for row in rows if row.binding == bind(row.user)]
            users = tuple(dict.fromkeys((*before, approval.user)))
            count = Count(users, needed, fresh)
            values: dict[str, object] = {"approved_by": " ".join(users), "needed": needed}
            values["grant_id"] = approval.grant
            if count.complete:
                decided = {"decided_by": approval.user, "decided_at": approval.given_at}
                values |= {"status": str(ProposalStatus.APPROVED), **decided}
            await connection.execute(update(table).where(*this).values(**values))
            if fresh or count.complete:
                action = AuditAction.APPROVED if count.complete else AuditAction.COUNTED
                facts = {"binding": approval.binding, "rule": approval.rule, "of": f"{len(users)}/{needed}"}
                facts |= {"grant": approval.grant} if approval.grant else {}
                await audited.about(action, proposal, session, approval.user, **facts)(connection)
            if gives is not None and count.complete:
                await add_grant(connection, gives, proposal, session)
        return count

    async def retarget(self, proposal_id: str, target: str, by: str) -> bool:
        """Name another target for a proposal that is open; False when it is not. What it had of approvals is void from then on."""
        table, given = tables.proposals, tables.approvals
        this = (table.c.id == proposal_id, table.c.status == str(ProposalStatus.OPEN))
        async with self._engine.begin() as connection:
            # Holds the row until the end, so that an approval at the same moment is for the old target or the new one.
            held = await connection.execute(
                update(table).where(*this).values(target=target, approved_by="").returning(table.c.voided)
            )
            row = held.first()
            if row is None:
                return False
            of_it = given.c.proposal_id == proposal_id
            users = await connection.execute(select(given.c.user).where(of_it).order_by(given.c.given_at))
            void = list(dict.fromkeys(users.scalars()))
            await connection.execute(delete(given).where(of_it))
            voided = " ".join(dict.fromkeys([*(row.voided or "").split(), *void]))
            await connection.execute(update(table).where(table.c.id == proposal_id).values(voided=voided))
            facts = {"void": " ".join(void)} if void else {}
            await audited.of_proposal(AuditAction.RETARGETED, proposal_id, by, **facts)(connection)
        return True

    async def use_up(self, proposal_id: str, run: str) -> list[Approval]:
        """The approvals of a proposal, from now on used up by this run; none that another run has used. May be repeated.

        One that was given by an approval for the thread counts only if that is still in force.
        """
        table, grants = tables.approvals, tables.grants.c
        now = time.time()
        in_force = exists().where(
            grants.id == table.c.grant_id, grants.ended_by.is_(None), grants.expires_at > now
        )
        async with self._engine.begin() as connection:
            await connection.execute(
                update(table)
                .where(table.c.proposal_id == proposal_id, table.c.used_by.is_(None))
                .where(or_(table.c.grant_id == "", in_force))
                .values(used_by=run, used_at=now)
            )
        rows = await self._all(
            table, table.c.proposal_id == proposal_id, table.c.used_by == run, order=table.c.given_at
        )
        return [Approval(row.user, row.binding, row.rule, row.given_at, row.grant_id) for row in rows]

    async def stale(self, before: float) -> list[str]:
        """Open proposals from before then (POSIX seconds), by ID."""
        return await self._open(tables.proposals.c.created_at < before)

    async def waiting(self, since: float, team: str = "", *, limit: int) -> list[Waiting]:
        """Open proposals that were made since then (POSIX seconds), newest first, without their programs.

        Those of a workspace (Slack's team ID) and of none in particular; without `team` those of all.
        """
        table, sessions = tables.proposals.c, tables.sessions.c
        of_team = [sessions.team.in_((team, ""))] if team else []
        statement = (
            select(
                table.id,
                table.target,
                table.requester,
                table.approved_by,
                table.asked_by,
                table.reminded_at,
                sessions.channel,
                sessions.thread_ts,
            )
            .join(tables.sessions, sessions.id == table.session_id)
            .where(table.status == str(ProposalStatus.OPEN), table.created_at >= since, *of_team)
            .order_by(table.created_at.desc(), table.id)
            .limit(limit)
        )
        async with self._engine.connect() as connection:
            rows = (await connection.execute(statement)).all()
        return [
            Waiting(
                row.id,
                row.target,
                row.requester,
                row.channel,
                row.thread_ts,
                tuple((row.approved_by or "").split()),
                row.asked_by is not None or row.reminded_at is not None,
            )
            for row in rows
        ]

    async def unreminded(self, before: float) -> list[str]:
        """Those of whose approvers none has been reminded."""
        table = tables.proposals
        return await self._open(table.c.created_at < before, table.c.reminded_at.is_(None))

    async def reminded(self, proposal_id: str) -> None:
        table = tables.proposals
        async with self._engine.begin() as connection:
            await connection.execute(
                update(table).where(table.c.id == proposal_id).values(reminded_at=time.time())
            )

    async def asked(self, proposal_id: str, user: str) -> None:
        table = tables.proposals
        async with self._engine.begin() as connection:
            await connection.execute(update(table).where(table.c.id == proposal_id).values(asked_by=user))

    async def was_asked(self, proposal_id: str) -> bool:
        """Whether the approvers have been asked."""
        row = await self._one(tables.proposals, tables.proposals.c.id == proposal_id)
        return row is not None and row.asked_by is not None

    async def _open(self, *where: object) -> list[str]:
        table = tables.proposals
        rows = await self._all(
            table, table.c.status == str(ProposalStatus.OPEN), *where, order=table.c.created_at
        )
        return [row.id for row in rows]


def counted(approvals: Collection[Approval], bind: Callable[[str], str]) -> set[str]:
    """The people whose approval is bound to what `bind` says."""
    return {each.user for each in approvals if each.binding == bind(each.user)}
