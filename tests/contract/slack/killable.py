"""A stand-in in a process of its own, for tests that kill it; prints its URL and serves until killed."""

import asyncio
import sys
from pathlib import Path

from bot.playground.slack.server import SlackStandIn
from tests.contract.slack.people import QUICK


async def main() -> None:
    async with SlackStandIn(state_path=Path(sys.argv[1]), rules=QUICK).serve() as url:
        print(url, flush=True)  # noqa: T201 -- the parent reads it
        await asyncio.Event().wait()


if __name__ == "__main__":
    asyncio.run(main())
