"""The page in a real browser, against the Slack stand-in and a scripted bot: what people see and press."""

from __future__ import annotations

from collections.abc import AsyncGenerator
from contextlib import AsyncExitStack
from pathlib import Path
from typing import Any

import pytest
import pytest_asyncio
from playwright.async_api import Browser, expect

from bot.playground.slack.installed import Installed
from bot.playground.slack.rules import Rules
from bot.playground.slack.server import SlackStandIn
from tests.e2e import page_blocks as blocks
from tests.e2e.page_driver import CONTRAST, PHONE, Json, ScriptedBot, Visitor, browser, scripted_bot, visitor
from tests.waiting import PATIENCE

pytestmark = pytest.mark.asyncio(loop_scope="module")
expect.set_options(timeout=PATIENCE * 1000)

PLOT = (
    b'<svg xmlns="http://www.w3.org/2000/svg" width="300" height="120"><rect width="300" height="120" fill="#eef"/>'
    b'<path d="M10 100L150 20L290 90" fill="none" stroke="#15c" stroke-width="4"/></svg>'
)


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def chromium() -> AsyncGenerator[Browser]:
    async with browser() as running:
        yield running


@pytest_asyncio.fixture(loop_scope="module")
async def missing() -> dict[str, str]:
    """What the bot still lacks; tests change it."""
    return {}


@pytest_asyncio.fixture(loop_scope="module")
async def slack(missing: dict[str, str]) -> AsyncGenerator[SlackStandIn]:
    async def readiness() -> dict[str, str]:
        return missing

    standin = SlackStandIn(
        rules=Rules(ack_timeout=1.0),
        readiness=readiness,
        about=lambda: {"model": "Answers come from the cookbook."},
    )
    async with standin.serve():
        yield standin


@pytest_asyncio.fixture(loop_scope="module")
async def bot(slack: SlackStandIn) -> AsyncGenerator[ScriptedBot]:
    async with scripted_bot(slack) as scripted:
        yield scripted


@pytest_asyncio.fixture(loop_scope="module")
async def erin(chromium: Browser, slack: SlackStandIn, bot: ScriptedBot) -> AsyncGenerator[Visitor]:
    async with visitor(chromium, slack.url) as person:
        await person.go()
        yield person
        assert person.complaints == []


async def test_a_newcomer_goes_from_an_example_to_a_result(erin: Visitor, bot: ScriptedBot) -> None:
    page, client = erin.page, bot.client

    async def command(payload: Json) -> None:
        root = await bot.say(
            "<@UENGINEER> asked raygen: " + payload["text"], blocks=[blocks.section("asked")]
        )
        await client.chat_postMessage(channel="CRAY", thread_ts=root, text="Proposal", blocks=blocks.PROPOSAL)

    async def approve(payload: Json) -> None:
        done = [
            *blocks.PROPOSAL[:-1],
            {"type": "context", "elements": [blocks.mrkdwn("Approved by <@UENGINEER>")]},
        ]
        place = {"channel": "CRAY", "thread_ts": payload["message"]["thread_ts"]}
        await client.chat_update(channel="CRAY", ts=payload["message"]["ts"], text="Approved", blocks=done)
        await client.chat_postMessage(
            **place, text="Result", blocks=[blocks.preformatted("Result: 3.141592")]
        )

    bot.on |= {"/raygen": command, "block_actions approve": approve}

    await page.get_by_role("button", name="estimate pi with 100 tasks").click()
    composer = page.locator(".main textarea")
    await expect(composer).to_have_value("/raygen estimate pi with 100 tasks")
    await expect(composer).to_be_focused()
    await composer.press("Enter")
    await expect(composer).to_have_value("")

    thread = page.get_by_role("complementary", name="Thread")
    await expect(thread.locator(".tok-keyword").first).to_have_text("import")
    await expect(thread.locator("pre").nth(1)).to_have_text(
        "Result: 3.141592 <!channel> <b>not bold</b> & <@UENGINEER>"
    )
    await expect(page.locator(".main .thread-summary")).to_contain_text("1 reply")

    await thread.get_by_role("button", name="Approve & run").click()
    question = page.get_by_role("dialog", name="Approve")
    await expect(question).to_contain_text("Run this on local?")
    await question.get_by_role("button", name="Cancel").click()
    assert not [one for one in bot.heard if one.get("type") == "block_actions"]
    await thread.get_by_role("button", name="Approve & run").click()
    await page.get_by_role("dialog", name="Approve").get_by_role("button", name="Run it").click()
    await expect(thread.get_by_text("Result: 3.141592", exact=True)).to_be_visible()
    await expect(thread.get_by_text("Approved by @Erin Engineer")).to_be_visible()
    await expect(thread.get_by_role("button", name="Approve & run")).to_have_count(0)
    pressed = [one["actions"][0] for one in bot.heard if one.get("type") == "block_actions"]
    assert [(one["action_id"], one["value"]) for one in pressed] == [("approve", "value of approve")]


async def test_long_code_folds_and_copies(erin: Visitor, bot: ScriptedBot) -> None:
    await erin.page.context.grant_permissions(["clipboard-read", "clipboard-write"])
    await bot.say("code", blocks=[blocks.preformatted(blocks.PROGRAM, language="python")])
    code = erin.page.locator(".code")
    folded = (await code.bounding_box() or {})["height"]
    await code.get_by_role("button", name="Show all 36 lines").click()
    await expect(code.get_by_role("button", name="Show less")).to_be_visible()
    assert (await code.bounding_box() or {})["height"] > folded
    await code.get_by_role("button", name="Copy").click()
    await expect(code.get_by_text("Copied")).to_be_visible()
    assert await erin.page.evaluate("navigator.clipboard.readText()") == blocks.PROGRAM.rstrip("\n")


async def test_every_block_is_shown_as_slack_shows_it(erin: Visitor, bot: ScriptedBot) -> None:
    await bot.say("markup", blocks=blocks.MARKUP)
    await bot.say("widgets", blocks=[*blocks.WIDGETS])
    await bot.say("plan", blocks=[*blocks.PLAN, blocks.VIDEO])
    await bot.say("old", attachments=[{"color": "#d00000", "title": "An attachment", "text": "with *bold*"}])
    page = erin.page
    markup = await erin.message("Markup")
    await expect(markup.locator(".block-section strong").first).to_have_text("bold")
    await expect(markup.locator(".block-section").first).to_contain_text("snake_case_name 2 * 3 * 4")
    await expect(markup.locator(".block-section").first).to_contain_text("<b> &")
    await expect(markup.locator(".mention-me").first).to_have_text("@Erin Engineer")
    await expect(markup.get_by_role("link", name="a link")).to_have_attribute("href", "https://docs.ray.io")
    await expect(markup.get_by_text("not a link")).to_be_visible()
    await expect(markup.get_by_role("link", name="not a link")).to_have_count(0)
    await expect(markup.get_by_text("<!channel> stays text")).to_be_visible()
    await expect(markup.locator(".markdown table td").nth(3)).to_have_class("align-right")
    await expect(markup.locator(".block-rich_text ol")).to_have_css("list-style-type", "lower-alpha")
    assert await page.locator(".unknown").count() == 0
    table = page.locator(".block-table")
    await expect(table.get_by_role("columnheader")).to_have_text(["node", "tasks", "note"])
    await expect(table.locator("tbody tr").first.locator("td").nth(1)).to_have_css("text-align", "right")
    await expect(page.locator(".plan summary").first).to_contain_text("1 of 4 done")
    await expect(page.get_by_role("img", name="In progress")).to_be_visible()
    await expect(page.locator(".attachment strong")).to_have_text("bold")


async def test_what_is_picked_reaches_the_bot(erin: Visitor, bot: ScriptedBot) -> None:
    await bot.say("widgets", blocks=blocks.WIDGETS)
    page = erin.page
    await page.locator("select[data-action=pick]").select_option("beta")
    await page.locator("select[data-action=who]").select_option("UGUEST")
    await page.locator("[data-action=day]").fill("2026-12-24")
    many = page.locator(".multi[data-action=many]")
    await many.locator("summary").click()
    await many.get_by_label("X").check()
    await many.get_by_label("Z").check()
    await page.keyboard.press("Escape")
    await expect(many.locator("summary")).to_have_text("X, Z")
    await page.get_by_label("Large").check()
    await page.locator("summary[data-action=more]").click()
    await page.get_by_role("menuitem", name="Share").click()
    await page.get_by_role("button", name="Good").click()
    await expect(page.get_by_role("button", name="Good")).to_have_attribute("aria-pressed", "true")
    heard = {
        one["actions"][0]["action_id"]: one["actions"][0]
        for one in bot.heard
        if one.get("type") == "block_actions"
    }
    assert heard["pick"]["selected_option"]["value"] == "beta"
    assert heard["who"]["selected_user"] == "UGUEST"
    assert heard["day"]["selected_date"] == "2026-12-24"
    assert [one["value"] for one in heard["many"]["selected_options"]] == ["x", "z"]
    assert heard["one"]["selected_option"]["value"] == "large"
    assert heard["more"]["selected_option"]["value"] == "share"
    assert heard["feedback"]["value"] == "good"


async def test_a_form_is_filled_refused_corrected_and_sent(erin: Visitor, bot: ScriptedBot) -> None:
    page = erin.page
    answers: list[Json | None] = [
        {"response_action": "errors", "errors": {"code": "Line 1: not allowed"}},
        None,
    ]

    async def edit(payload: Json) -> None:
        await bot.client.views_open(trigger_id=payload["trigger_id"], view=blocks.FORM)

    async def submitted(_: Json) -> Json | None:
        return answers.pop(0)

    bot.on |= {"block_actions edit": edit, "view_submission form": submitted}
    await bot.say("card", blocks=blocks.PROPOSAL)
    await page.locator("[data-action=edit]").click()
    dialog = page.get_by_role("dialog", name="Edit program")
    code = dialog.get_by_label("Program")
    await expect(code).to_be_focused()
    await code.fill("import os\n")
    await dialog.get_by_role("button", name="Validate").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_have_count(2)
    await expect(dialog.get_by_label("Title")).to_be_focused()
    await dialog.get_by_label("Title").fill("Mine")
    await dialog.locator("select").select_option("large")
    await dialog.locator(".multi summary").click()
    await dialog.get_by_label("Cheap").check()
    await dialog.get_by_label("Keep").check()
    await dialog.get_by_role("button", name="Validate").click()
    await expect(dialog.get_by_text("Line 1: not allowed")).to_be_visible()
    await expect(code).to_have_value("import os\n")
    await code.fill("import ray\n")
    await dialog.get_by_role("button", name="Validate").click()
    await expect(dialog).to_be_hidden()
    values = [one["view"]["state"]["values"] for one in bot.heard if one.get("type") == "view_submission"][-1]
    assert values["code"]["it"]["value"] == "import ray\n"
    assert values["title"]["it"]["value"] == "Mine"
    assert values["size"]["it"]["selected_option"]["value"] == "large"
    assert values["kind"]["it"]["selected_option"]["value"] == "once"
    assert [one["value"] for one in values["tags"]["it"]["selected_options"]] == ["cheap"]
    assert [one["value"] for one in values["opts"]["it"]["selected_options"]] == ["keep"]
    assert values["day"]["it"]["selected_date"] is None


async def test_a_live_update_leaves_typing_scrolling_and_unfolded_code_alone(
    erin: Visitor, bot: ScriptedBot
) -> None:
    page = erin.page
    for number in range(30):
        await bot.say(f"filler {number}")
    ts = await bot.say(
        "Working: 1",
        blocks=[blocks.section("step 1"), blocks.preformatted(blocks.PROGRAM, language="python")],
    )
    await page.get_by_role("button", name="Show all 36 lines").click()
    await erin.write("half a thou")
    frame = page.locator(".main .scroll")
    await frame.evaluate("list => { list.scrollTop = 300; }")
    await expect(page.get_by_role("button", name="Latest messages")).to_be_visible()
    card = await page.query_selector(f"[data-ts='{ts}']")
    await bot.client.chat_update(
        channel="CRAY",
        ts=ts,
        text="Working: 2",
        blocks=[blocks.section("step 2"), blocks.preformatted(blocks.PROGRAM, language="python")],
    )
    await bot.say("one more at the end")
    await expect(page.get_by_text("step 2")).to_be_attached()
    await expect(page.get_by_text("one more at the end")).to_be_attached()
    assert await frame.evaluate("list => list.scrollTop") == 300
    await expect(page.locator(".main textarea")).to_be_focused()
    await page.keyboard.type("ght")
    await expect(page.locator(".main textarea")).to_have_value("half a thought")
    await expect(page.get_by_role("button", name="Show less")).to_be_attached()
    assert card is not None
    assert await card.evaluate("node => node.isConnected"), "the message was replaced, not changed"
    await page.get_by_role("button", name="Latest messages").click()
    await expect(page.get_by_text("one more at the end")).to_be_in_viewport()


async def test_people_write_reply_react_edit_and_delete(erin: Visitor, bot: ScriptedBot) -> None:
    page = erin.page
    await erin.write("hello @av")
    await expect(page.get_by_role("option", name="Avery Approver")).to_be_visible()
    await page.keyboard.press("Enter")
    await page.keyboard.type("see :roc")
    await page.keyboard.press("Tab")
    await page.keyboard.press("Shift+Enter")
    await page.keyboard.type("*second* <line>")
    await page.keyboard.press("Enter")
    mine = await erin.message("hello")
    await expect(mine.locator(".mention")).to_have_text("@Avery Approver")
    await expect(mine.get_by_role("img", name=":rocket:")).to_be_visible()
    await expect(mine.locator("strong")).to_have_text("second")
    await expect(mine).to_contain_text("<line>")
    await mine.hover()
    await mine.get_by_role("button", name="React with :eyes:").click()
    await expect(mine.locator(".reaction[aria-pressed=true]")).to_contain_text("1")
    await mine.get_by_role("button", name="Edit").click()
    await page.get_by_label("Edit message").fill("changed @gus")
    await page.get_by_role("button", name="Save").click()
    changed = await erin.message("changed")
    await expect(changed.locator(".edited")).to_be_visible()
    await changed.hover()
    await changed.get_by_role("button", name="Reply in thread").click()
    await expect(page.locator(".thread textarea")).to_be_focused()
    await page.keyboard.type("a reply")
    await page.keyboard.press("Enter")
    await expect(page.locator(".thread").get_by_text("a reply")).to_be_visible()
    await expect(page.locator(".main .thread-summary")).to_contain_text("1 reply")
    await page.keyboard.press("Escape")
    await expect(page.locator(".thread")).to_have_count(0)
    await erin.write("to be gone")
    await page.keyboard.press("Enter")
    gone = await erin.message("to be gone")
    await gone.hover()
    await gone.get_by_role("button", name="Delete").click()
    await page.get_by_role("dialog").get_by_role("button", name="Delete").click()
    await expect(page.get_by_text("to be gone")).to_have_count(0)


async def test_files_are_uploaded_and_shown(erin: Visitor, bot: ScriptedBot, tmp_path: Path) -> None:
    page = erin.page
    file = tmp_path / "numbers.csv"
    file.write_text("a,b\n1,2\n")
    await page.locator(".main input[type=file]").set_input_files(file)
    await expect(page.locator(".file-card")).to_contain_text("numbers.csv")
    async with page.expect_download() as download:
        await page.get_by_role("link", name="Download numbers.csv").click()
    assert (await (await download.value).path()).read_text() == "a,b\n1,2\n"
    await bot.client.files_upload_v2(
        channel="CRAY", filename="plot.svg", title="A plot", content=PLOT, alt_txt="a line"
    )
    picture = page.get_by_role("img", name="a line")
    await expect(picture).to_be_visible()
    await expect(picture).to_have_js_property("naturalWidth", 300)


async def test_each_person_sees_their_own(erin: Visitor, bot: ScriptedBot) -> None:
    page = erin.page
    await bot.client.chat_postEphemeral(channel="CRAY", user="UENGINEER", text="psst Erin")
    whisper = await erin.message("psst Erin")
    await expect(whisper).to_contain_text("Only visible to you")
    await bot.say("for you <@UENGINEER>", channel="CGENERAL")
    await bot.say("hello Erin", channel="DENGINEER")
    await expect(page.locator("nav .count")).to_have_text(["1 new for you", "1 new for you"])
    await expect(page).to_have_title("(2) ray · Raygen Playground")
    await page.locator("nav").get_by_role("link", name="general").click()
    await erin.message("for you")
    await expect(page.locator("nav .count")).to_have_count(1)
    await page.locator("nav").get_by_role("link", name="ray", exact=True).click()
    await page.get_by_label("You are Erin Engineer. Switch user").click()
    await page.get_by_role("menuitemradio", name="Avery Approver").click()
    await expect(page.get_by_label("You are Avery Approver. Switch user")).to_be_visible()
    await expect(page.get_by_text("psst Erin")).to_have_count(0)
    await erin.write("Avery was here")
    await page.keyboard.press("Enter")
    await expect(await erin.message("Avery was here")).to_contain_text("Avery Approver")
    await page.reload()
    await expect(page.get_by_label("You are Avery Approver. Switch user")).to_be_visible()
    await page.locator("nav").get_by_role("link", name="connected raygen").click()
    await expect(page.get_by_text("hello Erin")).to_have_count(0)


async def test_the_home_tab_and_the_thinking_line(erin: Visitor, bot: ScriptedBot) -> None:
    page = erin.page

    async def opened(payload: Json) -> None:
        await bot.client.views_publish(user_id=payload["event"]["user"], view=blocks.HOME)

    bot.on["app_home_opened"] = opened
    await page.get_by_role("link", name="raygen home").click()
    await page.get_by_role("button", name="Start over").click()
    await expect(page.get_by_role("button", name="Start over")).not_to_have_attribute("aria-busy", "true")
    assert [one["view"]["type"] for one in bot.heard if one.get("type") == "block_actions"] == ["home"]
    await page.get_by_role("link", name="Messages").click()
    await erin.write("what is 2 + 2?")
    await page.keyboard.press("Enter")
    await erin.message("what is 2 + 2?")
    asked = (await bot.client.conversations_history(channel="DENGINEER"))["messages"][0]["ts"]
    await bot.client.assistant_threads_setStatus(
        channel_id="DENGINEER", thread_ts=asked, status="is thinking…"
    )
    await expect(page.locator(".status-line")).to_contain_text("raygen is thinking…")
    await bot.say("4", channel="DENGINEER", thread_ts=asked)
    await expect(page.get_by_role("complementary", name="Thread").locator("article").last).to_contain_text(
        "4"
    )


async def test_a_failing_click_is_reported_and_can_be_repeated(
    erin: Visitor, bot: ScriptedBot, slack: SlackStandIn
) -> None:
    await bot.say("card", blocks=blocks.PROPOSAL)
    button = erin.page.locator("[data-action=regenerate]")
    await bot.socket.close()
    await expect(erin.page.locator(".connection")).to_contain_text("Not connected")
    await expect(erin.page.locator(".composer-note")).to_contain_text("raygen is not connected yet")
    await erin.write("kept for later")
    await expect(erin.page.get_by_role("button", name="Send")).to_be_disabled()
    await erin.page.keyboard.press("Enter")
    await expect(erin.page.locator(".main textarea")).to_have_value("kept for later")
    await button.click()
    await expect(button).to_have_attribute("aria-busy", "true")
    await expect(erin.page.get_by_role("alert")).to_contain_text("did not answer in time")
    await expect(button).not_to_have_attribute("aria-busy", "true")
    # The refusal's status is in the console, as it is for any request that fails.
    assert [one for one in erin.complaints if "Failed to load resource" not in one] == []
    erin.complaints.clear()
    async with scripted_bot(slack):
        await expect(erin.page.locator(".connection")).to_contain_text("Connected")
        await erin.page.get_by_role("button", name="Send").click()
        await erin.message("kept for later")


async def test_what_is_starting_is_listed_until_it_is_ready(
    erin: Visitor, bot: ScriptedBot, missing: dict[str, str]
) -> None:
    missing |= {"target": "The cluster is starting.", "validation": "A sealed cluster is starting."}
    banner = erin.page.locator(".banner")
    await expect(banner).to_contain_text("A sealed cluster is starting.")
    await expect(erin.page.locator(".about")).to_contain_text("Answers come from the cookbook.")
    del missing["validation"]
    await expect(banner.locator("li.done")).to_have_count(1)
    missing.clear()
    await expect(banner).to_have_count(0)
    await expect(erin.page.locator(".connection")).to_contain_text("Connected")


async def test_clusters_that_refill_after_use_are_no_news(
    erin: Visitor, bot: ScriptedBot, missing: dict[str, str]
) -> None:
    missing |= {"target": "The cluster is starting.", "validation": "A sealed cluster is starting."}
    banner = erin.page.locator(".banner")
    await expect(banner).to_have_count(1)
    del missing["target"]
    await expect(banner).to_have_count(0)
    await expect(erin.page.locator(".connection")).to_contain_text("Connected")


async def test_text_is_never_markup_of_the_page(erin: Visitor, bot: ScriptedBot) -> None:
    evil = "<img src=x onerror=alert(1)><script>alert(2)</script>"
    escaped = evil.replace("<", "&lt;").replace(">", "&gt;")
    await bot.say(escaped)
    await bot.say(
        "rich",
        blocks=[blocks.preformatted(evil), blocks.section(escaped), {"type": "markdown", "text": evil}],
    )
    await erin.write(evil)
    await erin.page.keyboard.press("Enter")
    await expect(erin.page.locator("article").last).to_contain_text("Erin Engineer")
    await expect(erin.page.get_by_text(evil)).to_have_count(5)
    assert await erin.page.locator("article img, article script").count() == 0


async def test_the_page_outlives_the_playground(chromium: Browser, tmp_path: Path) -> None:
    kept = tmp_path / "slack.db"
    first = SlackStandIn(state_path=kept)
    async with AsyncExitStack() as stack:
        url = await stack.enter_async_context(first.serve())
        async with visitor(chromium, url) as erin:
            async with scripted_bot(first) as bot:
                await bot.say("before the end")
                await erin.go()
                await erin.message("before the end")
                await erin.write("half a sentence")
            await stack.aclose()
            await expect(erin.page.get_by_role("alert")).to_contain_text("Can't reach the playground.")
            second = SlackStandIn(state_path=kept)
            port = int(url.rpartition(":")[2])
            async with second.serve(port=port), scripted_bot(second) as bot:
                await bot.say("after the restart")
                await erin.message("after the restart")
                await erin.message("before the end")
                await expect(erin.page.get_by_role("alert")).to_have_count(0)
                await expect(erin.page.locator(".main textarea")).to_have_value("half a sentence")


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_contrast_is_enough_for_everyone(
    chromium: Browser, slack: SlackStandIn, bot: ScriptedBot, scheme: Any
) -> None:
    for each in (blocks.MARKUP, blocks.WIDGETS, blocks.PROPOSAL, blocks.PLAN):
        await bot.say("blocks", blocks=each)
    await bot.client.chat_postEphemeral(channel="CRAY", user="UENGINEER", text="psst")
    async with visitor(chromium, slack.url, color_scheme=scheme) as person:
        await person.go()
        await person.message("psst")
        assert await person.page.evaluate(CONTRAST) == []


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_on_a_phone(chromium: Browser, slack: SlackStandIn, bot: ScriptedBot, scheme: Any) -> None:
    root = await bot.say("root")
    for each in (blocks.MARKUP, blocks.WIDGETS, blocks.PROPOSAL, blocks.PLAN):
        await bot.say("blocks", blocks=each)
        await bot.say("blocks", blocks=each, thread_ts=root)
    await bot.say("x" * 400)
    touch = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "color_scheme": scheme}
    async with visitor(chromium, slack.url, **touch) as person:
        page = person.page
        await person.go()
        await person.message("x" * 400)
        assert await person.overflow() == 0
        await page.get_by_role("button", name="Open the menu").tap()
        await page.get_by_role("link", name="general", exact=True).tap()
        await expect(page.get_by_role("heading", name="general", exact=True)).to_be_in_viewport()
        await expect(page.get_by_role("link", name="general", exact=True)).to_be_hidden()
        await person.go(f"#CRAY/{root}")
        thread = page.get_by_role("complementary", name="Thread")
        await expect(thread).to_have_css("width", "390px")
        assert await person.overflow() == 0
        await thread.get_by_role("button", name="Back").tap()
        await expect(thread).to_have_count(0)
        assert person.complaints == []


APP: Json = {
    "features": {
        "shortcuts": [
            {
                "type": "message",
                "name": "Count its words",
                "callback_id": "count",
                "description": "Tell how long it is",
            },
            {
                "type": "message",
                "name": "Translate it",
                "callback_id": "translate",
                "description": "Into plain words",
            },
            {
                "type": "global",
                "name": "Say something",
                "callback_id": "say",
                "description": "From anywhere",
            },
        ],
        "agent_view": {
            "suggested_prompts": [{"title": "A riddle", "message": "What has keys and opens nothing?"}]
        },
    },
    "settings": {
        "interactivity": {"is_enabled": True},
        "event_subscriptions": {"bot_events": ["message.im"]},
    },
    "oauth_config": {"scopes": {"bot": ["chat:write", "commands", "im:history"]}},
}


@pytest.mark.parametrize("scheme", ["light", "dark"])
async def test_shortcuts_and_prompts_are_the_apps_own_also_on_a_phone(chromium: Browser, scheme: Any) -> None:
    standin = SlackStandIn(rules=Rules(installed=Installed.by(APP)))
    touch = {"viewport": PHONE, "has_touch": True, "is_mobile": True, "color_scheme": scheme}
    async with (
        standin.serve() as url,
        scripted_bot(standin) as bot,
        visitor(chromium, url, **touch) as person,
    ):

        async def opened(payload: Json) -> None:
            await bot.client.views_open(trigger_id=payload["trigger_id"], view=blocks.FORM)

        bot.on |= {"message_action": opened, "shortcut": opened}
        page = person.page
        await person.go("#CGENERAL")
        await bot.say("words to count", channel="CGENERAL")
        message = await person.message("words to count")
        await message.get_by_label("More actions", exact=True).tap()
        await expect(message.get_by_role("menuitem")).to_contain_text(["Count its words", "Translate it"])
        assert await page.evaluate(CONTRAST) == []
        assert await person.overflow() == 0
        for item in await message.get_by_role("menuitem").all():
            await expect(item).to_be_in_viewport(ratio=1)
        await message.get_by_role("menuitem", name="Translate it").tap()
        form = page.get_by_role("dialog", name="Edit program")
        await form.get_by_role("button", name="Cancel").tap()
        await page.locator(".main .composer").get_by_label("Shortcuts", exact=True).tap()
        await expect(page.get_by_role("menuitem")).to_contain_text(["Say something"])
        assert await person.overflow() == 0
        await page.get_by_role("menuitem", name="Say something").tap()
        await form.get_by_role("button", name="Cancel").tap()
        pointed, anywhere = [each for each in bot.heard if "callback_id" in each]
        assert (pointed["callback_id"], pointed["message"]["text"]) == ("translate", "words to count")
        assert anywhere["callback_id"] == "say"

        await person.go("#DENGINEER")
        await page.get_by_role("button", name="A riddle").tap()
        asked = await person.message("What has keys and opens nothing?")
        await expect(asked).to_contain_text("Erin Engineer")
        assert person.complaints == []


async def test_menus_go_by_keys(chromium: Browser) -> None:
    standin = SlackStandIn(rules=Rules(installed=Installed.by(APP)))
    async with standin.serve() as url, scripted_bot(standin) as bot, visitor(chromium, url) as person:
        keys = person.page.keyboard
        await person.go("#CGENERAL")
        await bot.say("words to count", channel="CGENERAL")
        message = await person.message("words to count")
        more = message.get_by_label("More actions", exact=True)
        await more.focus()
        await keys.press("Enter")
        items = message.get_by_role("menu", name="More actions: raygen").get_by_role("menuitem")
        await expect(items.first).to_be_focused()
        for key, place in (("End", 1), ("ArrowDown", 0), ("ArrowUp", 1), ("Home", 0)):
            await keys.press(key)
            await expect(items.nth(place)).to_be_focused()
        await keys.press("Escape")
        await expect(items.first).to_be_hidden()
        await expect(more).to_be_focused()
        await keys.press("Enter")
        await expect(items.first).to_be_focused()
        await person.page.locator(".main textarea").focus()
        await expect(items.first).to_be_hidden()
        assert person.complaints == []
