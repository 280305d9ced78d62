"""Is somebody called through PagerDuty while Slack is away, once, and is Slack told afterwards?"""

import json
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import SmallPong, asks, small_pong

KEY = "routing-key-of-a-test"
SECRETS = {"REDIS_URL": "redis://127.0.0.1:1/0", "PAGERDUTY_ROUTING_KEY": KEY}
SAID = {"root_cause": "the cache", "fix": "waited"}


class Enqueue:
    """PagerDuty's Events API, as strict as its documents: what was accepted, by action and key."""

    def __init__(self) -> None:
        self.status = 202
        self.events: list[tuple[str, str]] = []
        self.summaries: list[str] = []

    def __call__(self, request: httpx.Request) -> httpx.Response:
        assert (request.method, request.url.path) == ("POST", "/v2/enqueue")
        if self.status != 202:
            return httpx.Response(self.status, json={"status": "no"})
        body: dict[str, Any] = json.loads(request.content)
        if body["event_action"] == "trigger":
            payload = body["payload"]
            assert payload["severity"] in ("critical", "error", "warning", "info")
            assert 0 < len(payload["summary"]) <= 1024
            assert payload["source"]
            self.summaries.append(payload["summary"])
        assert body["routing_key"] == KEY
        assert len(body["dedup_key"]) <= 255
        self.events.append((body["event_action"], body["dedup_key"]))
        return httpx.Response(202, json={"status": "success", "dedup_key": body["dedup_key"]})

    @property
    def actions(self) -> list[str]:
        return [action for action, _ in self.events]


@pytest.fixture
def enqueue() -> Enqueue:
    return Enqueue()


@asynccontextmanager
async def calling(path: Path, enqueue: Enqueue) -> AsyncIterator[SmallPong]:
    async with (
        small_pong(path, tables={"secrets": SECRETS}) as small,
        httpx.AsyncClient(transport=httpx.MockTransport(enqueue)) as http,
    ):
        small.pong = replace(small.pong, http=http)
        yield small


@pytest.fixture
async def away(tmp_path: Path, enqueue: Enqueue) -> AsyncIterator[SmallPong]:
    """An open incident, and Slack answers nothing."""
    async with calling(tmp_path, enqueue) as small:
        await alert(small, alertmanager())
        yield small


def is_back(small: SmallPong) -> None:
    small.pong.slack.answered_ms = small.clock.now_ms()  # type: ignore[misc]


async def test_after_five_minutes_somebody_is_called_once(away: SmallPong, enqueue: Enqueue) -> None:
    await away.ticks(4 * 60)
    assert not enqueue.events
    await away.ticks(30 * 60)
    assert enqueue.actions == ["trigger"]
    assert enqueue.summaries == [
        "RedisDown on redis-prod: Slack is away, so Pong calls you here (incident #1, triggered)"
    ]
    assert enqueue.events[0][1].startswith("pong-")


async def test_slack_hears_of_it_when_it_is_back(away: SmallPong, enqueue: Enqueue) -> None:
    await away.ticks(10 * 60)
    assert not await away.posted("Slack was away")
    is_back(away)
    await away.ticks(60, every_s=59)
    assert len(await away.posted("Slack was away")) == 1
    assert "slack.was_away" in {event.kind for event in away.noted}


async def test_while_slack_answers_nobody_is_called(away: SmallPong, enqueue: Enqueue) -> None:
    for _ in range(20):
        is_back(away)
        await away.ticks(60)
    assert not enqueue.events


async def test_a_short_outage_calls_nobody(away: SmallPong, enqueue: Enqueue) -> None:
    for _ in range(5):
        await away.ticks(3 * 60)
        is_back(away)
        await away.ticks(61, every_s=30)
    assert not enqueue.events


async def test_it_is_closed_there_with_the_incident(away: SmallPong, enqueue: Enqueue) -> None:
    await away.ticks(10 * 60)
    is_back(away)
    await away.ticks(90)
    await asked(away, asks("resolve", via="modal", ref="1", values=SAID))
    await away.ticks(90)
    assert enqueue.actions == ["trigger", "resolve"]
    assert enqueue.events[0][1] == enqueue.events[1][1]


async def test_a_pagerduty_that_does_not_answer_is_asked_again(away: SmallPong, enqueue: Enqueue) -> None:
    enqueue.status = 503
    await away.ticks(20 * 60)
    enqueue.status = 202
    await away.ticks(2 * 60)
    assert enqueue.actions == ["trigger"]


async def test_a_drill_calls_nobody(tmp_path: Path, enqueue: Enqueue) -> None:
    async with calling(tmp_path, enqueue) as small:
        await asked(small, asks("drill"))
        await small.ticks(20 * 60)
    assert not enqueue.events


async def test_the_key_is_in_no_message_and_no_event(away: SmallPong) -> None:
    await away.ticks(10 * 60)
    assert KEY not in str(await away._rows(None))
    assert KEY not in str(away.noted)
