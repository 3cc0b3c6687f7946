"""What `/raygen help`, `history`, `show`, `rerun`, `status`, `usage`, `targets`, `data`, `policy`, `settings` and `cancel` answer, each to one person alone."""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable, Collection, Sequence

from handlers.blocks import approvals as approval_blocks
from handlers.blocks import data as data_blocks
from handlers.blocks import help as help_blocks
from handlers.blocks import history as history_blocks
from handlers.blocks import settings as setting_blocks
from handlers.blocks import targets as target_blocks
from handlers.blocks.approvals import Ruled
from handlers.blocks.primitives import Message
from handlers.messaging.courier import Courier
from handlers.payloads.parse import Subcommand, similar
from services.approvals.authorizer import Authorizer
from services.domain.errors import BadRequest
from services.domain.summaries import RequestSummary
from services.targets.targets import Targets
from services.usecases import UseCases

_SHOWN = 20

Answer = Callable[[Subcommand], Awaitable[Message]]


class Subcommands:
    """One method for each subcommand; wrong arguments raise BadRequest."""

    def __init__(
        self, *, use_cases: UseCases, courier: Courier, targets: Targets, authorizer: Authorizer
    ) -> None:
        self._use_cases = use_cases
        self._history = use_cases.history
        self._courier = courier
        self._targets = targets
        self._authorizer = authorizer
        self._alone: dict[str, Answer] = {
            "history": self._latest,
            "status": self._status,
            "usage": self._usage,
            "policy": self._policy,
            "settings": self._settings,
        }
        self._optional: dict[str, Answer] = {"help": self._help, "targets": self._look, "data": self._data}
        self._of_run: dict[str, Answer] = {"show": self._show, "rerun": self._rerun}

    @property
    def names(self) -> Collection[str]:
        return {*self._alone, *self._optional, *self._of_run, "cancel"}

    async def answer(self, order: Subcommand) -> Message:
        """Raises BadRequest for an argument that is missing, wrong or too much."""
        if order.name == "cancel":
            return await self._cancel(order)
        if answer := self._optional.get(order.name):
            return await answer(order)
        if answer := self._alone.get(order.name):
            if order.argument:
                raise BadRequest(
                    f"`/raygen {order.name}` takes no arguments. To request a program, use a few more words."
                )
            return await answer(order)
        if order.name not in self._of_run:
            raise BadRequest(
                f"There is no `/raygen {order.name}`. Did you mean `/raygen {similar(order.name, self.names)}`?"
            )
        if not order.argument:
            raise BadRequest(
                f"Which run? For example: `/raygen {order.name} 3f2a`. `/raygen history` lists your runs."
            )
        return await self._of_run[order.name](order)

    async def _help(self, order: Subcommand) -> Message:
        del order
        return help_blocks.usage()

    async def _latest(self, order: Subcommand) -> Message:
        entries = await self._history.latest(order.user)
        return history_blocks.latest(entries, await self._links(entries))

    async def _status(self, order: Subcommand) -> Message:
        entries = await self._history.under_way(order.user)
        return history_blocks.under_way(entries, await self._links(entries))

    async def _cancel(self, order: Subcommand) -> Message:
        """Stop the one thing that is meant; where it could be several, each with its button."""
        entries = await self._history.under_way(order.user)
        wanted = order.argument.strip("`<>").lower().removeprefix("raygen-")
        named = [
            each for each in entries if each.ran and each.ran.id.removeprefix("raygen-").startswith(wanted)
        ]
        found = named if wanted else entries
        if wanted and not found:
            raise BadRequest(f"No active run of yours starts with `{wanted}`. `/raygen status` lists them.")
        if len(found) != 1:
            return history_blocks.under_way(found, await self._links(found))
        (entry,) = found
        if entry.ran is not None:
            await self._use_cases.runs.stop(entry.ran.id, order.user)
        else:
            await self._use_cases.requests.stop_task(entry.task_id, order.user)
        return history_blocks.cancelled(entry, await self._link(entry))

    async def _settings(self, order: Subcommand) -> Message:
        names = [place.name for place in self._targets.open_to(order.user)]
        own = self._use_cases.preferences
        return setting_blocks.settings(await own.of(order.user), names, own.models)

    async def _usage(self, order: Subcommand) -> Message:
        return history_blocks.usage(await self._history.usage(order.user))

    async def _look(self, order: Subcommand) -> Message:
        if order.argument:
            found = await self._targets.closer_look(order.argument.strip("`<>"), order.user)
            return target_blocks.target(found, order.user)
        return target_blocks.targets(await self._targets.look(), order.user)

    async def _data(self, order: Subcommand) -> Message:
        catalog = self._use_cases.data
        if order.argument:
            name = order.argument.strip("`<>")
            return data_blocks.connection(await catalog.show(name, order.user, order.channel))
        return data_blocks.connections(await catalog.of(order.user, order.channel))

    async def _policy(self, order: Subcommand) -> Message:
        authorizer = self._authorizer
        found = [
            Ruled(
                place.name,
                authorizer.policy.rule(place.name, order.channel),
                await authorizer.standing(place.name, order.channel, order.user, own=True),
                await authorizer.standing(place.name, order.channel, order.user, own=False),
            )
            for place in self._targets.open_to(order.user)[:_SHOWN]
        ]
        return approval_blocks.policy(found)

    async def _show(self, order: Subcommand) -> Message:
        past = await self._history.run(order.argument, order.user)
        return history_blocks.run(past, await self._link(past.entry))

    async def _rerun(self, order: Subcommand) -> Message:
        past = await self._history.find(order.argument, order.user)
        await self._use_cases.requests.again(past.proposal.id, order.user)
        return history_blocks.proposed_again(past, await self._link(past.entry))

    async def _links(self, entries: Sequence[RequestSummary]) -> dict[str, str]:
        """The address of each thread, by session."""
        threads = {entry.session_id: entry for entry in entries}
        links = await asyncio.gather(*map(self._link, threads.values()))
        return dict(zip(threads, links, strict=True))

    async def _link(self, entry: RequestSummary) -> str:
        return await self._courier.link(entry.channel, entry.thread_ts)
