"""Does Pong say, in a browser, what is wrong with each Redis that can be broken there?"""

from pathlib import Path

import pytest
from playwright.async_api import expect

from bot.playground.panel.breakages import BREAKAGES, Breakage
from tests.fixtures.story import ROOT, SOON_MS, Story, played

# What is asked, and what Pong's answer says.
ANSWERS = {
    "stop": ("ping", "refuses connections"),
    "kill": ("ping", "refuses connections"),
    "freeze": ("ping", "accepts connections but does not answer"),
    "fill": ("triage", "Likeliest: cache keys fill the memory"),
    "fill-no-ttl": ("triage", "Likeliest: cache keys fill the memory"),
    "fill-hash": ("triage", "Likeliest: more data than memory"),
    "slow": ("triage", "PING takes"),
    "password": ("ping", "refuses Pong's user or password"),
    "shop-password": ("triage", "shop says disconnected"),
    "leak": ("ping", "turns clients away: all of maxclients are taken"),
    "lose": ("triage", "shop says disconnected, yet Redis answers"),
    "script": ("ping", "is busy with a script"),
    "flood": ("ping", "answers"),
    "disk": ("ping", "refuses writes: it cannot save to its disk"),
    "replica": ("ping", "is a read-only replica: writes fail"),
}


def test_every_breakage_has_its_answer() -> None:
    assert set(ANSWERS) == {one.breaks.name for one in BREAKAGES}
    told = (ROOT / "docs" / "playground.md").read_text("utf-8")
    assert all(f"(broken-{name}.png)" in told for name in ANSWERS)


@pytest.mark.timeout(600)
async def test_each_breakage_gets_its_diagnosis_and_is_mended(tmp_path: Path) -> None:
    async with played(tmp_path / "play") as story:
        await story.breaks("Stop Redis")
        await expect(story.parent).to_be_visible(timeout=SOON_MS)
        await story.opens_thread()
        await story.breaks("Mend it")
        for breakage in BREAKAGES:
            await _broken_asked_and_mended(story, breakage)


async def _broken_asked_and_mended(story: Story, breakage: Breakage) -> None:
    name, label, trouble = breakage.breaks.name, breakage.breaks.label, breakage.trouble
    verb, says = ANSWERS[name]
    state = story.page.locator("#server-state")
    await expect(state).to_have_text("Running", timeout=SOON_MS)
    await story.breaks(label)
    await expect(state).to_have_text(_state(trouble), ignore_case=True, timeout=SOON_MS)
    if name == "leak":
        await expect(story.page.locator("#memory-words")).to_contain_text("100/100", timeout=SOON_MS)
    if name.startswith("fill"):
        await expect(story.page.locator('#memory[data-level="critical"]')).to_be_visible(timeout=SOON_MS)
    answers = story.thread.locator("article").filter(has_text=says)
    before = await answers.count()
    await story.writes(f"/redis {verb}")
    await expect(answers.nth(before)).to_be_visible(timeout=SOON_MS)
    await story.picture(f"broken-{name}", of=answers.nth(before))
    await story.breaks("Mend it")


def _state(trouble: str) -> str:
    return trouble if trouble in ("stopped", "killed", "frozen") else f"Running, {trouble}"
