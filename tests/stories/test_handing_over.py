"""Can an incident be handed over, made worse, summed up and found again, by pressing and typing?"""

import re
from collections.abc import AsyncIterator
from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.fixtures.story import SOON_MS, Story, played


@pytest.fixture
async def story(tmp_path: Path) -> AsyncIterator[Story]:
    async with played(tmp_path / "play") as story:
        yield story


@pytest.mark.timeout(300)
async def test_it_goes_from_one_to_another_with_where_it_stands(story: Story) -> None:
    page = story.page
    await story.becomes("Maria")
    await story.breaks("Stop Redis")
    await expect(story.parent).to_be_visible(timeout=SOON_MS)
    await story.parent.get_by_role("button", name="Acknowledge").click()
    await story.opens_thread()
    await story.replied("Acknowledged REDIS_FAILURE")
    await story.picture("incident-parent")
    await story.parent.get_by_role("button", name="Hand over…").click()
    dialog = page.get_by_role("dialog", name="Hand over")
    await dialog.get_by_label("To whom?").select_option(label="Dev")
    await dialog.get_by_label("Note").fill("The replica is behind.")
    await story.picture("hand-over")
    await dialog.get_by_role("button", name="Hand over").click()
    await story.replied(re.compile("hands #1 over to"))
    await expect(story.parent).to_contain_text("now with", timeout=SOON_MS)
    await story.parent.get_by_role("button", name="Where we are").click()
    await story.replied("Where we are in #1")
    await story.writes("/incident assign @maria")
    await story.replied(re.compile("is taken over by"))
    await story.writes("/incident severity P1")
    await story.replied("rates it P1 (it was P2)")
    await story.writes("/incident escalate")
    await story.replied("asks for help")
    await story.picture("handed-over")
    await page.set_viewport_size({"width": 390, "height": 844})
    await story.picture("handed-over-phone")


@pytest.mark.timeout(300)
async def test_the_home_tab_shows_what_is_open(story: Story) -> None:
    page = story.page
    await story.becomes("Maria")
    await story.breaks("Stop Redis")
    await expect(story.parent).to_be_visible(timeout=SOON_MS)
    await page.get_by_role("button", name=re.compile("Home$")).click()
    home = page.get_by_role("region", name="The app's Home")
    await expect(home).to_contain_text("Open incidents", timeout=SOON_MS)
    await expect(home).to_contain_text("RedisDown on redis-prod: triggered")
    await story.picture("home")
