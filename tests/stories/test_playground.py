"""Can three people carry a Redis failure from its alert to its report, in a browser?

SCREENSHOTS=docs keeps the pictures there; without it they go to test-results/.
"""

import asyncio
import os
import re
import shutil
import signal
import sys
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import Locator, Page, async_playwright, expect

from tests.fixtures.redis_server import free_port

ROOT = Path(__file__).parents[2]
PICTURES = Path(os.environ.get("SCREENSHOTS", ROOT / "test-results" / "story"))
BROWSERS = ("chromium", "chromium-browser", "google-chrome")
SOON_MS, LATER_MS = 20_000, 90_000


@pytest.fixture
async def address(tmp_path: Path) -> AsyncIterator[str]:
    """A playground of our own, ended with all that it started."""
    port = free_port()
    process = await asyncio.create_subprocess_exec(
        *(
            sys.executable,
            "-m",
            "bot",
            "playground",
            "--port",
            str(port),
            "--directory",
            str(tmp_path / "play"),
        ),
        cwd=ROOT,
        stdout=asyncio.subprocess.PIPE,
    )
    assert process.stdout is not None
    async with asyncio.timeout(60):
        first = (await process.stdout.readline()).decode()
    yield re.search(r"http://\S+", first)[0]
    process.send_signal(signal.SIGINT)
    async with asyncio.timeout(20):
        assert await process.wait() == 0


@pytest.fixture(autouse=True)
def pictures() -> Path:
    PICTURES.mkdir(parents=True, exist_ok=True)
    return PICTURES


@pytest.fixture
async def page(address: str) -> AsyncIterator[Page]:
    """Chromium on the playground, or a skip that says why."""
    found = next((path for name in BROWSERS if (path := shutil.which(name))), None)
    if found is None:
        pytest.skip(
            "No Chromium on this machine: the story was not played in a browser (apt install chromium)."
        )
    async with async_playwright() as playwright:
        browser = await playwright.chromium.launch(executable_path=found, args=["--no-sandbox"])
        page = await browser.new_page(viewport={"width": 1280, "height": 860})
        await page.goto(address)
        yield page
        await browser.close()


class Story:
    """What a person does on the page."""

    def __init__(self, page: Page) -> None:
        self.page = page
        self.thread = page.get_by_role("log", name="Replies")
        self.channel = page.get_by_role("log", name="Messages")

    async def becomes(self, name: str) -> None:
        await self.page.locator("#people summary").click()
        await self.page.locator("#people").get_by_role("button", name=re.compile(name)).click()
        await expect(self.page.locator("#people summary")).to_contain_text(name)

    async def takes_over(self, name: str) -> None:
        """Another person looks at the thread."""
        await self.becomes(name)
        await self.opens_thread()

    async def opens_thread(self) -> None:
        await self.channel.get_by_role("button", name=re.compile("repl")).first.click()
        await expect(self.thread).to_be_visible()

    async def breaks(self, button: str) -> None:
        await self.page.locator("#panel").get_by_role("button", name=button).click()

    async def writes(self, text: str) -> None:
        box = self.page.get_by_role("textbox", name=re.compile("^Message"))
        await box.fill(text)
        await self.page.locator("#composer").get_by_role("button", name="Send").click()

    async def replied(self, text: str, timeout_ms: int = SOON_MS) -> Locator:
        """The newest reply with `text`, once it is there."""
        reply = self.thread.locator("article").filter(has_text=text).last
        await expect(reply).to_be_visible(timeout=timeout_ms)
        return reply

    async def picture(self, name: str) -> None:
        await self.page.wait_for_timeout(300)  # smooth scrolling comes to rest
        await self.page.screenshot(path=PICTURES / f"{name}.png")


@pytest.mark.timeout(300)
async def test_three_people_carry_a_failure_from_its_alert_to_its_report(page: Page) -> None:
    story = Story(page)
    await story.becomes("Maria")
    await expect(page.locator("#server-state")).to_contain_text(re.compile("running", re.I), timeout=SOON_MS)
    await story.picture("quiet")

    await story.breaks("Stop Redis")
    parent = story.channel.locator("article").filter(has_text="INCIDENT: Redis Failure")
    await expect(parent).to_be_visible(timeout=SOON_MS)
    await story.opens_thread()

    await story.writes("/redis ping")
    await story.replied("refuses connections")
    await story.replied("The server process or its port is down")
    await parent.get_by_role("button", name="Acknowledge").click()
    await story.replied("Acknowledged REDIS_FAILURE - investigating")
    await expect(parent).to_contain_text("acknowledged by @maria")
    await story.picture("incident")

    await story.breaks("Start Redis")
    await story.replied("Say what it was to close it", LATER_MS)
    await story.breaks("Fill the memory")
    await story.replied("FIRING AGAIN: RedisMemoryHigh", LATER_MS)
    await story.writes("/redis triage")
    triage = await story.replied("critical over 90 %")
    await story.picture("triage")
    await triage.get_by_role("button", name="Clear cache…").click()
    card = await story.replied("needs 1 approval")
    await story.picture("approval")

    await approve(story, card)
    await story.replied("somebody else has to approve it")
    await story.takes_over("Sam")
    await approve(story, card)
    await story.replied("You may not decide on this")
    await story.takes_over("Dev")
    await approve(story, card)
    await expect(story.thread.get_by_role("button", name="Stop")).to_be_visible(timeout=SOON_MS)
    await expect(story.thread.locator("article").filter(has_text="others' p99")).to_be_visible(
        timeout=SOON_MS
    )
    await story.picture("progress")
    done = await story.replied("is done", LATER_MS)
    text = await done.inner_text()
    assert int(re.search(r"Memory (\d+) %", text)[1]) < 70, text
    await expect(page.locator("#memory-words")).to_contain_text(re.compile(r"^\D*[0-6]?\d(\.\d)? ?%"))

    await story.takes_over("Maria")
    await story.writes("/redis verify")
    await story.replied("redis-prod is whole again")
    await parent.get_by_role("button", name="Resolve…").click()
    dialog = page.get_by_role("dialog", name="Resolve")
    await dialog.get_by_label("Root cause").fill("The cache had no limit of its own.")
    await dialog.get_by_label("Fix").fill("Cleared the cache; the limit follows tomorrow.")
    await story.picture("resolve")
    await dialog.get_by_role("button", name="Resolve").click()
    await story.replied("RESOLVED: Redis Failure")
    report = await story.replied("The report")
    await story.picture("resolved")
    await report.locator(".file").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Incident 1: Redis Failure")
    await expect(page.get_by_role("dialog")).to_contain_text("approve by")
    await story.picture("report")


async def approve(story: Story, card: Locator) -> None:
    await card.get_by_role("button", name="Approve").click()
    await story.page.get_by_role("dialog").get_by_role("button", name="Approve").click()
