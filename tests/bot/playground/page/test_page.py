"""Does the page show what Slack shows, and send what Slack sends? In a real browser."""

from typing import Any

from playwright.async_api import expect

from bot.playground.panel.server import RedisServer, ServerState
from bot.slack.render.blocks import Button, Confirm, actions, context, section
from tests.bot.playground.page.conftest import Bot, Opens, incident

VIEW: dict[str, Any] = {
    "type": "modal",
    "callback_id": "pong:resolve",
    "title": {"type": "plain_text", "text": "Resolve #4"},
    "submit": {"type": "plain_text", "text": "Resolve"},
    "blocks": [
        {
            "type": "input",
            "block_id": "cause",
            "label": {"type": "plain_text", "text": "Root cause"},
            "element": {"type": "plain_text_input", "action_id": "cause", "multiline": True},
        },
        {
            "type": "input",
            "block_id": "kind",
            "optional": True,
            "label": {"type": "plain_text", "text": "Kind"},
            "element": {
                "type": "static_select",
                "action_id": "kind",
                "options": [{"text": {"type": "plain_text", "text": "Memory"}, "value": "memory"}],
            },
        },
    ],
}


async def test_a_message_reads_as_slack_shows_it(opens: Opens, bot: Bot) -> None:
    page = await opens()
    marks = "*bold* _soft_ ~gone~ `code` :eyes: <https://example.com|there> 5 &lt; 6 &amp; 7 a*b*c 2 * 3 * 4"
    who = "<@U0DEV> <!subteam^S0SRE> <#C0GENERAL> <!date^1767229860^{date_num} {time}|never>"
    await bot.posts([section(f"{marks}\n&gt; quoted\n{who}"), context("small print")])
    body = page.locator(".message-body").last
    await expect(body.locator("strong")).to_have_text("bold")
    await expect(body.locator("em")).to_have_text("soft")
    await expect(body.locator("s")).to_have_text("gone")
    await expect(body.locator("code")).to_have_text("code")
    await expect(body.locator("a")).to_have_attribute("href", "https://example.com/")
    await expect(body.locator("blockquote")).to_have_text("quoted")
    await expect(body.locator("time")).to_have_text("2026-01-01 02:11 AM")
    await expect(body).to_contain_text("👀 there 5 < 6 & 7 a*b*c 2 * 3 * 4")
    assert await body.locator(".mention").all_inner_texts() == ["@dev", "@sre-oncall", "#general"]


async def test_text_never_becomes_html(opens: Opens, bot: Bot) -> None:
    page = await opens()
    nasty = '<img src=x onerror="document.title=1"><script>document.title=2</script>'
    await bot.posts(text=nasty.replace("<", "&lt;").replace(">", "&gt;"))
    await bot.posts([section("<javascript:alert(1)|click me>"), section(f"`{nasty.replace('<', '&lt;')}`")])
    await expect(page.locator(".message")).to_have_count(2)
    await expect(page.locator(".message-body").first).to_contain_text("<img src=x")
    assert await page.locator(".message-body img, .message-body script").count() == 0
    assert await page.locator(".message-body a").count() == 0
    assert await page.title() == "Pong playground"


async def test_a_pressed_button_reaches_the_bot(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.posts(incident(Button("ack", "4", "Acknowledge", "primary")))
    async with page.expect_response("**/client/action"):
        await page.get_by_role("button", name="Acknowledge").click()
    (heard,) = bot.heard
    assert (heard["type"], heard["user"]["id"]) == ("block_actions", "U0MARIA")
    assert (heard["actions"][0]["action_id"], heard["actions"][0]["value"]) == ("pong:ack", "4")


async def test_a_confirm_dialog_comes_before_the_deed(opens: Opens, bot: Bot) -> None:
    page = await opens()
    confirm = Confirm(title="Clear the cache?", text="It cannot be undone.", yes="Clear it")
    await bot.posts(incident(Button("approve", "1", "Approve", "primary", confirm)))
    await page.get_by_role("button", name="Approve").click()
    await expect(page.get_by_role("dialog")).to_contain_text("It cannot be undone.")
    await page.get_by_role("button", name="Go back").click()
    await expect(page.get_by_role("dialog")).to_have_count(0)
    assert bot.heard == []
    await expect(page.get_by_role("button", name="Approve")).to_be_focused()
    await page.get_by_role("button", name="Approve").click()
    async with page.expect_response("**/client/action"):
        await page.get_by_role("button", name="Clear it").click()
    assert bot.heard[0]["actions"][0]["action_id"] == "pong:approve"


async def test_a_modal_shows_field_errors_and_closes_when_it_is_taken(opens: Opens, bot: Bot) -> None:
    page = await opens()
    bot.view = VIEW
    await bot.posts(incident(Button("resolve", "4", "Resolve…")))
    await page.get_by_role("button", name="Resolve…").click()
    dialog = page.get_by_role("dialog", name="Resolve #4")
    await expect(dialog.get_by_label("Root cause")).to_be_focused()
    await dialog.get_by_role("button", name="Resolve").click()
    await expect(dialog.get_by_text("Please complete this required field.")).to_be_visible()
    bot.answer = {"response_action": "errors", "errors": {"cause": "Say a little more."}}
    await dialog.get_by_label("Root cause").fill("cache")
    await dialog.get_by_label("Kind").select_option("Memory")
    await dialog.get_by_role("button", name="Resolve").click()
    await expect(dialog.get_by_text("Say a little more.")).to_be_visible()
    bot.answer = None
    await dialog.get_by_role("button", name="Resolve").click()
    await expect(dialog).to_have_count(0)
    values = bot.heard[-1]["view"]["state"]["values"]
    assert values["cause"]["cause"]["value"] == "cache"
    assert values["kind"]["kind"]["selected_option"]["value"] == "memory"


async def test_an_edit_leaves_the_button_under_the_finger_alone(opens: Opens, bot: Bot) -> None:
    page = await opens()
    stop = actions([Button("stop", "1", "Stop", "danger")])
    ts = await bot.posts([section("10 %"), stop])
    button = page.get_by_role("button", name="Stop", exact=True)
    await button.focus()
    before = await button.element_handle()
    await bot.edits(ts, [section("70 %"), stop])
    await expect(page.locator(".message-body")).to_contain_text("70 %")
    assert await page.evaluate("old => old.isConnected && old === document.activeElement", before)


async def test_a_thread_opens_beside_and_takes_replies(opens: Opens, bot: Bot) -> None:
    page = await opens("U0DEV")
    ts = await bot.posts(incident(Button("ack", "4", "Acknowledge")))
    await bot.posts(text="Acknowledged REDIS_FAILURE - investigating", thread_ts=ts)
    await page.get_by_role("button", name="1 reply").click()
    thread = page.get_by_role("region", name="Thread")
    await expect(thread.locator(".message")).to_have_count(2)
    await thread.get_by_role("textbox").fill("@pong ping")
    await page.keyboard.press("Enter")
    await expect(thread.locator(".message")).to_have_count(3)
    await expect(page.get_by_role("button", name="2 replies")).to_be_visible()
    assert bot.heard[-1]["event"]["type"] == "app_mention"
    assert bot.heard[-1]["event"]["thread_ts"] == ts
    await page.keyboard.press("Escape")
    await expect(thread).to_be_hidden()


async def test_a_slash_command_in_a_thread_is_refused_with_what_to_write(opens: Opens, bot: Bot) -> None:
    page = await opens()
    ts = await bot.posts(text="an incident")
    await bot.posts(text="a reply", thread_ts=ts)
    await page.get_by_role("button", name="1 reply").click()
    box = page.get_by_role("region", name="Thread").get_by_role("textbox")
    await box.fill("/redis ping")
    await page.keyboard.press("Enter")
    refusal = "/redis is not supported in threads. Sorry! Write @pong ping instead."
    await expect(page.locator("#replier .trouble")).to_have_text(refusal)
    await expect(box).to_have_value("/redis ping")
    assert bot.heard == []


async def test_commands_are_suggested_and_sent(opens: Opens, bot: Bot) -> None:
    page = await opens()
    box = page.locator("#composer textarea")
    await box.press_sequentially("/red")
    await expect(page.get_by_role("option")).to_have_count(1)
    await page.keyboard.press("Tab")
    await expect(box).to_have_value("/redis ping ")
    async with page.expect_response("**/client/command"):
        await page.keyboard.press("Enter")
    assert (bot.heard[0]["command"], bot.heard[0]["text"].strip()) == ("/redis", "ping")


async def test_an_unknown_command_is_said_and_kept_in_the_box(opens: Opens) -> None:
    page = await opens()
    await page.locator("#composer textarea").fill("/nonsense")
    await page.keyboard.press("Enter")
    await expect(page.locator("#composer .trouble")).to_contain_text("/nonsense is not a valid command")
    await expect(page.locator("#composer textarea")).to_have_value("/nonsense")


async def test_what_only_one_person_sees_is_gone_after_a_reload(opens: Opens, bot: Bot) -> None:
    maria, dev = await opens("U0MARIA"), await opens("U0DEV")
    await bot.posts(text="for all")
    await bot.web.chat_postEphemeral(channel="C0INCIDENTS", user="U0MARIA", text="for Maria")
    await expect(maria.get_by_text("Only visible to you")).to_be_visible()
    await expect(dev.locator(".message")).to_have_count(1)
    await maria.reload()
    await expect(maria.locator(".message")).to_have_count(1)
    await expect(maria.get_by_text("for Maria")).to_have_count(0)


async def test_one_can_become_somebody_else_and_stays_so(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await page.locator("#people summary").click()
    await page.locator('[data-user="U0SAM"]').click()
    await expect(page.locator("#people summary strong")).to_have_text("Sam")
    await page.reload()
    await expect(page.locator("#people summary strong")).to_have_text("Sam")
    await page.locator("#composer textarea").fill("hello")
    await page.keyboard.press("Enter")
    await expect(page.locator(".message .name")).to_have_text("Sam")


async def test_a_report_reads_as_markdown_or_as_written(opens: Opens, bot: Bot) -> None:
    page = await opens()
    text = "# Redis failure\n\n| Step | at |\n|---|---|\n| Opened | 03:10 |\n\n- **critical** <b>full</b>"
    await bot.web.files_upload_v2(channel="C0INCIDENTS", filename="report.md", content=text)
    await page.get_by_role("button", name="report.md").click()
    dialog = page.get_by_role("dialog", name="report.md")
    await expect(dialog.get_by_role("heading", name="Redis failure")).to_be_visible()
    await expect(dialog.get_by_role("row", name="Opened 03:10")).to_be_visible()
    await expect(dialog.get_by_role("listitem")).to_have_text("critical <b>full</b>")
    await dialog.get_by_role("button", name="As written").click()
    await expect(dialog.locator("pre")).to_have_text(text)
    await page.keyboard.press("Escape")
    await expect(page.get_by_role("dialog")).to_have_count(0)


async def test_the_panel_breaks_redis_and_shows_it(opens: Opens, server: RedisServer) -> None:
    page = await opens()
    await expect(page.locator("#server-state")).to_have_text("Running")
    await expect(page.locator("#panel-notes")).to_have_text("Pong answered 202.")
    await page.get_by_role("button", name="Kill Redis").click()
    await expect(page.locator("#server-state")).to_have_text("Killed")
    await expect(page.get_by_role("button", name="Kill Redis")).to_have_count(0)
    assert server.state is ServerState.KILLED
    await page.get_by_role("button", name="Start Redis").click()
    await expect(page.locator("#server-state")).to_have_text("Running")
    await page.get_by_role("button", name="Fill the memory").click()
    await expect(page.locator('#memory[data-level="critical"]')).to_be_visible()


async def test_a_phone_shows_one_pane_at_a_time_and_never_scrolls_sideways(opens: Opens, bot: Bot) -> None:
    page = await opens(width=390, dark=True)
    ts = await bot.posts(incident(*(Button(f"v{n}", "4", f"Button {n}") for n in range(5))))
    await bot.posts(text="w" * 300, thread_ts=ts)
    assert not await page.locator("#panel").is_visible()
    await page.get_by_role("button", name="Break it").click()
    await expect(page.locator("#panel")).to_be_visible()
    await expect(page.locator("#composer")).to_be_hidden()
    await page.get_by_role("button", name="Messages").click()
    await page.get_by_role("button", name="1 reply").click()
    await expect(page.locator("#composer")).to_be_hidden()
    await expect(page.locator("#replier")).to_be_visible()
    assert await page.evaluate("document.documentElement.scrollWidth") == 390


async def test_every_control_has_a_name(opens: Opens, bot: Bot) -> None:
    page = await opens()
    await bot.posts(incident(Button("ack", "4", "Acknowledge")))
    await expect(page.locator(".message")).to_have_count(1)
    nameless = """() => [...document.querySelectorAll("button, textarea, select, input, summary, meter")]
        .filter((node) => !(node.ariaLabel || node.textContent.trim() || node.labels?.length
                            || node.getAttribute("aria-labelledby")))
        .map((node) => node.outerHTML)"""
    assert await page.evaluate(nameless) == []
