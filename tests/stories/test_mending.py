"""Can people mend in a browser what Pong has an action for?"""

from contextlib import suppress
from pathlib import Path

import pytest
from playwright.async_api import Locator, expect
from playwright.async_api import TimeoutError as PlaywrightTimeout

from tests.fixtures.story import LATER_MS, SOON_MS, Story, played

# What is broken, what is typed, and what the outcome says.
MENDED = (
    ("Let the shop lose Redis", "/redis restart app", "shop says redis connected"),
    ("Leak clients", "/redis restart app", "shop says redis connected"),
    ("Run a script that never ends", "/redis kill script", "it takes commands again"),
    ("Fill the memory", "/redis scale 128mb", "the limit is 128 MB, memory at"),
    ("Change the shop's password", "/redis rotate leaked", "shop says redis connected"),
    ("Freeze Redis", "/redis restart redis", "is done"),
)


@pytest.mark.timeout(400)
async def test_what_is_broken_is_mended_by_an_action(tmp_path: Path) -> None:
    async with played(tmp_path / "play") as story:
        await story.breaks("Stop Redis")
        await expect(story.parent).to_be_visible(timeout=SOON_MS)
        await story.breaks("Start Redis")
        await story.becomes("Dev")
        for breaks, typed, says in MENDED:
            await _mended(story, breaks, typed, says)


async def _mended(story: Story, breaks: str, typed: str, says: str) -> None:
    await story.becomes("Maria")
    await story.opens_thread()
    await expect(story.page.locator("#server-state")).to_have_text("Running", timeout=SOON_MS)
    await story.breaks(breaks)
    await expect(story.page.locator("#server-state")).not_to_have_text("Running", timeout=SOON_MS)
    if breaks == "Fill the memory":
        await expect(story.page.locator('#memory[data-level="critical"]')).to_be_visible(timeout=SOON_MS)
    done = story.thread.locator("article").filter(has_text=says)
    cards = story.thread.locator("article").filter(has=story.page.get_by_role("button", name="Deny…"))
    before, asked = await done.count(), await cards.count()
    await story.writes(typed)
    await expect(cards.nth(asked)).to_be_visible(timeout=LATER_MS)
    await _says_yes(story, cards.nth(asked))
    await expect(done.nth(before)).to_be_visible(timeout=LATER_MS)
    await story.picture(f"mended-{typed.replace('/redis ', '').replace(' ', '-')}", of=done.last)
    # What the action mended already needs no more, and the button is switched off for that any moment.
    with suppress(PlaywrightTimeout):
        await story.page.locator("#panel").get_by_role("button", name="Mend it").click(timeout=3_000)


async def _says_yes(story: Story, card: Locator) -> None:
    """Maria's own confirm where that is enough, else Dev's approval, and Nia's where it needs two."""
    if await card.get_by_role("button", name="Confirm").count():
        await _presses(story, card, "Confirm")
        return
    people = ("Dev", "Nia") if "needs 2 approvals" in await card.inner_text() else ("Dev",)
    for person in people:
        await story.takes_over(person)
        await _presses(story, card, "Approve")


async def _presses(story: Story, card: Locator, button: str) -> None:
    await card.get_by_role("button", name=button).click()
    await story.page.get_by_role("dialog").get_by_role("button", name=button).click()
