"""What can a person do with a message on the page, and what does the page say is new?"""

from playwright.async_api import Page, expect

from bot.playground.local_slack.server import LocalSlack
from tests.bot.playground.page.conftest import Bot, Opens


async def _says(page: Page, text: str) -> None:
    await page.locator("#composer textarea").fill(text)
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages .message").filter(has_text=text)).to_have_count(1)


async def test_a_reaction_is_added_and_taken_back(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.posts(text="Redis is down")
    await page.locator(".message").hover()
    await page.get_by_role("button", name="React with eyes").click()
    chip = page.locator(".reaction")
    await expect(chip).to_have_text("👀 1")
    await expect(chip).to_have_attribute("aria-pressed", "true")
    await chip.click()
    await expect(chip).to_have_count(0)
    await page.locator(".message").hover()
    await page.get_by_role("button", name="Add a reaction").click()
    await page.get_by_role("dialog").get_by_role("button", name="rocket").click()
    await expect(chip).to_have_text("🚀 1")


async def test_a_reply_that_is_sent_to_the_channel_too_stands_there_with_its_thread(
    opens: Opens, bot: Bot
) -> None:
    page = await opens()
    ts = await bot.posts(text="🎯 DRILL: Redis &amp; co <@U0DEV>")
    await bot.posts(text="only in the thread", thread_ts=ts)
    await bot.posts(text="nobody has acknowledged", thread_ts=ts, reply_broadcast=True)
    shown = page.locator("#messages .message")
    await expect(shown).to_have_count(2)
    await expect(shown.last).to_contain_text("replied to a thread: 🎯 DRILL: Redis & co @dev")
    await expect(shown.last).to_contain_text("nobody has acknowledged")
    await expect(shown.first).to_contain_text("2 replies")
    await shown.last.get_by_role("button", name="DRILL").click()
    in_thread = page.locator("#thread .message")
    await expect(in_thread).to_have_count(3)
    await expect(in_thread.last).to_contain_text("Also sent to the channel")
    await expect(in_thread.nth(1)).not_to_contain_text("Also sent")
    await bot.edits(ts, [], text="✅ DRILL OVER")
    await expect(shown.last).to_contain_text("replied to a thread: ✅ DRILL OVER")


async def test_a_message_is_pinned_and_the_pin_taken_out(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.posts(text="03:14 the cache was cleared")
    for label, count in (("Pin it to the channel", 1), ("Take the pin out", 0)):
        await page.locator(".message").hover()
        await page.get_by_label("More").click()
        await page.get_by_role("button", name=label).click()
        await expect(page.get_by_text("📌 Pinned")).to_have_count(count)


async def test_ones_own_message_is_edited_and_deleted_and_nobody_elses(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.posts(text="not yours")
    await _says(page, "Redis & co are down")
    mine = page.locator(".message").filter(has_text="co are")
    await mine.hover()
    await mine.get_by_label("More").click()
    await mine.get_by_role("button", name="Edit").click()
    box = page.get_by_role("dialog").get_by_role("textbox")
    await expect(box).to_have_value("Redis & co are down")
    await box.fill("Redis & co are back")
    await page.get_by_role("button", name="Save").click()
    mine = page.locator(".message").filter(has_text="co are back")
    await expect(mine).to_contain_text("(edited)")
    await mine.hover()
    await mine.get_by_label("More").click()
    await mine.get_by_role("button", name="Delete").click()
    await expect(mine).to_have_count(0)
    theirs = page.locator(".message").filter(has_text="not yours")
    await theirs.hover()
    await theirs.get_by_label("More").click()
    await expect(theirs.get_by_role("button", name="Delete")).to_have_count(0)


async def test_another_channel_counts_what_is_new_until_it_is_read(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.web.conversations_join(channel="C0GENERAL")
    for number in range(3):
        await bot.web.chat_postMessage(channel="C0GENERAL", text=f"news {number}")
    general = page.locator('[data-place="C0GENERAL"]')
    await expect(general).to_have_text("# general3 new")
    await expect(page).to_have_title("(3) Pong playground")
    await general.click()
    await expect(page.locator("#messages .message")).to_have_count(3)
    await expect(general).to_have_text("# general")
    await expect(page).to_have_title("Pong playground")
    await page.reload()
    await expect(general).to_have_text("# general")


async def test_what_came_while_one_was_away_stands_below_a_line(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.posts(text="old")
    await expect(page.locator(".message")).to_have_count(1)
    await page.wait_for_function("Object.keys(localStorage).some((key) => key.startsWith('pong-read-'))")
    await page.goto("about:blank")
    await bot.posts(text="newer")
    await bot.posts(text="newest")
    await page.go_back()
    line = page.locator("#messages .day.new")
    await expect(line).to_have_count(1)
    order = await page.locator("#messages .flow > *").all_inner_texts()
    assert [text.splitlines()[-1] for text in order[-4:]] == ["old", "New", "newer", "newest"]


async def test_a_thread_that_was_read_says_how_many_replies_are_new(opens: Opens, bot: Bot) -> None:
    page = await opens()
    ts = await bot.posts(text="parent")
    await bot.posts(text="first", thread_ts=ts)
    await page.get_by_role("button", name="1 reply").click()
    await expect(page.get_by_role("log", name="Replies").locator(".message")).to_have_count(2)
    await page.get_by_role("button", name="Close the thread").click()
    await bot.posts(text="second", thread_ts=ts)
    await bot.posts(text="third", thread_ts=ts)
    replies = page.locator(".replies")
    await expect(replies).to_contain_text("2 new")
    await replies.click()
    await expect(page.get_by_role("log", name="Replies").locator(".day.new")).to_have_count(1)
    await expect(replies).not_to_contain_text("new")


async def test_bookmarks_are_links_under_the_channels_name(opens: Opens, bot: Bot) -> None:
    page = await opens()
    fields = {"title": "Runbook", "type": "link", "link": "https://example.com/runbook"}
    await bot.web.bookmarks_add(channel_id="C0INCIDENTS", **fields)
    link = page.get_by_role("group", name="Bookmarks").get_by_role("link", name="Runbook")
    await expect(link).to_have_attribute("href", "https://example.com/runbook", timeout=20_000)
    await page.reload()
    await expect(link).to_be_visible()


async def test_the_apps_home_shows_what_it_publishes(opens: Opens, bot: Bot, slack: LocalSlack) -> None:
    page = await opens()
    await page.get_by_role("button", name="Home").click()
    await expect(page.locator("#home")).to_contain_text("The app has not put anything here yet.")
    block = {"type": "section", "text": {"type": "mrkdwn", "text": "*No open incident*"}}
    await bot.web.views_publish(user_id="U0MARIA", view={"type": "home", "blocks": [block]})
    await expect(page.locator("#home strong")).to_have_text("No open incident")
    await page.get_by_role("button", name="# incidents").click()
    await expect(page.locator("#home")).to_be_hidden()
    await expect(page.locator("#messages")).to_be_visible()
