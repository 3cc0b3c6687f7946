"""Drives `raygen playground` as people in Slack would, through its user-side API."""

from __future__ import annotations

import asyncio
import io
import json
import os
import signal
import socket
import sys
import time
from collections.abc import AsyncGenerator, Callable
from contextlib import asynccontextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import aiohttp

from tests.waiting import PATIENCE

Json = dict[str, Any]
SECRET = "sk-very-secret-of-the-operator"
#: Where the API would be reached; the links to runs there are shown as cards.
API_URL = "https://raygen.example.com"


@dataclass
class Playground:
    """A running playground; `process` is the command itself, whose child is the bot."""

    state_dir: Path
    port: int
    http: aiohttp.ClientSession
    environment: dict[str, str] = field(default_factory=dict)
    python: str | Path = sys.executable
    process: asyncio.subprocess.Process | None = None

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        log = (self.state_dir / "playground.log").open("ab")
        outside = {name: value for name, value in os.environ.items() if not name.startswith("RAY_")}
        self.process = await asyncio.create_subprocess_exec(
            self.python,
            "-m",
            "bot",
            "playground",
            "--no-browser",
            "--port",
            str(self.port),
            env={**outside, **self.environment, "RAYGEN_STATE_DIR": str(self.state_dir)},
            cwd=self.state_dir,
            stdout=log,
            stderr=log,
        )
        log.close()

    async def ready(self, limit: float = PATIENCE) -> None:
        missing: Any = None
        for _ in range(int(limit / 0.2)):
            try:
                async with self.http.get(f"{self.url}/play/ready") as answer:
                    missing = await answer.json()
                    if answer.status == 200:
                        return
            except aiohttp.ClientError as error:
                missing = error
            await asyncio.sleep(0.2)
        raise AssertionError(f"not ready in {limit} s: {missing}\n{self.logs()}")

    async def page(self, limit: float = PATIENCE) -> str:
        """The page, as soon as it can be had."""
        for _ in range(int(limit / 0.05)):
            with suppress(aiohttp.ClientConnectionError):
                async with self.http.get(self.url) as answer:
                    return await answer.text()
            await asyncio.sleep(0.05)
        raise AssertionError(f"no page in {limit} s\n{self.logs()}")

    async def stop(self, number: int = signal.SIGTERM) -> None:
        if self.process is not None and self.process.returncode is None:
            self.process.send_signal(number)
            await asyncio.wait_for(self.process.wait(), PATIENCE)

    def logs(self) -> str:
        files = [self.state_dir / "playground.log", self.state_dir / "playground" / "bot.log"]
        return "\n".join(file.read_text()[-3000:] for file in files if file.exists())

    async def bot_pid(self) -> int:
        """The bot is the playground's one child."""
        assert self.process is not None
        for _ in range(int(PATIENCE / 0.05)):
            children = Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split()
            if children:
                return int(children[0])
            await asyncio.sleep(0.05)
        raise AssertionError(f"the playground has no bot\n{self.logs()}")

    async def kill_bot(self) -> None:
        os.kill(await self.bot_pid(), signal.SIGKILL)

    async def post(self, path: str, **body: Any) -> Json:
        async with self.http.post(f"{self.url}/play/{path}", json=body) as answer:
            return {"status": answer.status, **(await answer.json())}

    async def get(self, path: str) -> Json:
        async with self.http.get(f"{self.url}/play/{path}") as answer:
            return await answer.json()

    async def command(self, text: str, *, user: str = "UENGINEER", channel: str = "CRAY") -> Thread:
        """`/raygen text`; gives the thread that it begins."""
        before = {message["ts"] for message in await self.messages(channel)}
        answer = await self.post("command", user=user, channel=channel, command="/raygen", text=text)
        assert answer["ok"], answer
        root = await self.wait(lambda: self.new_root(channel, before), f"no thread for {text!r}")
        return Thread(self, channel, root["ts"])

    async def propose(self, code: str, *, user: str = "UENGINEER") -> tuple[Thread, Json]:
        """A person has the program of a message of theirs validated; the thread below it, and the proposal."""
        ts = await self.say(f"```\n{code}\n```", channel="CRAY", user=user)
        place = {"user": user, "channel": "CRAY", "ts": ts}
        answer = await self.post("shortcut", **place, callback_id="run_message")
        assert answer["ok"], answer

        async def form() -> Json | None:
            views = (await self.get(f"views/{user}"))["views"]
            return next((view for view in views if ts in view["private_metadata"]), None)

        view = await self.wait(form, "the form did not open")
        answer = await self.post("submit", user=user, view_id=view["id"], values={})
        assert answer["ok"], answer
        thread = self.thread("CRAY", ts)
        return thread, await thread.with_button("Approve & run")

    async def say(
        self, text: str, *, channel: str, user: str = "UENGINEER", thread_ts: str | None = None
    ) -> str:
        body = {"user": user, "channel": channel, "text": text}
        answer = await self.post("message", **body, **({"thread_ts": thread_ts} if thread_ts else {}))
        return str(answer["ts"])

    async def upload(
        self,
        files: dict[str, bytes],
        text: str,
        *,
        channel: str,
        user: str = "UENGINEER",
        thread_ts: str | None = None,
    ) -> str:
        """A person shares files with a message; its ts."""
        form = aiohttp.FormData(
            {"user": user, "channel": channel, "text": text, "thread_ts": thread_ts or ""}
        )
        for name, content in files.items():
            form.add_field("file", io.BytesIO(content), filename=name)
        async with self.http.post(f"{self.url}/play/upload", data=form) as answer:
            reported = await answer.json()
            assert answer.status == 200, reported
            return str(reported["ts"])

    async def messages(self, channel: str, user: str | None = None) -> list[Json]:
        query = f"?user={user}" if user else ""
        return (await self.get(f"channel/{channel}{query}"))["messages"]

    async def wait(self, look: Callable[[], Any], complaint: str, limit: float = PATIENCE) -> Any:
        """The first true answer of `look`, asked every 50 ms; a playground that is not there yet is waited for."""
        end = time.monotonic() + limit
        while time.monotonic() < end:
            with suppress(aiohttp.ClientConnectionError):
                if found := await look():
                    return found
            await asyncio.sleep(0.05)
        raise AssertionError(f"{complaint} (waited {limit} s)\n{self.logs()}")

    async def whispered(self, channel: str, user: str, text: str) -> None:
        """Wait until `user` alone has got `text`."""

        async def look() -> bool:
            return text in flat({"all": await self.messages(channel, user)})

        await self.wait(look, f"{user} did not get {text!r}")

    def thread(self, channel: str, ts: str) -> Thread:
        return Thread(self, channel, ts)

    async def text(self, path: str) -> str:
        async with self.http.get(path if "://" in path else self.url + path) as answer:
            return await answer.text()

    async def jobs(self) -> list[Json]:
        """What the target's own Jobs API lists."""
        state = json.loads((self.state_dir / "playground" / "target" / "state.json").read_text())
        headers = {"Authorization": f"Bearer {state['token']}"}
        async with self.http.get(f"{state['address']}/api/jobs/", headers=headers) as answer:
            return await answer.json()

    async def kill_bot_after(self, seconds: float) -> None:
        await asyncio.sleep(seconds)
        await self.kill_bot()

    async def kill_all_after(self, seconds: float) -> None:
        """SIGKILL to the bot and to the command that keeps it."""
        await asyncio.sleep(seconds)
        await self.kill_bot()
        await self.stop(signal.SIGKILL)

    async def new_root(self, channel: str, before: set[str]) -> Json | None:
        new = [message for message in await self.messages(channel) if message["ts"] not in before]
        return new[0] if new else None


@dataclass
class Thread:
    """One thread, as its people see it."""

    play: Playground
    channel: str
    ts: str

    async def _wait(self, look: Callable[[], Any], complaint: str, limit: float = PATIENCE) -> Any:
        """As the playground's, with what is in the thread when it was in vain."""
        try:
            return await self.play.wait(look, complaint, limit)
        except AssertionError as error:
            raise AssertionError(f"{error}\nThe thread: {flat({'all': await self.replies()})}") from None

    async def replies(self) -> list[Json]:
        for message in await self.play.messages(self.channel):
            if message["ts"] == self.ts:
                return list(message.get("replies", []))
        return []

    async def with_button(self, label: str, limit: float = PATIENCE, *, after: int = 0) -> Json:
        """The newest reply that has a button of this label, once there are more than `after` of them."""

        async def look() -> Json | None:
            found = [reply for reply in await self.replies() if button(reply, label)]
            return found[-1] if len(found) > after else None

        return await self._wait(look, f"no button {label!r} in the thread", limit)

    async def with_text(self, text: str, limit: float = PATIENCE) -> Json:
        async def look() -> Json | None:
            found = [reply for reply in await self.replies() if text in flat(reply)]
            return found[-1] if found else None

        return await self._wait(look, f"no message with {text!r} in the thread", limit)

    async def click(self, message: Json, label: str, *, user: str = "UENGINEER") -> Json:
        pressed = button(message, label)
        assert pressed is not None, f"no button {label!r}"
        return await self.play.post(
            "click", user=user, channel=self.channel, ts=message["ts"], action_id=pressed["action_id"]
        )

    async def open_form(self, card: Json, label: str, *, user: str = "UENGINEER") -> Json:
        """Press a button of `card` that opens a form; the form's view."""
        answer = await self.click(card, label, user=user)
        assert answer["ok"], answer
        pressed = button(card, label)
        assert pressed is not None

        async def opened() -> Json | None:
            views = (await self.play.get(f"views/{user}"))["views"]
            return next((view for view in views if view["private_metadata"] in pressed["value"]), None)

        return await self.play.wait(opened, "the form did not open")

    async def submit_edit(self, card: Json, code: str, *, user: str = "UENGINEER") -> Json:
        """Press *Edit*, put `code` in place of the program, and submit the form."""
        view = await self.open_form(card, "Edit", user=user)
        fields = [block["block_id"] for block in view["blocks"]]
        lines = code.split("\n")
        texts = dict.fromkeys(fields, "#")
        texts[fields[0]] = "\n".join(lines)
        values = {name: {"code": text} for name, text in texts.items()}
        answer = await self.play.post("submit", user=user, view_id=view["id"], values=values)
        return {**answer, "view_id": view["id"]}

    async def press_slacks_stop(self, *, user: str = "UENGINEER") -> None:
        answer = await self.play.post("stop", user=user, channel=self.channel, thread_ts=self.ts)
        assert answer["status"] == 200, answer

    async def edit_to(self, code: str, *, user: str = "UENGINEER") -> Json:
        """Put other code in place of the newest proposal's, and wait for the new proposal."""
        card = await self.with_button("Approve & run")
        answer = await self.submit_edit(card, code, user=user)
        assert answer["ok"], answer
        return await self.newer_card(card)

    async def newer_card(self, card: Json) -> Json:
        """The proposal that comes after `card`, once the older one has lost its buttons."""

        async def replaced() -> Json | None:
            cards = [reply for reply in await self.replies() if button(reply, "Approve & run")]
            return cards[-1] if len(cards) == 1 and cards[-1]["ts"] != card["ts"] else None

        return await self._wait(replaced, "there is no newer proposal")

    async def approve_and_wait(self, *, user: str = "UENGINEER") -> Json:
        """Approve the newest proposal and wait for the end of its run."""
        card = await self.with_button("Approve & run")
        answer = await self.click(card, "Approve & run", user=user)
        assert answer["ok"], answer
        return await self.ended()

    async def ended(self, limit: float = PATIENCE) -> Json:
        """The message of a run that has ended."""

        async def look() -> Json | None:
            done = [reply for reply in await self.replies() if is_result(reply)]
            return done[-1] if done else None

        return await self._wait(look, "the run did not end", limit)

    async def whispered(self, user: str, text: str) -> None:
        await self.play.whispered(self.channel, user, text)

    async def files(self) -> list[str]:
        """The contents of the thread's text files."""
        found = [file for reply in await self.replies() for file in reply.get("files", [])]
        texts = [file for file in found if not file.get("mimetype", "").startswith("image/")]
        return [await self.play.text(file["play_url"]) for file in texts]


@asynccontextmanager
async def running(state_dir: Path, **environment: str) -> AsyncGenerator[Playground]:
    """A playground with a bot that has its own secrets in its environment, ready for people."""
    async with starting(state_dir, **environment) as play:
        await play.ready()
        yield play


@asynccontextmanager
async def starting(
    state_dir: Path, python: str | Path = sys.executable, **environment: str
) -> AsyncGenerator[Playground]:
    """The same, just started, by an interpreter that has raygen."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = int(probe.getsockname()[1])
    defaults = {
        "RAYGEN_TEST_SECRET": SECRET,
        "ANTHROPIC_API_KEY": "",
        "RAYGEN_TARGET_CPUS": "2",
        "RAYGEN_API_URL": API_URL,
    }
    async with aiohttp.ClientSession(timeout=aiohttp.ClientTimeout(total=PATIENCE)) as http:
        play = Playground(state_dir, port, http, {**defaults, **environment}, python)
        await play.start()
        try:
            yield play
        finally:
            await play.stop()


def button(message: Json, label: str) -> Json | None:
    for block in message.get("blocks", []):
        for element in block.get("elements", []):
            if element.get("type") == "button" and element["text"]["text"] == label:
                return element
    return None


def is_result(reply: Json) -> bool:
    """Whether a message is the result of a run; cards name approvers, too."""
    words = flat(reply)
    return "*Run " in words and "approved by" in words


def flat(message: Json) -> str:
    """All that a message holds, as one text to search in."""
    return json.dumps(message, ensure_ascii=False).replace('\\"', '"')


def literal(message: Json) -> str:
    """The text of a message's rich text, as people read it."""

    def walk(node: object) -> list[str]:
        if isinstance(node, list):
            return [text for child in node for text in walk(child)]
        if isinstance(node, dict):
            own = [node["text"]] if node.get("type") == "text" else []
            return own + walk(node.get("elements", []))
        return []

    rich = [block for block in message.get("blocks", []) if block["type"] == "rich_text"]
    return "\n".join(walk(rich))
