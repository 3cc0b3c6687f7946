"""People at the playground's page, and a camera for the documentation."""

from __future__ import annotations

import os
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from playwright.async_api import Locator, Page, expect

from tests.e2e.page_driver import Visitor

#: Wide enough for a thread beside its channel, high enough for a whole card.
SCREEN = {"width": 1506, "height": 1500}
_CALM = "document.activeElement?.matches('article :not([open] *)') && document.activeElement.blur()"


def album() -> Path | None:
    """Where pictures are kept; by default none are taken."""
    folder = os.environ.get("RAYGEN_SCREENSHOTS")
    return Path(folder) if folder else None


@dataclass
class Tour:
    """One person with the page open, who goes from surface to surface by clicks and keys."""

    visitor: Visitor

    @property
    def page(self) -> Page:
        return self.visitor.page

    @property
    def thread(self) -> Locator:
        return self.page.get_by_role("complementary", name="Thread")

    @property
    def card(self) -> Locator:
        """The newest message of the open thread that is more than a file."""
        return self.thread.locator("article:not(.whisper):has(.block)").last

    @property
    def whisper(self) -> Locator:
        """The newest message in the channel that only this person sees."""
        return self.page.locator(".main article.whisper").last

    def modal(self, title: str) -> Locator:
        return self.page.get_by_role("dialog", name=title)

    async def go(self, name: str) -> None:
        """To a channel, the direct messages, or the home tab, by the sidebar."""
        link = self.page.get_by_role("navigation", name="Workspace").get_by_role("link", name=name)
        await link.click()
        await expect(link).to_have_attribute("aria-current", "page")

    async def write(self, text: str, *, thread: bool = False) -> None:
        box = self.page.locator(".thread textarea" if thread else ".main .composer textarea")
        await box.fill(text)
        await box.press("Enter")

    async def command(self, text: str) -> None:
        await self.write(f"/raygen {text}".strip())

    async def press(self, label: str, within: Locator | None = None) -> None:
        await (within or self.card).get_by_role("button", name=label, exact=True).click()

    async def wait_for(self, *texts: str, within: Locator | None = None) -> Locator:
        """A message that says all of this."""
        place = within or self.card
        for text in texts:
            await expect(place).to_contain_text(text)
        return place

    async def close(self, title: str) -> None:
        await self.modal(title).locator("footer button").first.click()
        await expect(self.modal(title)).to_be_hidden()

    async def picture(
        self, name: str, what: Locator, *, around: int = 0, above: int = 0, width: int = 0
    ) -> None:
        """Take a picture of an element, with what lies `around` and `above` it, no wider than `width` where that is said."""
        folder = album()
        if folder is None:
            return
        await self.page.mouse.move(0, 0)
        await self.page.evaluate(_CALM)
        path = folder / f"{name}.png"
        options: dict[str, Any] = {"path": path, "animations": "disabled", "caret": "hide"}
        if not around and not above and not width:
            await what.screenshot(**options)
            return
        await what.scroll_into_view_if_needed()
        box = await what.bounding_box()
        assert box
        clip = {
            "x": box["x"] - around,
            "y": box["y"] - around - above,
            "width": min(box["width"], width or box["width"]) + 2 * around,
            "height": box["height"] + 2 * around + above,
        }
        await self.page.screenshot(clip=clip, **options)
