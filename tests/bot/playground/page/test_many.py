"""Does a channel with 2,000 messages stay quick and whole?"""

import asyncio

from playwright.async_api import expect

from bot.playground.local_slack.server import LocalSlack
from tests.bot.playground.page.conftest import Bot, Opens

MANY = 2_000


async def test_older_messages_come_as_somebody_scrolls_up(opens: Opens, bot: Bot, slack: LocalSlack) -> None:
    for number in range(MANY):
        await bot.posts(text=f"message {number}")
    page = await opens()
    rows = page.locator("#messages .message")
    await expect(rows.last).to_contain_text(f"message {MANY - 1}")
    assert await rows.count() < 200
    await expect(page.locator("#messages .day.start")).to_contain_text("earlier")
    box = page.locator("#messages")
    async with asyncio.timeout(60):
        while await rows.count() < MANY:
            await box.evaluate("node => { node.scrollTop = 0; }")
            await page.wait_for_timeout(30)  # a scroll is told at the next frame
    await expect(rows).to_have_count(MANY)
    await expect(rows.first).to_contain_text("message 0")
    texts = await page.locator("#messages .message-body .text").all_text_contents()
    assert texts == [f"message {number}" for number in range(MANY)]
    await box.evaluate("node => { node.scrollTop = 0; }")
    await expect(rows.first).to_be_in_viewport()
    await page.wait_for_timeout(30)  # the scroll is told before the message comes
    await bot.posts(text="one more")
    # Looked at from time to time: to ask at every frame keeps the page from drawing 2,000 rows.
    await page.wait_for_function("() => !document.getElementById('to-newest').hidden", polling=500)
    newest = page.get_by_role("button", name="New messages")
    await expect(newest).to_be_visible()
    await newest.click()
    await expect(rows.last).to_be_in_viewport()
    await expect(newest).to_be_hidden()
