"""What do people see in Slack when Grafana or PagerDuty tells of a failure, and of its end?"""

import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.incident import AlertState
from tests.fixtures.alerts import about_page, grafana, pagerduty, signed_by_grafana, signed_by_pagerduty
from tests.fixtures.slack_pong import GRAFANA_SECRET, PAGERDUTY_SECRET, SlackPong, slack_pong, until

LINKS = ["grafana.example", "images.example", "shop.pagerduty.com"]


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[SlackPong]:
    async with slack_pong(tmp_path, mode="http", links=LINKS) as pong, pong.working():
        yield pong


@pytest.fixture
async def client(up: SlackPong) -> AsyncIterator[httpx.AsyncClient]:
    async with up.http() as http:
        yield http


def seen(up: SlackPong, part: str = "") -> list[dict[str, Any]]:
    """The messages in #incidents, threads too, that hold `part` anywhere."""
    messages = up.slack.workspace.channels["C0INCIDENTS"].messages
    found = [asdict(message) for message in messages.values()]
    return [one for one in found if part in json.dumps(one, default=str, ensure_ascii=False)]


async def posts(client: httpx.AsyncClient, path: str, body: str, headers: dict[str, str]) -> None:
    answer = await client.post(path, content=body, headers=headers)
    assert (answer.status_code, answer.json()) == (202, {"detail": "accepted"})


async def by_grafana(client: httpx.AsyncClient, body: str) -> None:
    await posts(client, "/webhooks/grafana", body, signed_by_grafana(body, GRAFANA_SECRET))


async def test_an_alert_of_grafana_is_one_message_with_its_links_picture_and_end(up: SlackPong, client):
    await by_grafana(client, grafana(imageURL="https://images.example/down.png"))
    await until(lambda: seen(up, "images.example"))
    [parent] = seen(up, "INCIDENT: Redis Failure")
    told = json.dumps(parent, default=str, ensure_ascii=False)
    assert "<https://grafana.example/d/redis?orgId=1&amp;viewPanel=4|panel>" in told
    assert "<https://grafana.example/alerting/grafana/ab1/view?orgId=1|Grafana>" in told
    assert "|silence>" in told
    await by_grafana(client, grafana(state="resolved", ends_ms=1_767_229_860_000))
    await until(lambda: seen(up, "the alert has ended"))
    incident = await up.pong.store.read(lambda records: records.incidents.get(1))
    assert (incident.alert, incident.is_open) == (AlertState.RESOLVED, True)


async def test_the_test_button_of_grafana_is_answered_and_says_nothing(up: SlackPong, client):
    await by_grafana(client, grafana(labels={"alertname": "TestAlert", "instance": "Grafana"}))
    await until(lambda: [event.kind for event in up.noted] == ["alert.test"])
    assert seen(up) == []


async def by_pagerduty(client: httpx.AsyncClient, body: str) -> None:
    await posts(client, "/webhooks/pagerduty", body, signed_by_pagerduty(body, PAGERDUTY_SECRET))


async def test_a_page_is_one_message_and_its_thread_tells_what_people_do_there(up: SlackPong, client):
    await by_pagerduty(client, pagerduty(service={"summary": "redis-prod"}))
    await until(lambda: seen(up, "INCIDENT: Redis Failure"))
    [parent] = seen(up, "INCIDENT: Redis Failure")
    assert "<https://shop.pagerduty.com/incidents/QREDIS1|PagerDuty>" in json.dumps(parent)
    await by_pagerduty(client, pagerduty("incident.acknowledged"))
    await until(lambda: seen(up, "acknowledged by Maria Lopez in PagerDuty"))
    await by_pagerduty(client, pagerduty("incident.annotated", data=about_page("n", content="The cache")))
    await until(lambda: seen(up, "Note in PagerDuty"))
    await by_pagerduty(client, pagerduty("incident.resolved", status="resolved"))
    await until(lambda: seen(up, "the alert has ended"))
    await until(lambda: seen(up, "Resolved in PagerDuty by Maria Lopez"))
    replies = [one for one in seen(up) if one["thread_ts"] == parent["ts"]]
    assert [one for one in replies if "Note in PagerDuty by Maria Lopez: “The cache”" in one["text"]]
    incident = await up.pong.store.read(lambda records: records.incidents.get(1))
    assert (incident.alert, incident.is_open) == (AlertState.RESOLVED, True)
