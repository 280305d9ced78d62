"""Is what people do at Alertmanager and PagerDuty done once when Pong is killed in the middle, and said?"""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from bot.clock import SystemClock
from bot.playground.local_slack import LocalSlack
from bot.playground.local_slack.person import Person, shown_text
from bot.playground.serving import local_client, serving
from tests.fixtures.alerts import alertmanager, pagerduty, signed_by_pagerduty
from tests.fixtures.outside import Outside
from tests.fixtures.pagerduty import TOKEN, Pager
from tests.fixtures.real_pong import RealPong
from tests.fixtures.silencing import Silencer
from tests.fixtures.slack_pong import until

SECRET = "webhook-secret-of-the-test"
MORE = """
[[alerts.rules]]
source = "pagerduty"
name = "*Redis*"
runbook = "redis-failure"
target = "redis-prod"
"""
AT_MOST_S = 60


@dataclass
class Night:
    """A real Pong with an open incident that both services know of."""

    pong: RealPong
    outside: Outside
    maria: Person
    silencer: Silencer
    pager: Pager
    since: int = 0  # which line of Pong's is the first of its last life

    async def dies_before(self, text: str) -> None:
        """Maria types `text`; Pong asks outside for it, and dies before anything was done there."""
        await self._dies(text, hangs=True)

    async def dies_after(self, text: str) -> None:
        """The same; it was done there, and Pong dies before it hears so."""
        await self._dies(text, hangs=False)

    async def _dies(self, text: str, *, hangs: bool) -> None:
        self.outside.hangs, self.outside.holds = hangs, not hangs
        assert (await self.maria.commands(text))["ok"]
        async with asyncio.timeout(AT_MOST_S):
            await self.outside.held.wait()
        await self.pong.child.kill()
        self.outside.lets_go()
        self.pager.now_ms = SystemClock().now_ms()
        self.since = len(self.pong.child.lines)
        await self.pong.start()

    async def is_said(self, part: str, times: int = 1) -> None:
        """Everybody reads it, and no more often than it was done."""
        await until(lambda: self._has_said(part, times), seconds=AT_MOST_S)
        assert await self._said(part) == times

    async def _has_said(self, part: str, times: int) -> bool:
        return await self._said(part) >= times

    async def _said(self, part: str) -> int:
        return sum(part in shown_text(one) for one in await self.maria.messages())

    async def is_written(self, what: str) -> dict[str, Any]:
        """What Pong notes of it in the life that began last."""
        marks = ('"kind": "pagerduty.written"', f'"what": "{what}"')
        line = await self.pong.child.says(
            lambda line: all(mark in line for mark in marks), within_s=AT_MOST_S, since=self.since
        )
        return dict(json.loads(line))


@asynccontextmanager
async def night(folder: Path) -> AsyncIterator[Night]:
    silencer, outside = Silencer(), Outside()
    pager = Pager(
        users={"PMARIA": "maria@example.com", "PDEV": "dev@example.com"}, people=["maria@example.com"]
    )
    pager.now_ms = SystemClock().now_ms()
    outside.stands = {"/api/v2": silencer.answer, "/": pager.answer}
    slack = LocalSlack(SystemClock(), rates_strict=False)
    async with serving(slack.asgi()) as slack_url, serving(outside) as outside_url:
        environment = {
            "ALERTMANAGER_URL": outside_url,
            "PAGERDUTY_API_URL": outside_url,
            "PAGERDUTY_API_TOKEN": TOKEN,
            "PAGERDUTY_WEBHOOK_SECRET": SECRET,
        }
        url = "redis://127.0.0.1:1"
        pong = RealPong(folder, slack_url=slack_url, redis_url=url, environment=environment, more=MORE)
        maria = Person(slack_url, "U0MARIA")
        await pong.start()
        try:
            await pong.takes_alert(alertmanager())
            await _pages(pong)
            await pong.happens("on_call.told", within_s=AT_MOST_S)  # nothing else is on its way
            yield Night(pong, outside, maria, silencer, pager)
        finally:
            await pong.child.kill()


async def _pages(pong: RealPong) -> None:
    body = pagerduty()
    async with local_client(pong.url, timeout=5) as client:
        answer = await client.post(
            "/webhooks/pagerduty", content=body, headers=signed_by_pagerduty(body, SECRET)
        )
    assert answer.status_code == 202


@pytest.mark.timeout(400)
async def test_a_silence_stands_once_and_is_ended(tmp_path: Path) -> None:
    async with night(tmp_path) as one:
        standing = one.silencer.standing
        await one.dies_before("/incident silence 1h")
        await one.is_said("🔕 Silenced until")
        assert len(standing()) == 1
        await one.dies_before("/incident unsilence")
        await one.is_said("🔔 The silence at Alertmanager was ended")
        assert not standing()
        await one.dies_after("/incident silence 15m")
        await one.is_said("🔕 Silenced until", 2)
        assert len(standing()) == 1
        assert len(one.silencer.silences) == 2
        await one.dies_after("/incident unsilence")
        await one.is_said("🔔 The silence at Alertmanager was ended", 2)
        assert not standing()


@dataclass(frozen=True, kw_only=True)
class Written:
    """`count` is how often it was done there, of the whole account; what is `harmless` may be sent again."""

    text: str
    what: str
    count: Callable[[Pager], int]
    harmless: bool = False


def _acknowledged(pager: Pager) -> int:
    return sum(write[2].get("incident", {}).get("status") == "acknowledged" for write in pager.writes)


BEFORE, AFTER = "before it is done", "before its answer is heard"
WRITES = (
    Written(text="/incident ack", what="acknowledge", count=_acknowledged, harmless=True),
    Written(text="/incident update found it", what="note", count=lambda pager: len(pager.notes)),
    Written(
        text="/incident escalate",
        what="escalate",
        count=lambda pager: pager.incidents["QREDIS1"]["level"] - 1,
    ),
    Written(
        text="/incident page @dev the replica is behind",
        what="page",
        count=lambda pager: len(pager.responders),
    ),
)


@pytest.mark.timeout(400)
@pytest.mark.parametrize("moment", [BEFORE, AFTER])
async def test_what_is_written_to_pagerduty_is_written_once(tmp_path: Path, moment: str) -> None:
    async with night(tmp_path) as one:
        one.pager.levels = ["PMARIA", "PDEV", "PSAM"]
        for write in WRITES:
            await (one.dies_before if moment == BEFORE else one.dies_after)(write.text)
            line = await one.is_written(write.what)
            assert line["actor"] == "U0MARIA"
            assert write.count(one.pager) in ((1, 2) if write.harmless else (1,)), write.text
        await one.is_said("had PagerDuty ask")
        await one.is_said("found it")
        await one.is_said("has it, after")
        await one.is_said("asks for help")
        assert one.pager.incidents["QREDIS1"] == {"status": "acknowledged", "level": 2}
        assert not [message for message in await one.maria.messages() if "🔴" in shown_text(message)]
