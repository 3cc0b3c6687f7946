"""Each surface of raygen in Slack, by clicks on the playground's page: unmodified bot, real validation, real runs.

With RAYGEN_SCREENSHOTS=docs/surfaces it takes the pictures of docs/surfaces.md.
"""

from __future__ import annotations

import re
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
import pytest_asyncio
from playwright.async_api import Browser, Locator, expect

from services.domain.values import sha256
from tests.e2e.page_driver import browser, visitor
from tests.e2e.playground import API_URL, Playground
from tests.e2e.tour import SCREEN, Tour
from tests.waiting import PATIENCE

pytestmark = [pytest.mark.asyncio(loop_scope="session"), pytest.mark.timeout(300)]
expect.set_options(timeout=PATIENCE * 1000)

# Short in the seal, long where it was approved to run: until somebody stops it.
ROUNDS = '''"""Estimate pi in rounds."""

import os
import random
import time

import ray

POINTS = 50_000
ROUNDS = 2000 if os.environ.get("RAY_AUTH_MODE") == "token" else 3


@ray.remote
def inside(points: int) -> int:
    """How many random points of the unit square fall into the quarter circle."""
    return sum(random.random() ** 2 + random.random() ** 2 <= 1 for _ in range(points))


def main() -> None:
    ray.init()
    hits = 0
    for number in range(1, ROUNDS + 1):
        hits += sum(ray.get([inside.remote(POINTS) for _ in range(4)]))
        points = 4 * POINTS * number
        print(f"After {points:,} points: pi is about {4 * hits / points:.5f}", flush=True)
        time.sleep(0.5)


if __name__ == "__main__":
    main()
'''
FORBIDDEN = 'import os\n\nimport ray\n\nray.init()\nos.system("ray stop --force")\n'
PASTED = """Can somebody run this on the cluster?
```
import ray

@ray.remote
def square(n):
    return n * n

print(sum(ray.get([square.remote(n) for n in range(100)])))
```"""
ERROR = """My job died overnight:
```
ray.exceptions.OutOfMemoryError: Task was killed due to the node running low on memory.
Memory on the node was 30.1GB / 32.0GB (0.95), which exceeds the memory usage threshold of 0.95.
```"""


@pytest_asyncio.fixture(scope="module", loop_scope="session")
async def chromium() -> AsyncGenerator[Browser]:
    async with browser() as running:
        yield running


@asynccontextmanager
async def tour(chromium: Browser, play: Playground, user: str = "UENGINEER") -> AsyncGenerator[Tour]:
    async with visitor(chromium, play.url, viewport=SCREEN) as person:
        await person.go("#CGENERAL", user=user)
        yield Tour(person)
        assert person.complaints == []


@pytest_asyncio.fixture(loop_scope="session")
async def erin(chromium: Browser, play: Playground) -> AsyncGenerator[Tour]:
    async with tour(chromium, play) as person:
        yield person


@pytest_asyncio.fixture(loop_scope="session")
async def avery(chromium: Browser, play: Playground) -> AsyncGenerator[Tour]:
    async with tour(chromium, play, "UAPPROVER") as person:
        yield person


async def proposed(here: Tour) -> Locator:
    """The newest message of the thread, once it is a proposal that can be decided."""
    await expect(here.card.get_by_role("button", name="Approve & run")).to_be_visible()
    return here.card


async def approved(here: Tour) -> Locator:
    """Approve the newest proposal; its result."""
    await here.press("Approve & run")
    return await here.wait_for("approved by @Erin Engineer")


async def test_from_a_mention_to_a_run_that_is_stopped(erin: Tour) -> None:
    await erin.write("@raygen estimate pi with 100 tasks")
    card = await proposed(erin)
    await erin.wait_for(
        "Estimate pi by Monte Carlo", "Validation passed in a sealed Ray cluster", "Result: pi is about"
    )
    await erin.wait_for(
        "Accesses: packages numpy, ray · no files, network hosts",
        "sha256",
    )
    await erin.picture("proposal", card)

    result = await approved(erin)
    await erin.wait_for("Run succeeded: Estimate pi by Monte Carlo", "Result: pi is about", "100 tasks")
    await erin.page.set_viewport_size({"width": 1280, "height": 900})
    await erin.picture("playground", erin.page.locator("body"))
    await erin.page.set_viewport_size(SCREEN)
    await erin.press("This was helpful")
    helpful = result.get_by_role("button", name="This was helpful", exact=True)
    await expect(helpful).to_have_attribute("aria-pressed", "true")
    await erin.picture("result", result)

    await erin.write("use 200 tasks instead", thread=True)
    card = await proposed(erin)
    await erin.wait_for("Changed since the version approved by @Erin Engineer", "TASKS = 200")
    await erin.picture("follow-up", card)

    await erin.press("Edit")
    form = erin.modal("Edit program")
    code = form.get_by_label("Program", exact=True)
    await expect(code).to_have_value(re.compile("TASKS = 200"))
    await erin.picture("edit", form)
    await code.fill(FORBIDDEN)
    await form.get_by_role("button", name="Validate").click()
    await erin.wait_for("Line 6: Stops Ray on the whole machine", within=form)
    await expect(code).to_have_attribute("aria-invalid", "true")
    await expect(form.get_by_role("button", name="Validate")).not_to_have_attribute("aria-busy", "true")
    await erin.picture("edit-refused", form)
    await code.fill(ROUNDS)
    await form.get_by_role("button", name="Validate").click()
    await expect(form).to_be_hidden()
    await proposed(erin)
    await erin.wait_for("Edited by @Erin Engineer")
    await erin.press("Show changes")
    await erin.wait_for("lines added", "+ROUNDS = ", "-SAMPLES = ", within=erin.modal("Changes"))
    await erin.picture("changes", erin.modal("Changes"))
    await erin.close("Changes")

    await erin.press("Approve & run")
    await erin.wait_for("Running Estimate pi in rounds", "After 400,000 points", "tasks done")
    await erin.picture("running", erin.card)
    await erin.command("status")
    status = await erin.wait_for(
        "Your active requests and runs", "Estimate pi in rounds", within=erin.whisper
    )
    await erin.picture("status", status)
    await erin.press("Stop", status)
    await erin.wait_for("Run stopped by @Erin Engineer", "After 400,000 points")


async def test_what_a_command_answers_to_one_person_alone(erin: Tour) -> None:
    whisper = erin.whisper
    await erin.command("help")
    await erin.wait_for(
        "Only visible to you", "Describe what to run on Ray", "/raygen history", within=whisper
    )
    await erin.picture("help", whisper)
    await erin.command("policy")
    await erin.wait_for("Who can approve runs here", "rule default applies", within=whisper)
    await erin.picture("policy", whisper)
    await erin.command("settings")
    await erin.wait_for("Your settings", "Default target", "Notify me when a run finishes", within=whisper)
    await erin.picture("settings", whisper)


async def test_a_program_is_rejected_with_a_reason(erin: Tour) -> None:
    await erin.command("ray.wait pipeline with 500 tasks")
    await erin.wait_for(
        "Reading the request", "Writing the program", "Validating it in a sealed cluster", "Stop"
    )
    await erin.picture("working", erin.card)
    await proposed(erin)
    await erin.press("Reject with reason")
    form = erin.modal("Reject program")
    await form.get_by_label("Why should it not run?").fill(
        "Eight at once is too few for this cluster; take 16."
    )
    await erin.picture("reject", form)
    await form.get_by_role("button", name="Reject").click()
    await erin.wait_for("Rejected by @Erin Engineer", "Eight at once is too few for this cluster; take 16.")
    await expect(erin.card.get_by_role("button", name="Write another")).to_be_visible()
    await erin.picture("rejected", erin.card)


async def test_a_program_in_a_message_is_run_by_a_shortcut(erin: Tour) -> None:
    page = erin.page
    await erin.write(PASTED)
    message = page.locator(".main article", has_text="Can somebody run this")
    await message.hover()
    more = message.get_by_label("More actions", exact=True)
    await more.focus()
    await page.keyboard.press("Enter")
    menu = message.get_by_role("menu", name="More actions: raygen")
    await expect(menu.get_by_role("menuitem")).to_contain_text(
        ["Explain this Ray error", "Run this with raygen"]
    )
    await expect(menu.get_by_role("menuitem").first).to_be_focused()
    await page.keyboard.press("ArrowDown")
    await expect(menu.get_by_role("menuitem").last).to_be_focused()
    await erin.picture("message-shortcuts", message, above=20)
    await page.keyboard.press("Escape")
    await expect(menu).to_be_hidden()
    await expect(more).to_be_focused()
    await page.keyboard.press("Enter")
    await menu.get_by_role("menuitem", name="Run this with raygen").click()
    form = erin.modal("Run with raygen")
    await erin.close("Run with raygen")
    await expect(more).to_be_focused()
    await page.keyboard.press("Enter")
    await menu.get_by_role("menuitem", name="Run this with raygen").click()
    await expect(form.get_by_label("Program")).to_have_value(re.compile("def square"))
    await erin.picture("run-message", form)
    await form.get_by_role("button", name="Validate").click()
    await expect(form).to_be_hidden()
    await proposed(erin)
    await erin.wait_for("328350")


HELPERS = "def clean(x):\n    return x * 2\n"
PROJECT = """import ray
from helpers import clean


@ray.remote
def work(x):
    return clean(x)


print(ray.get([work.remote(i) for i in range(4)]), ray.get(ray.remote(clean).remote(21)))
"""
HOOK = "print('nobody was shown this')\n"


async def test_modules_are_shown_and_a_hook_beside_them_never_runs(
    chromium: Browser, erin: Tour, avery: Tour, play: Playground, tmp_path: Path
) -> None:
    """A member shares a small project with a start-up hook in it; a guest and an approver meet its card."""
    files = {"main.py": PROJECT, "helpers.py": HELPERS, "sitecustomize.py": HOOK, "ray.py": HOOK}
    for name, content in files.items():
        (tmp_path / name).write_text(content)
    await erin.page.locator(".main .composer textarea").fill("A small project")
    await erin.page.locator(".main input[type=file]").set_input_files([tmp_path / name for name in files])
    message = await erin.visitor.message("A small project")
    await message.hover()
    await message.get_by_label("More actions", exact=True).click()
    await message.get_by_role("menuitem", name="Run this with raygen").click()
    form = erin.modal("Run with raygen")
    await expect(form.get_by_label("Program")).to_have_value(re.compile("from helpers import clean"))
    await form.get_by_role("button", name="Validate").click()
    await expect(form).to_be_hidden()
    await proposed(erin)
    await erin.wait_for(
        "[0, 2, 4, 6] 42",
        "The input file 'sitecustomize.py' would be mistaken for the start-up hook",
        "The input file 'ray.py' would shadow the package",
        "Includes 1 Python file:",
        sha256(HELPERS)[:12],
    )
    assert "nobody was shown" not in await erin.card.inner_text()

    async with tour(chromium, play, "UGUEST") as gus:
        await opened(gus)
        await gus.press("Approve & run")
        await expect(gus.thread.locator("article.whisper").last).to_contain_text("Guests can't approve")

    await opened(avery)
    await avery.press("Show all code")
    shown = avery.modal("Program")
    await avery.wait_for("from helpers import clean", "helpers.py", "return x * 2", within=shown)
    await avery.close("Program")
    await avery.press("Approve & run")
    await avery.wait_for("approved by @Avery Approver", "[0, 2, 4, 6] 42")
    assert "nobody was shown" not in await avery.card.inner_text()


async def opened(here: Tour) -> None:
    """Open the thread of the project that somebody else has shared."""
    message = await here.visitor.message("A small project")
    await message.locator(".thread-summary").click()
    await proposed(here)


async def test_a_program_that_slacks_fields_can_not_hold_comes_and_goes_as_a_file(
    erin: Tour, tmp_path: Path
) -> None:
    program = tmp_path / "words.py"
    program.write_text(f'WORDS = "{"ray " * 800}"\nprint(len(WORDS.split()))\n')
    await erin.write(f"One line of many words:\n```\n{program.read_text()}```")
    message = await erin.visitor.message("One line of many words")
    await message.hover()
    await message.get_by_label("More actions", exact=True).click()
    await message.get_by_role("menuitem", name="Run this with raygen").click()
    form = erin.modal("Run with raygen")
    await erin.wait_for("too long for Slack's text fields", within=form)
    await form.locator("input[type=file]").set_input_files(program)
    await form.get_by_role("button", name="Validate").click()
    await expect(form).to_be_hidden()
    await proposed(erin)
    await erin.wait_for("800")

    await erin.press("Edit")
    form = erin.modal("Edit program")
    await erin.wait_for("It was sent to you as program.py", within=form)
    program.write_text(program.read_text() + "import os\nos.system('ray stop --force')\n")
    await form.locator("input[type=file]").set_input_files(program)
    await form.get_by_role("button", name="Validate").click()
    await erin.wait_for("Line 4: Stops Ray", within=form)
    await expect(form.get_by_role("button", name="Validate")).not_to_have_attribute("aria-busy", "true")
    await erin.picture("edit-file", form)
    program.write_text(f'WORDS = "{"ray " * 900}"\nprint(len(WORDS.split()))\n')
    await form.locator("input[type=file]").set_input_files(program)
    await form.get_by_role("button", name="Validate").click()
    await expect(form).to_be_hidden()
    await erin.wait_for("900", "Edited by @Erin Engineer")


async def test_an_error_in_a_message_is_explained_by_a_shortcut(erin: Tour) -> None:
    await erin.write(ERROR)
    message = await erin.visitor.message("My job died overnight")
    await message.hover()
    await message.get_by_label("More actions", exact=True).click()
    await message.get_by_role("menuitem", name="Explain this Ray error").click()
    await expect(erin.card.get_by_role("button", name="This was helpful", exact=True)).to_be_visible()
    await erin.wait_for("memory", "Answered by cookbook")
    await erin.picture("explain", erin.card)


async def test_a_request_from_anywhere_by_a_shortcut(erin: Tour) -> None:
    composer = erin.page.locator(".main .composer")
    await composer.get_by_label("Shortcuts", exact=True).click()
    await expect(composer.get_by_role("menuitem", name="Ask raygen")).to_be_focused()
    await erin.picture("shortcuts", composer, above=100)
    await erin.page.keyboard.press("Enter")
    form = erin.modal("Ask raygen")
    await form.get_by_label("What should run on Ray?").fill("find the primes below 1,000")
    await expect(form.get_by_label("Where should the answer go?")).to_have_value("CGENERAL")
    await erin.picture("ask", form)
    await form.get_by_role("button", name="Ask").click()
    await expect(form).to_be_hidden()
    asked = erin.page.locator(".main article", has_text="find the primes below 1,000")
    await asked.locator(".thread-summary").click()
    await proposed(erin)
    await erin.wait_for("primes")


async def test_direct_messages_begin_with_suggested_prompts(avery: Tour) -> None:
    await avery.go("connected raygen")
    welcome = avery.page.locator(".welcome")
    await avery.wait_for("Suggested prompts", "A first program", "A small computation", within=welcome)
    await avery.picture("prompts", welcome, width=700)
    await welcome.get_by_role("button", name="A small computation").click()
    await avery.wait_for("427.05", "Answered by cookbook")
    await expect(avery.card.get_by_role("button", name="This was helpful", exact=True)).to_be_visible()
    await expect(avery.thread.locator(".bar-sub")).to_contain_text("15% of 2847")
    await avery.page.set_viewport_size({**SCREEN, "height": 560})
    await avery.picture("direct", avery.thread)


async def test_files_go_in_and_come_out(erin: Tour, tmp_path: Path) -> None:
    orders = tmp_path / "orders.csv"
    orders.write_text("id,amount\n1,10\n2,32\n")
    await erin.go("connected raygen")
    await erin.page.locator(".main .composer textarea").fill("describe orders.csv")
    await erin.page.locator(".main input[type=file]").set_input_files(orders)
    await proposed(erin)
    await erin.wait_for("Result: 2 rows in orders.csv", "with orders.csv")
    await erin.go("general")
    await erin.command("estimate pi with 100 tasks and plot it")
    await proposed(erin)
    await approved(erin)
    download = erin.page.get_by_role("link", name="Download pi.png", exact=True)
    figure = erin.thread.locator("article", has=download)
    await expect(figure.locator("img").first).to_have_js_property("complete", True)
    await erin.picture("files", figure)


async def test_a_link_to_a_run_becomes_a_card(erin: Tour) -> None:
    await erin.command("add 20 and 22")
    await proposed(erin)
    result = await approved(erin)
    found = re.search(r"raygen-[0-9a-f-]{8,}", await result.inner_text())
    assert found
    await erin.write(f"The sum, for the record: {API_URL}/ray/jobs/{found[0]}")
    message = await erin.visitor.message("for the record")
    await erin.wait_for("succeeded", "status when the link was posted", within=message)
    await erin.picture("link", message)


async def test_the_home_tab_has_what_waits_and_what_was(erin: Tour) -> None:
    await erin.command("compute the factorial of 20")
    await proposed(erin)
    await erin.go("raygen home")
    home = erin.page.locator(".home-body")
    await erin.wait_for("Waiting for your approval", "Your requests and runs", "Targets", within=home)
    await erin.wait_for("Your settings", "Describe what to run on Ray", within=home)
    await erin.page.set_viewport_size({**SCREEN, "height": 2200})
    await erin.picture("home", home, around=16)
    await home.get_by_role("button", name="Show all code").first.click()
    await erin.wait_for("sha256", "import ray", within=erin.modal("Program"))
    await erin.picture("code", erin.modal("Program"))
    await erin.close("Program")
    waiting = home.get_by_role("button", name="Approve & run")
    before = await waiting.count()
    await waiting.first.click()
    await expect(waiting).to_have_count(before - 1)
