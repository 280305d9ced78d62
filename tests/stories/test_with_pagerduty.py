"""Do people in Slack see who is on call by PagerDuty, and get one more person through it?"""

from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack.person import shown_text
from bot.ticker import Ticker
from tests.fixtures.alerts import about_page, pagerduty, signed_by_pagerduty
from tests.fixtures.pagerduty import TOKEN, Pager
from tests.fixtures.slack_pong import PAGERDUTY_SECRET, SlackPong, slack_pong
from tests.fixtures.small_pong import DEV, MARIA

TABLES: dict[str, Any] = {
    "secrets": {"PAGERDUTY_API_TOKEN": TOKEN},
    "pagerduty": {"on_call_policy": "PPOL", "ping_on_call": True},
    "escalation": {"next_rung": [MARIA]},
    "alerts": {"rules": [{"source": "pagerduty", "name": "*Redis*", "target": "redis-prod"}]},
}


class Night:
    """A workspace, an account at PagerDuty, and a clock that only the test moves."""

    def __init__(self, up: SlackPong, pager: Pager, clock: DrivenClock) -> None:
        self.up, self.pager, self.clock = up, pager, clock
        self.maria, self.dev = up.person(MARIA), up.person(DEV)

    async def told(self, body: str) -> None:
        """By PagerDuty's webhook."""
        async with self.up.http() as client:
            headers = signed_by_pagerduty(body, PAGERDUTY_SECRET)
            answer = await client.post("/webhooks/pagerduty", content=body, headers=headers)
        assert answer.status_code == 202

    async def seconds_pass(self, seconds: float) -> None:
        left = seconds
        while left > 0:
            self.clock.advance(min(left, 30))
            left -= 30
            await Ticker(self.up.pong).tick()


@pytest.fixture
async def night(tmp_path: Path) -> AsyncIterator[Night]:
    clock = DrivenClock()
    emails = {"PMARIA": "maria@example.com", "PDEV": "dev@example.com"}
    pager = Pager(users=emails, people=list(emails.values()), levels=("PDEV", "PMARIA"))
    async with (
        slack_pong(tmp_path, clock=clock, **TABLES) as up,
        httpx.AsyncClient(transport=pager.transport()) as http,
    ):
        up.pong = replace(up.pong, http=http)
        async with up.working():
            yield Night(up, pager, clock)


async def test_who_is_on_call_stands_there_is_pinged_and_called_again(night: Night) -> None:
    await night.told(pagerduty())
    parent = await night.maria.sees("INCIDENT: Redis Failure")
    assert "PagerDuty is asked who is on call" in shown_text(await night.maria.sees("Please acknowledge"))
    assert "on call by PagerDuty" not in shown_text(parent)
    await night.seconds_pass(1)
    await night.maria.sees(lambda one: "on call by PagerDuty: Dev Ray, then Maria Lopez" in shown_text(one))
    await night.dev.sees(f"<@{DEV}>, on call by PagerDuty: ")
    await night.seconds_pass(330)
    called = await night.maria.sees("nobody has acknowledged for 5 minutes")
    assert f"🔺 <@{MARIA}>, <@{DEV}>: " in shown_text(called)
    assert "On call by PagerDuty: Dev Ray, then Maria Lopez" in shown_text(called)


async def test_one_more_person_is_asked_in_a_window_and_answers_into_the_thread(night: Night) -> None:
    await night.told(pagerduty())
    await night.maria.presses(await night.maria.sees("INCIDENT: Redis Failure"), "Acknowledge")
    await night.maria.presses(await night.maria.sees("has it, after"), "Page a person…")
    window = await night.maria.waits_for_view(title="Page a person")
    assert not (await night.maria.submits(window, {"note": "the replica is behind"}))["ok"]
    assert (await night.maria.submits(window, {"to": DEV, "note": "the replica is behind"}))["ok"]
    for _ in range(3):
        await night.seconds_pass(2)
    await night.dev.sees(f"<@{MARIA}> had PagerDuty ask <@{DEV}> to help: “the replica is behind”")
    user = {"id": "PDEV", "type": "user_reference", "summary": "Dev Ray"}
    for kind, state in (("added", "pending"), ("replied", "accepted")):
        data = about_page("incident_responder", user=user, message="the replica is behind", state=state)
        await night.told(pagerduty(f"incident.responder.{kind}", data=data))
    await night.maria.sees("Dev Ray replied in PagerDuty: “accepted”.")
    said = [shown_text(one) for one in await night.maria.messages()]
    assert not [text for text in said if "was asked in PagerDuty" in text]
    assert len(night.pager.responders) == 1


async def test_away_the_incident_is_opened_and_escalated_all_the_same(night: Night) -> None:
    night.pager.answers = 500
    await night.told(pagerduty())
    await night.maria.sees("INCIDENT: Redis Failure")
    await night.seconds_pass(120)
    await night.maria.sees("It is not known who is on call (PagerDuty answered HTTP 500")
    await night.seconds_pass(240)
    called = await night.maria.sees("nobody has acknowledged for 5 minutes")
    assert "by PagerDuty" not in shown_text(called)
