"""Another agent, on standard input and output: it computes, and what it proposes runs once a person approves it in Slack."""

from __future__ import annotations

import os
import sys

import pytest
from mcp import Client, StdioServerParameters

from tests.e2e.playground import Playground, flat

pytestmark = pytest.mark.asyncio(loop_scope="session")
CODE = """\
import ray

@ray.remote
def add(a, b):
    return a + b

print("Result:", ray.get(add.remote(1, 2)))
"""


async def test_what_an_agent_proposes_runs_once_a_person_approves(play: Playground):
    outside = {name: value for name, value in os.environ.items() if not name.startswith("RAY")}
    chosen = {
        "RAYGEN_STATE_DIR": str(play.state_dir / "playground"),
        "RAYGEN_POOL_SIZE": "0",
        "RAYGEN_MCP_CHANNEL": "CRAY",
        "RAYGEN_MCP_USER": "UENGINEER",
    }
    server = StdioServerParameters(
        command=sys.executable, args=["-m", "bot", "mcp", "--stdio"], env=outside | chosen
    )
    async with Client(server) as agent:
        computed = (await agent.call_tool("run_python", {"code": "6 * 7"})).structured_content
        asked = {"code": CODE, "purpose": "Adds 1 and 2 in a Ray task, for a report."}
        reported = (await agent.call_tool("propose_run", asked)).structured_content
    assert computed["body"]["value"] == "42"
    assert reported["status"] == "pending_approval", reported
    thread = play.thread("CRAY", reported["thread_ts"])
    card = await thread.with_button("Approve & run")
    assert "for a report" in flat(card)
    result = await thread.approve_and_wait(user="UAPPROVER")
    assert "Result: 3" in flat(result)
