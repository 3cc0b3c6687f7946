"""One life of the bot's process with a task that ends it: `python -m tests.integration.poisoned FOLDER HOW WHERE`.

It ends by itself, with what its threads were reported as JSON, once all tasks have ended.
"""

from __future__ import annotations

import asyncio
import json
import os
import sys
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from bot.runtime import stall
from services.domain.entities import Task
from tests import builders
from tests.fakes import FakeTarget
from tests.integration.lives import World, process
from tests.standins.scripted_model import says
from tests.waiting import until

POISON, OTHERS = "t_poison", ("t_2", "t_3")


def die() -> None:
    os._exit(9)


def hang() -> None:
    while True:
        pass


def fail() -> None:
    raise RuntimeError("this one can't be handled")


def _poison(world: World, how: Callable[[], None], where: str) -> None:
    handle: Callable[..., Awaitable[Any]] = getattr(world.tasks, where)

    async def poisoned(subject: Task | str, *arguments: Any) -> Any:
        if POISON in {subject, getattr(subject, "id", "")}:
            await asyncio.sleep(0.3)
            how()
        return await handle(subject, *arguments)

    setattr(world.tasks, where, poisoned)
    # Fewer than in earnest, where somebody else may end processes, too.
    world.flows._step._deaths = 2


async def main(folder: Path, how: str, where: str) -> None:
    replies = [says("Done.")] * 9
    poison = {"die": die, "hang": hang, "fail": fail}[how]
    async with (
        stall.watched(2.0),
        process(folder, replies, FakeTarget(), prepare=lambda world: _poison(world, poison, where)) as world,
    ):
        begun = {POISON: "s_1", **{each: f"s_{each}" for each in OTHERS}}
        known = [task for session in begun.values() for task in await world.store.tasks.of_session(session)]
        if not known:
            for task, session in begun.items():
                await world.flows.begin_task(
                    builders.task(id=task, session_id=session),
                    builders.session(id=session, thread_ts=session),
                )

        async def tasks() -> list[Task]:
            return [await world.store.tasks.get(task) for task in begun]

        async def ended() -> bool:
            try:
                return all(task.ended for task in await tasks())
            except LookupError:
                return False

        await until(ended)
        await asyncio.sleep(0.5)
        states = {task.id: [task.status, task.summary] for task in await tasks()}
        print(json.dumps({"reported": world.notifier.recorded, "tasks": states}))  # noqa: T201
        sys.stdout.flush()
        os._exit(0)


if __name__ == "__main__":
    asyncio.run(main(Path(sys.argv[1]), sys.argv[2], sys.argv[3]))
