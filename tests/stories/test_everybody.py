"""Can the whole way be gone with the keyboard alone, and on a phone?"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Locator, Page, expect

from tests.fixtures.browser import MISSING, browser_page, browser_path
from tests.fixtures.playground import playground
from tests.fixtures.story import LATER_MS, SOON_MS, Story

TABS_MOST = 90
FOCUSED = "node => node === document.activeElement"


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    if browser_path() is None:
        pytest.skip(MISSING)
    async with playground(tmp_path / "play") as address:
        yield address


class Keyboard:
    """A person without a mouse."""

    def __init__(self, page: Page) -> None:
        self.page = page

    async def reaches(self, target: Locator, key: str = "Tab") -> None:
        """Press Tab until `target` has the focus."""
        for _ in range(TABS_MOST):
            if await target.count() and await target.first.evaluate(
                "node => node === document.activeElement"
            ):
                return
            await self.page.keyboard.press(key)
        raise AssertionError(f"{target} was not reached in {TABS_MOST} steps of {key}")

    async def presses(self, target: Locator, *, key: str = "Tab", by: str = "Enter") -> None:
        await self.reaches(target, key)
        await self.page.keyboard.press(by)

    async def writes(self, text: str) -> None:
        await self.reaches(self.page.get_by_role("textbox", name=re.compile("^Message")))
        await self.page.keyboard.type(text)
        await self.page.keyboard.press("Escape")  # the suggestions
        await self.page.keyboard.press("Enter")


@pytest.mark.timeout(300)
async def test_the_whole_way_with_the_keyboard_alone(address: str) -> None:
    async with browser_page(viewport={"width": 1280, "height": 860}) as page:
        await page.goto(address)
        story, keys = Story(page), Keyboard(page)
        await keys.presses(page.locator("#panel").get_by_role("button", name="Fill the memory", exact=True))
        await expect(story.channel.locator(".replies")).to_be_visible(timeout=SOON_MS)
        await keys.presses(story.channel.locator(".replies"))
        await expect(page.locator("#thread")).to_be_focused()
        await keys.presses(story.parent.get_by_role("button", name="Acknowledge"), key="Shift+Tab")
        await expect(story.parent).to_contain_text("acknowledged by @maria", timeout=SOON_MS)
        await keys.writes("/redis triage")
        triage = await story.replied("critical over 90 %")
        await keys.presses(triage.get_by_role("button", name="Clear cache…"))
        await story.replied("needs 1 approval")

        await keys.presses(page.locator("#people summary"), key="Shift+Tab", by="Space")
        await keys.presses(page.locator('[data-user="U0DEV"]'))
        await expect(page.locator("#people summary")).to_contain_text("Dev")
        await keys.presses(story.channel.locator(".replies"))
        card = await story.replied("needs 1 approval")
        await keys.presses(card.get_by_role("button", name="Approve"))
        await keys.presses(page.get_by_role("dialog").get_by_role("button", name="Approve"))
        await story.replied("is done", LATER_MS)

        await keys.presses(story.parent.get_by_role("button", name="Resolve…"), key="Shift+Tab")
        dialog = page.get_by_role("dialog", name="Resolve")
        await expect(dialog.get_by_label("Root cause")).to_be_focused()
        await page.keyboard.type("The cache had no limit.")
        await keys.reaches(dialog.get_by_label("Fix"))
        await page.keyboard.type("Cleared it.")
        await keys.presses(dialog.get_by_role("button", name="Resolve"))
        report = await story.replied("The report")
        await keys.presses(report.locator(".file"))
        await expect(page.get_by_role("dialog")).to_contain_text("Drill 1: Redis Failure")
        await page.keyboard.press("Escape")
        await expect(report.locator(".file")).to_be_focused()


async def test_up_and_down_go_from_message_to_message(address: str) -> None:
    async with browser_page(viewport={"width": 1280, "height": 860}) as page:
        await page.goto(address)
        keys, story = Keyboard(page), Story(page)
        for text in ("one", "two", "three"):
            await keys.writes(text)
            await expect(story.channel.locator("article").filter(has_text=text)).to_have_count(1)
        await keys.reaches(page.locator("#messages"), "Shift+Tab")
        await page.keyboard.press("ArrowUp")
        await expect(story.channel.locator("article").last).to_be_focused()
        await page.keyboard.press("ArrowUp")
        await expect(story.channel.locator("article").nth(1)).to_be_focused()
        await keys.presses(page.get_by_role("button", name="Reply in the thread"))
        await expect(page.locator("#thread")).to_be_focused()
        await keys.reaches(page.get_by_role("textbox", name=re.compile("^Reply")))
        await page.keyboard.press("Escape")
        await expect(page.locator("#thread")).to_be_hidden()
        await expect(story.channel.locator("article").nth(1)).to_be_focused()


@pytest.mark.timeout(300)
@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
async def test_the_way_on_a_phone(address: str, dark: bool) -> None:
    scheme = "dark" if dark else "light"
    phone = {"viewport": {"width": 390, "height": 844}, "has_touch": True, "color_scheme": scheme}
    async with browser_page(**phone) as page:
        await page.goto(address)
        story = Story(page)
        await page.get_by_role("button", name="Break it").tap()
        await page.locator("#panel").get_by_role("button", name="Fill the memory", exact=True).tap()
        await story.picture(f"phone-panel-{scheme}")
        await page.get_by_role("button", name="Messages").tap()
        await expect(story.parent).to_be_visible(timeout=SOON_MS)
        await story.writes("/redis triage")
        await story.channel.get_by_role("button", name=re.compile("repl")).first.tap()
        triage = await story.replied("critical over 90 %")
        await triage.get_by_role("button", name="Clear cache…").tap()
        card = await story.replied("needs 1 approval")
        await expect(card.get_by_role("button", name="Approve")).to_be_visible()
        assert await page.evaluate("document.documentElement.scrollWidth") == 390
        found = await Axe().run(page)
        assert [(each["id"], each["nodes"]) for each in found.response["violations"]] == []
        await story.picture(f"phone-{scheme}")
