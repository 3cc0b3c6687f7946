"""An approval for a thread by real clicks: the same program runs again, one that only behaves while it is watched waits."""

from __future__ import annotations

import pytest

from tests.e2e.playground import Thread, is_result, running

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]

RULES = """\
[everywhere]
users = ["UAPPROVER"]
thread = 3600
"""

COUNT = """\
import ray

TASKS = 4


@ray.remote
def double(number):
    return 2 * number


print("sum", sum(ray.get([double.remote(number) for number in range(TASKS)])))
"""

# All that the seal sees of it is the same; elsewhere it would do something else.
BEHAVING = (
    COUNT
    + """
import logging
if "sealed" not in logging.os.uname().nodename:
    logging.os.system(bytes([101, 99, 104, 111, 32, 104, 105]).decode())
"""
)


async def results(thread: Thread) -> list[str]:
    return [reply["text"] for reply in await thread.replies() if is_result(reply)]


async def test_in_an_approved_thread_only_the_approved_program_runs_without_a_press(
    tmp_path_factory: pytest.TempPathFactory,
):
    state = tmp_path_factory.mktemp("thread")
    (state / "approvals.toml").write_text(RULES)
    async with running(state, RAYGEN_APPROVALS=str(state / "approvals.toml")) as play:
        thread = await play.command("add 1 and 2")
        card = await thread.edit_to(COUNT)
        for who in ("UGUEST", "UENGINEER"):
            await thread.click(card, "Approve for this thread", user=who)
            await thread.whispered(who, "can't approve runs")
        await thread.click(card, "Approve for this thread", user="UAPPROVER")
        assert "sum 12" in (await thread.ended())["text"]
        await thread.with_text("even with other numbers")

        await play.say("add 3 and 4", channel="CRAY", thread_ts=thread.ts)
        other = await thread.with_button("Approve & run")
        answer = await thread.submit_edit(other, COUNT.replace("TASKS = 4", "TASKS = 6"))
        assert answer["ok"], answer
        await thread.with_text("Covered by the approval for this thread by")

        async def ran_again() -> bool:
            return len(await results(thread)) == 2

        await play.wait(ran_again, "the same program with another number did not run", 40)

        await play.say("add 5 and 6", channel="CRAY", thread_ts=thread.ts)
        waiting = await thread.edit_to(BEHAVING)
        for who in ("UGUEST", "UENGINEER"):
            answer = await thread.click(waiting, "Approve & run", user=who)
            assert answer["ok"], answer
        await thread.whispered("UENGINEER", "You can't approve runs")
        assert [text.rsplit("\n", 1)[-1] for text in await results(thread)] == ["sum 12", "sum 30"]
        await thread.click(waiting, "Approve & run", user="UAPPROVER")
        await thread.with_text("Approved by <@UAPPROVER>")
