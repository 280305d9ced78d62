"""What do people see in Slack when Grafana or PagerDuty tells of a failure, and of its end?"""

import contextlib
import json
from collections.abc import AsyncIterator
from dataclasses import asdict
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.clock import SystemClock
from bot.incident import AlertState
from bot.playground.local_slack import LocalSlack
from bot.playground.ports import free_port
from bot.playground.serving import local_client, serving
from tests.bot.alerts.test_pagerduty import DOCUMENTED, LINES
from tests.fixtures.alerts import (
    about_page,
    alertmanager,
    grafana,
    pagerduty,
    signed_by_grafana,
    signed_by_pagerduty,
)
from tests.fixtures.real_pong import RealPong
from tests.fixtures.slack_pong import GRAFANA_SECRET, PAGERDUTY_SECRET, TOKEN, SlackPong, slack_pong, until

# Each type that PagerDuty documents, in an order in which it can happen to one incident: what it is in Pong's
# timeline, and what stands in the thread. Every one is answered with 202.
TOLD = {
    "incident.triggered": (
        "incident.opened",
        "<@U0MARIA>: RedisDown on an unknown target (service checkout-redis). Please acknowledge.",
    ),
    "incident.acknowledged": ("incident.acknowledged", "Acknowledged REDIS_FAILURE - investigating"),
    **{
        kind: (f"pagerduty.{kind}", line)
        for kind, line in LINES.items()
        if kind not in ("incident.acknowledged", "incident.resolved")
    },
    **{
        kind: (f"pagerduty.{kind}", "")
        for kind in DOCUMENTED.keys() - LINES.keys() - {"incident.triggered", "incident.reopened"}
    },
    "incident.resolved": ("pagerduty.incident.resolved", LINES["incident.resolved"]),
    "incident.reopened": (
        "alert.fired_again",
        "FIRING AGAIN: RedisDown (service checkout-redis) on an unknown target since ",
    ),
}
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


async def test_a_group_with_an_alert_that_nobody_can_read_opens_its_incident_and_names_it(
    up: SlackPong, client
):
    group = json.loads(alertmanager())
    full = {"alertname": "RedisMemoryHigh", "target": "redis-prod"}
    group["alerts"].append(group["alerts"][0] | {"status": "suppressed", "labels": full})
    headers = {"Authorization": f"Bearer {TOKEN}"}
    answer = await client.post("/webhooks/alertmanager", content=json.dumps(group), headers=headers)
    assert answer.status_code == 202
    assert "alerts.1.status" in answer.json()["detail"]
    await until(lambda: seen(up, "INCIDENT: Redis Failure"))
    await until(lambda: seen(up, "Alertmanager sent an alert that Pong cannot read"))
    [told] = seen(up, "cannot read")
    assert "RedisMemoryHigh (alerts.1.status: Input should be 'firing' or 'resolved')" in told["text"]
    assert told["thread_ts"] is None


async def test_each_documented_event_of_pagerduty_is_answered_noted_and_told(tmp_path: Path):
    slack = LocalSlack(SystemClock())
    assert TOLD.keys() == DOCUMENTED.keys()
    async with serving(slack.asgi()) as slack_url:
        pong = RealPong(
            tmp_path,
            slack_url=slack_url,
            redis_url=f"redis://127.0.0.1:{free_port()}",
            environment={"PAGERDUTY_WEBHOOK_SECRET": PAGERDUTY_SECRET},
        )
        await pong.start()
        try:
            async with local_client(pong.url, timeout=20) as http:
                await until(lambda: is_alive(http), seconds=30)
                for kind, (event, _) in TOLD.items():
                    heard = len(pong.child.lines)
                    await by_pagerduty(http, pagerduty(kind, data=DOCUMENTED[kind]))
                    await pong.happens(event, since=heard)
            lines = [line for _, line in TOLD.values() if line]
            with contextlib.suppress(TimeoutError):  # what is missing is named below
                await until(lambda: all(said(slack, line) for line in lines), seconds=60)
        finally:
            await pong.child.end()
    assert not [line for line in lines if said(slack, line) != 1]
    messages = slack.workspace.channels["C0INCIDENTS"].messages.values()
    of_pagerduty = [one.text for one in messages if one.thread_ts and "PagerDuty" in one.text]
    assert not [text for text in of_pagerduty if not any(line in text for line in lines)]


async def is_alive(http: httpx.AsyncClient) -> bool:
    try:
        return (await http.get("/healthz")).is_success
    except httpx.TransportError:
        return False


def said(slack: LocalSlack, part: str) -> int:
    """How many messages of the one thread hold `part`."""
    messages = slack.workspace.channels["C0INCIDENTS"].messages.values()
    return sum(part in message.text for message in messages if message.thread_ts)
