"""Can one person alone break the glass in a browser, and another still stop it?"""

from pathlib import Path

import pytest
from playwright.async_api import expect

from tests.fixtures.story import LATER_MS, SOON_MS, played


@pytest.mark.timeout(300)
async def test_one_person_breaks_the_glass_and_another_stops_it(tmp_path: Path) -> None:
    async with played(tmp_path / "play") as story:
        await story.breaks("Fill the memory")
        await expect(story.parent).to_be_visible(timeout=SOON_MS)
        await story.opens_thread()
        await story.writes("/redis clear cache")
        card = await story.replied("needs 1 approval", LATER_MS)
        await card.get_by_role("button", name="Break glass…").click()
        dialog = story.page.get_by_role("dialog", name="Break glass")
        await dialog.get_by_label("Why can it not wait?").fill("soon")
        await dialog.get_by_role("button", name="Break glass").click()
        await expect(dialog).to_contain_text("Say in a sentence why it cannot wait")
        await dialog.get_by_label("Why can it not wait?").fill("Nobody else answers, every login fails.")
        await story.picture("glass-window", of=dialog)
        await dialog.get_by_role("button", name="Break glass").click()
        told = story.thread.locator("article").filter(has_text="no other person has approved it")
        await expect(told.last).to_be_visible(timeout=SOON_MS)
        await story.picture("glass-broken")
        await story.takes_over("Sam")
        await told.last.get_by_role("button", name="Cancel it").click()
        await story.replied("before it started. Nothing was run.")
        await story.picture("glass-cancelled")
