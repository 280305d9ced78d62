"""Is the public told of a failure, from the question to the end, by people in Slack?"""

from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx

from bot.clock import DrivenClock
from bot.playground.local_slack.person import shown_text
from bot.providers.statuspage import statuspage
from bot.public.publishing import Publishing
from bot.ticker import Ticker
from tests.bot.intake.test_opening import START_MS
from tests.fixtures.alerts import alertmanager
from tests.fixtures.slack_pong import TOKEN, SlackPong, slack_pong
from tests.fixtures.small_pong import DEV, MARIA, VERA
from tests.fixtures.statuspage import KEY, PAGE, Page

TABLES: dict[str, Any] = {
    "secrets": {"STATUSPAGE_API_KEY": KEY},
    "statuspage": {"page_id": PAGE, "public_name": "Example Shop"},
}


class Night:
    """A workspace and a page, on a clock that only the test moves."""

    def __init__(self, up: SlackPong, page: Page, clock: DrivenClock) -> None:
        self.up = up
        self.page = page
        self.clock = clock
        service = statuspage(up.pong.settings)
        assert service is not None
        self._publishing = Publishing(up.pong, service)
        self.maria, self.dev, self.vera = (up.person(user) for user in (MARIA, DEV, VERA))

    async def alert_comes(self) -> None:
        async with self.up.http() as client:
            await client.post(
                "/webhooks/alertmanager",
                content=alertmanager(starts_ms=START_MS),
                headers={"authorization": f"Bearer {TOKEN}"},
            )
        await self.maria.sees("Please acknowledge")

    async def minutes_pass(self, minutes: float) -> None:
        for _ in range(round(minutes)):
            self.clock.advance(60)
            await Ticker(self.up.pong).tick()

    async def is_told(self) -> None:
        """The page has as many texts as Slack will say it has."""
        for _ in range(3):
            self.clock.advance(2)
            await self._publishing.step()


async def test_from_the_question_to_the_end(tmp_path: Path) -> None:
    clock = DrivenClock()
    page = Page(clock)
    async with (
        slack_pong(tmp_path, clock=clock, **TABLES) as up,
        httpx.AsyncClient(transport=page.transport()) as http,
    ):
        up.pong = replace(up.pong, http=http)
        async with up.working():
            await _the_night(Night(up, page, clock))


async def test_one_person_tells_the_public_while_another_mends_it(tmp_path: Path) -> None:
    clock = DrivenClock()
    async with slack_pong(tmp_path, clock=clock, **TABLES) as up, up.working():
        night = Night(up, Page(clock), clock)
        maria, dev = night.maria, night.dev
        await night.alert_comes()
        await maria.presses(await maria.sees("INCIDENT: Redis Failure"), "Acknowledge")
        await maria.sees("has it, after")
        await dev.presses(await dev.sees("INCIDENT: Redis Failure"), "Take communication")
        taken = await dev.sees(f"<@{DEV}> tells the public and users about #1")
        await maria.sees(lambda message: f"*Communication:* <@{DEV}>" in shown_text(message))

        await night.minutes_pass(29)
        question = await dev.sees("Shall the public be told of #1?")
        assert f"<@{DEV}>" in shown_text(question)
        assert MARIA not in shown_text(question)

        await dev.presses(taken, "Hand communication over…")
        window = await dev.waits_for_view(title="Hand over")
        assert (await dev.submits(window, {"to": MARIA, "note": "I have to leave"}))["ok"]
        over = await maria.sees(f"<@{DEV}> hands the communication of #1 over to <@{MARIA}>")
        assert "nobody has decided" in shown_text(over)
        await maria.presses(over, "Give back")
        await maria.sees(f"<@{MARIA}> gives back the communication of #1: <@{MARIA}> has it again.")


async def _the_night(night: Night) -> None:
    maria, dev, page = night.maria, night.dev, night.page
    await night.alert_comes()
    await night.minutes_pass(29)
    question = await maria.sees("Shall the public be told of #1? It has lasted 30 minutes.")
    assert "Slower response times: Example Shop" in shown_text(question)

    await night.vera.presses(question, "Publish…")
    await night.vera.sees("You may not do this")
    await maria.presses(question, "Publish…")
    window = await maria.waits_for_view(title="Status page")
    assert (await maria.submits(window, {"body": "ask maria@example.com"}))["ok"] is False
    assert (await maria.submits(window, {"body": "We look into it. <!channel> *now*"}))["ok"]
    await maria.sees("publishes on the status page")
    await night.is_told()
    stands = await maria.sees("🌐 On the status page since")
    assert page.texts == [("investigating", "We look into it. <!channel> *now*")]

    await night.minutes_pass(5)
    await dev.presses(stands, "Post to status page…")
    window = await dev.waits_for_view(title="Status page")
    assert (await dev.submits(window, {"status": "identified", "body": "We know what it is."}))["ok"]
    await dev.sees(f"<@{DEV}> publishes on the status page")
    await night.is_told()
    await dev.sees(lambda message: "*Status page:* Identified" in shown_text(message))

    await maria.presses(await maria.sees("INCIDENT: Redis Failure"), "Resolve…")
    window = await maria.waits_for_view(title="Resolve")
    await maria.submits(window, {"root_cause": "keys without a TTL", "fix": "cleared the cache"})
    end = await maria.sees("the public still reads that it goes on. Say that it is over?", 30)
    assert [status for status, _ in page.texts] == ["investigating", "identified"]
    await maria.presses(end, "Publish the end…")
    window = await maria.waits_for_view(title="Status page")
    # Pong saw that the Redis is not whole: that it is over are her words.
    assert "We are watching whether this is over. It began at 01:10 UTC." in str(window)
    assert (await maria.submits(window, {"status": "resolved", "body": "It is over."}))["ok"]
    await maria.sees(f"<@{MARIA}> tells the public.")
    await night.is_told()
    await maria.sees(lambda message: "*Status page:* Resolved" in shown_text(message))
    assert page.texts[-1] == ("resolved", "It is over.")
    assert (page.creates, page.delivered, page.too_fast) == (1, [], 0)
