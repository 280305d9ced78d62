"""Can people carry a Redis failure from its alert to its report, in a browser?"""

import re
import time
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.fixtures.story import LATER_MS, SOON_MS, Story, played


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with played(tmp_path / "play") as story:
        yield story


@pytest.mark.timeout(300)
async def test_the_guided_run_takes_less_than_five_minutes(story: Story) -> None:
    began_s = time.monotonic()
    await story.guide_says("0 of 5")
    await story.picture("playground")
    await story.breaks("Fill the memory")
    await expect(story.parent).to_be_visible(timeout=SOON_MS)
    await story.guide_says("1 of 5")
    await story.opens_thread()
    await story.writes("/redis triage")
    triage = await story.replied("critical over 90 %")
    await story.guide_says("2 of 5")
    await triage.get_by_role("button", name="Clear cache…").click()
    await story.replied("needs 1 approval")
    await story.guide_says("3 of 5")
    await story.takes_over("Dev")
    await story.approves(await story.replied("needs 1 approval"))
    await story.guide_says("4 of 5")
    await story.picture("playground-guided")
    await story.replied("is done", LATER_MS)
    await story.resolves("The cache had no limit.", "Cleared it; a limit follows.")
    await story.replied("The report")
    await story.guide_says("✓ done")
    await story.page.emulate_media(color_scheme="dark")
    await story.page.get_by_role("button", name="Developers").click()
    await story.picture("playground-dark")
    assert time.monotonic() - began_s < 300


@pytest.mark.timeout(300)
async def test_three_people_carry_a_failure_from_its_alert_to_its_report(story: Story) -> None:
    page = story.page
    await story.becomes("Maria")
    await expect(page.locator("#server-state")).to_contain_text(re.compile("running", re.I), timeout=SOON_MS)

    await story.breaks("Stop Redis")
    await expect(story.parent).to_be_visible(timeout=SOON_MS)
    await story.opens_thread()
    await story.writes("/redis ping")
    await story.replied("refuses connections")
    await story.replied("The server process or its port is down")
    await story.parent.get_by_role("button", name="Acknowledge").click()
    await story.replied("Acknowledged REDIS_FAILURE - investigating")
    await expect(story.parent).to_contain_text("acknowledged by @maria")
    await story.picture("incident")

    await story.breaks("Start Redis")
    await story.replied("Say what it was to close it", LATER_MS)
    await story.breaks("Fill the memory")
    await story.replied("FIRING AGAIN: RedisMemoryHigh", LATER_MS)
    await story.writes("/redis triage")
    triage = await story.replied("critical over 90 %")
    await triage.get_by_role("button", name="Clear cache…").click()
    card = await story.replied("needs 1 approval")
    await story.guide_says("3 of 5")
    await story.picture("approval")

    await story.approves(card)
    await story.replied("somebody else has to approve it")
    await story.takes_over("Sam")
    await story.approves(card)
    await story.replied("You may not decide on this")
    await story.takes_over("Dev")
    await story.approves(card)
    await expect(story.thread.get_by_role("button", name="Stop")).to_be_visible(timeout=SOON_MS)
    await expect(story.thread.locator("article").filter(has_text="others' p99").first).to_be_visible(
        timeout=SOON_MS
    )
    done = await story.replied("is done", LATER_MS)
    text = await done.inner_text()
    found = re.search(r"Memory (\d+) %", text)
    assert found, text
    assert int(found[1]) < 70, text
    await expect(page.locator("#memory-words")).to_contain_text(re.compile(r"^\D*[0-6]?\d(\.\d)? ?%"))

    await story.takes_over("Maria")
    await story.writes("/redis verify")
    await story.replied("redis-prod is whole again")
    await story.resolves("The cache had no limit of its own.", "Cleared the cache; the limit follows.")
    await story.replied("DRILL OVER: Redis Failure")
    report = await story.replied("The report")
    await report.locator(".file").click()
    await expect(page.get_by_role("dialog")).to_contain_text("Drill 1: Redis Failure")
    await expect(page.get_by_role("dialog")).to_contain_text("approve by")
    await story.picture("report")
