"""What stands around the messages: guide, panel, drawer, theme; and can everybody use all of it?"""

import pytest
from axe_playwright_python.async_playwright import Axe
from playwright.async_api import Page, expect

from bot.playground.panel.bench import Bench
from bot.slack.render.blocks import Button
from tests.bot.playground.page.conftest import Bot, Opens, incident


async def test_the_guide_says_what_is_next_and_stays_closed(opens: Opens) -> None:
    page = await opens()
    steps = page.get_by_role("list").filter(has_text="Break it").get_by_role("listitem")
    await expect(steps).to_have_count(5)
    await expect(page.locator("#guide-count")).to_have_text("1 of 5")
    await expect(page.locator('#guide [aria-current="step"]')).to_contain_text("/redis triage")
    await page.locator("#guide summary").click()
    await expect(steps.first).to_be_hidden()
    await page.reload()
    await expect(page.locator("#guide-count")).to_have_text("1 of 5")
    await expect(steps.first).to_be_hidden()


async def test_a_phone_says_first_what_to_do_next_and_leads_there(opens: Opens) -> None:
    page = await opens(width=390)
    line, button = page.locator("#next-words"), page.locator("#next-go")
    await expect(line).to_have_text("Next: press Triage on the incident.")
    assert (await line.bounding_box() or {})["height"] < 30  # one line
    await button.click()  # How?
    await expect(page.locator('#guide [aria-current="step"]')).to_be_in_viewport()
    await button.click()  # Show me
    await expect(page.locator("#messages")).to_be_visible()
    await expect(button).to_have_text("How?")
    await button.click()
    await page.locator("#guide summary").click()  # who has closed the guide has no need of it
    await expect(line).to_be_hidden()


async def test_what_the_next_step_has_people_press_is_shown_to_them(opens: Opens, done: set[str]) -> None:
    done.clear()
    page = await opens(width=390)
    await expect(page.locator("#next-words")).to_have_text("Next: fill the memory of Redis.")
    await page.locator("#next-go").click()
    await expect(page.get_by_role("button", name="Fill the memory", exact=True)).to_be_in_viewport()
    await expect(page.locator("#next-go")).to_be_hidden()


async def test_on_a_wide_screen_the_guide_stands_beside_it_all(opens: Opens) -> None:
    page = await opens()
    await expect(page.locator("#guide-count")).to_have_text("1 of 5")
    await expect(page.locator("#next-words")).to_be_hidden()


@pytest.mark.parametrize("width", [1280, 390])
async def test_nothing_shows_above_the_panel_s_head_while_one_scrolls(opens: Opens, width: int) -> None:
    page = await opens(width=width)
    if width == 390:
        await page.get_by_role("button", name="Break it").click()
    scrolls = ".rail" if width == 390 else "#panel"
    await expect(page.locator("#shop")).to_contain_text("7/min")
    for down in range(400, 800, 37):
        shown = "([where, down]) => { document.querySelector(where).scrollTop = down; }"
        await page.evaluate(shown, [scrolls, down])
        top = await page.locator(scrolls).evaluate("node => node.getBoundingClientRect().top")
        assert await page.evaluate(
            "y => document.querySelector('.panel-head').contains(document.elementFromPoint(60, y))", top + 2
        ), down


async def test_what_gets_the_focus_is_not_below_the_panel_s_head(opens: Opens) -> None:
    page = await opens()
    await page.get_by_role("button", name="Flood the shop").focus()
    head = page.locator(".panel-head")
    for _ in range(10):
        await page.keyboard.press("Shift+Tab")
        top = await page.evaluate("document.activeElement.getBoundingClientRect().top")
        assert top >= (await head.evaluate("node => node.getBoundingClientRect().bottom"))


async def test_the_panel_shows_each_group_in_its_order(opens: Opens, bench: Bench) -> None:
    page = await opens()
    server = page.locator('[data-group="server"] .button:visible')
    await expect(server).to_have_text(
        ["Stop Redis", "Kill Redis (SIGKILL)", "Freeze Redis", "Refuse snapshots", "Make it a replica"]
    )
    await page.get_by_role("button", name="Freeze Redis").click()
    await expect(page.locator("#server-state")).to_have_text("Frozen")
    await expect(server.nth(2)).to_have_text("Thaw Redis")
    await page.get_by_role("button", name="Mend it").click()
    await expect(page.locator("#server-state")).to_have_text("Running")
    await expect(server.nth(2)).to_have_text("Freeze Redis")
    await page.get_by_role("button", name="Make it a replica").click()
    await expect(page.locator("#server-state")).to_have_text("Running, read-only replica")
    assert bench.broken == {"replica"}


async def test_the_shop_shows_its_figures_and_its_log(opens: Opens) -> None:
    page = await opens()
    await expect(page.locator("#shop")).to_contain_text("7/min")
    await expect(page.locator("#panel-alerts")).to_have_text("🔔 RedisDown is firing")
    await page.get_by_text("What it logs").click()
    await expect(page.get_by_role("list", name="The shop's log")).to_contain_text("Redis disconnected")


async def test_the_drawer_shows_calls_and_hides_what_does_not_fit(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.posts(text="hello")
    await page.get_by_role("button", name="Developers").click()
    rows = page.locator(".exchange:visible")
    call = rows.filter(has_text="chat.postMessage")
    await expect(call).to_have_count(1)
    await call.locator("summary").click()
    await expect(call).to_contain_text('"text": "hello"')
    await page.get_by_role("searchbox").fill("chat.update")
    await expect(call).to_have_count(0)
    await page.keyboard.press("Escape")
    await expect(page.locator("#drawer")).to_be_hidden()
    await expect(page.get_by_role("button", name="Developers")).to_be_focused()


async def test_a_refused_call_says_why_in_the_drawer(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.web.api_call("auth.test")
    with pytest.raises(Exception, match="channel_not_found"):
        await bot.web.chat_postMessage(channel="C0NOWHERE", text="x")
    await page.get_by_role("button", name="Developers").click()
    await expect(page.locator(".exchange").filter(has_text="channel_not_found")).to_have_count(1)


async def test_the_theme_is_the_machines_until_somebody_chooses(opens: Opens) -> None:
    page = await opens(dark=True)

    async def ground() -> str:
        return str(await page.evaluate("getComputedStyle(document.body).backgroundColor"))

    dark = await ground()
    button = page.locator("#theme")
    await button.click()
    assert await ground() == "rgb(255, 255, 255)"
    await page.reload()
    await page.locator("#people summary strong").wait_for()
    assert await ground() == "rgb(255, 255, 255)"
    await button.click()
    assert await ground() == dark


async def _violations(page: Page) -> list[str]:
    # Best practices too: what is left out is named here, and why.
    results = await Axe().run(page, options={"resultTypes": ["violations"]})
    return [
        f"{found['id']}: {node['target']} {node['failureSummary']}"
        for found in results.response["violations"]
        for node in found["nodes"]
    ]


@pytest.mark.parametrize("dark", [False, True], ids=["light", "dark"])
@pytest.mark.parametrize("width", [1280, 390])
async def test_axe_finds_no_violation(opens: Opens, bot: Bot, width: int, dark: bool) -> None:
    page = await opens(width=width, dark=dark)
    ts = await bot.posts(
        incident(Button("ack", "4", "Acknowledge", "primary"), Button("no", "4", "Deny", "danger"))
    )
    await bot.posts(text="Acknowledged by <@U0DEV>, see <#C0GENERAL> and `PING`", thread_ts=ts)
    await bot.posts(text="Escalated", thread_ts=ts, reply_broadcast=True)
    await page.locator("#composer textarea").fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.locator("#messages .message")).to_have_count(3)
    assert await _violations(page) == []
    await page.get_by_role("button", name="2 replies").click()
    await expect(page.locator("#thread .message")).to_have_count(3)
    assert await _violations(page) == []
    if width == 390:
        await page.get_by_role("button", name="Close the thread").click()
        await page.get_by_role("button", name="Break it").click()
    else:
        await page.get_by_role("button", name="Developers").click()
        await page.locator(".exchange summary").first.click()
    assert await _violations(page) == []
    await page.locator("#people summary").click()
    assert await _violations(page) == []
