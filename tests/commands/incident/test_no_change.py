"""Who may say by one press that nothing has changed, and what becomes of the reminder in Slack?"""

import asyncio
from pathlib import Path

from bot.clock import DrivenClock
from bot.playground.local_slack.person import shown_text
from bot.ticker import Ticker
from tests.bot.intake.test_opening import START_MS
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.slack_pong import TOKEN, slack_pong
from tests.fixtures.small_pong import DEV, MARIA, VERA, SmallPong, asks


async def test_a_viewer_may_not(open_one: SmallPong) -> None:
    await asked(open_one, asks("no_change", via="button", ref="1", by=VERA))
    assert not await open_one.posted("⏳ UPDATE")


async def test_in_slack_the_reminder_loses_its_buttons_and_who_was_too_late_is_told(tmp_path: Path) -> None:
    clock = DrivenClock()
    async with slack_pong(tmp_path, clock=clock) as up, up.working(), up.http() as client:
        maria, dev = up.person(MARIA), up.person(DEV)
        headers = {"authorization": f"Bearer {TOKEN}"}
        alert = alertmanager(starts_ms=START_MS)
        await client.post("/webhooks/alertmanager", content=alert, headers=headers)
        await maria.presses(await maria.sees("INCIDENT: Redis Failure"), "Acknowledge")
        await maria.sees("has it, after")
        for _ in range(8):
            clock.advance(60)
            await Ticker(up.pong).tick()
        reminder = await maria.sees("the next update is due")

        # Both press before either sees what the other did.
        await asyncio.gather(maria.presses(reminder, "No change"), dev.presses(reminder, "No change"))
        answered = await maria.sees("says that nothing has changed")
        clock.advance(5)  # Slack takes one message a second in a channel
        assert answered["ts"] == reminder["ts"]
        assert [block["type"] for block in answered["blocks"]] == ["section"]
        told = await maria.sees("That is done, by @")
        assert any(f"<@{one}>" in shown_text(told) for one in (MARIA, DEV))
        assert sum("UPDATE: Redis Failure" in shown_text(message) for message in await dev.messages()) == 1
