"""What does a sender hear: kept, not now, or never? On real connections to a real server."""

import asyncio
import base64
import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
import pytest

from bot.alerts.alert import BODY_MOST_BYTES
from bot.alerts.alertmanager import ALERTMANAGER
from bot.catalog import ALERT_SOURCES
from bot.clock import DrivenClock
from bot.web import SLACK_BODY_MOST_BYTES
from tests.bot.alerts.test_pagerduty import DOCUMENTED
from tests.fixtures.alerts import alertmanager, grafana, pagerduty, signed_by_grafana, signed_by_pagerduty
from tests.fixtures.slack_pong import (
    GRAFANA_SECRET,
    PAGERDUTY_SECRET,
    SIGNING_SECRET,
    TOKEN,
    SlackPong,
    slack_pong,
    until,
)

HOOK = "/webhooks/alertmanager"
BEARER = {"authorization": f"Bearer {TOKEN}"}


@pytest.fixture
async def up(tmp_path: Path) -> AsyncIterator[SlackPong]:
    async with slack_pong(tmp_path, mode="http") as pong:
        yield pong


@pytest.fixture
async def client(up: SlackPong) -> AsyncIterator[httpx.AsyncClient]:
    async with up.http() as http:
        yield http


def basic(password: str, user: str = "prometheus") -> dict[str, str]:
    return {"authorization": "Basic " + base64.b64encode(f"{user}:{password}".encode()).decode()}


async def posts(up: SlackPong, part: str = "") -> list[str]:
    """The texts in the outbox that hold `part`."""

    async def read(records):
        rows = await records.outbox._connection.rows("SELECT payload FROM outbox ORDER BY id")
        return [json.loads(row["payload"])["text"] for row in rows]

    return [text for text in await up.pong.store.read(read) if part in text]


# -- webhooks -----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("headers", [BEARER, {"authorization": f"bearer  {TOKEN}"}, basic(TOKEN)])
async def test_an_alert_is_committed_before_its_202(up: SlackPong, client: httpx.AsyncClient, headers):
    answer = await client.post(HOOK, content=alertmanager(), headers=headers)
    assert answer.status_code == 202
    [row] = await up.bodies()
    assert (row["source"], row["state"]) == ("alertmanager", "new")


@pytest.mark.parametrize(
    "headers",
    [
        {},
        {"authorization": ""},
        {"authorization": TOKEN},
        {"authorization": "Bearer"},
        {"authorization": f"Bearer {TOKEN}x"},
        {"authorization": f"Token {TOKEN}"},
        {"authorization": "Bearer tökén".encode()},
        {"authorization": "Basic tökén".encode()},
        {"authorization": "Basic !!!"},
        {"authorization": "Basic //79/A=="},
        {"authorization": "Basic " + base64.b64encode(TOKEN.encode()).decode()},
        basic("", user=TOKEN),
        basic(f"{TOKEN}x"),
    ],
)
async def test_who_does_not_know_the_token_gets_401_and_leaves_nothing(up: SlackPong, client, headers):
    answer = await client.post(HOOK, content=alertmanager(), headers=headers)
    assert answer.status_code == 401
    assert await up.bodies() == []


async def test_a_password_that_is_not_ascii_is_known_by_its_bytes(tmp_path: Path):
    async with (
        slack_pong(tmp_path, secrets={"ALERTMANAGER_WEBHOOK_TOKEN": "gehéim"}) as up,
        up.http() as client,
    ):
        for headers in (basic("gehéim"), {"authorization": "Bearer gehéim".encode()}):
            assert (await client.post(HOOK, content=alertmanager(), headers=headers)).status_code == 202


async def test_the_same_body_twice_is_one_row_and_two_202(up: SlackPong, client: httpx.AsyncClient):
    body = alertmanager()
    answers = await asyncio.gather(*(client.post(HOOK, content=body, headers=BEARER) for _ in range(5)))
    assert {answer.status_code for answer in answers} == {202}
    assert len(await up.bodies()) == 1


async def test_a_body_without_a_start_is_kept_each_time_since_it_can_tell_of_another_firing(
    up: SlackPong, client: httpx.AsyncClient
):
    timeless = {"labels": {"alertname": "RedisDown", "target": "redis-prod"}}
    for state in ("firing", "resolved", "firing"):
        body = json.dumps({"alerts": [timeless | {"status": state}]})
        assert (await client.post(HOOK, content=body, headers=BEARER)).status_code == 202
        await asyncio.sleep(0.002)  # two in one millisecond are one
    assert len(await up.bodies()) == 3


async def test_a_malformed_body_gets_422_with_the_field_that_is_wrong(up: SlackPong, client):
    answer = await client.post(HOOK, content='{"alerts": [{"labels": {}}]}', headers=BEARER)
    assert answer.status_code == 422
    assert "alerts.0.status" in answer.json()["detail"]
    assert await up.bodies() == []


@pytest.mark.parametrize(("path", "body"), [(HOOK, alertmanager()), ("/webhooks/grafana", grafana())])
async def test_an_alert_that_nobody_can_read_is_named_in_the_202_of_its_group(up, client, path, body):
    told = json.loads(body)
    told["alerts"].append(told["alerts"][0] | {"status": "hunter2"})
    body = json.dumps(told)
    headers = BEARER if path == HOOK else signed_by_grafana(body, GRAFANA_SECRET)
    answer = await client.post(path, content=body, headers=headers)
    why = "alerts.1.status: Input should be 'firing' or 'resolved'."
    assert (answer.status_code, answer.json()) == (202, {"detail": f"accepted, but for {why}"})
    assert len(await up.bodies()) == 1


async def test_a_body_of_16_mib_is_taken_and_one_byte_more_is_not(up: SlackPong, client: httpx.AsyncClient):
    fits = alertmanager().encode().ljust(BODY_MOST_BYTES)
    assert (await client.post(HOOK, content=fits, headers=BEARER)).status_code == 202
    answer = await client.post(HOOK, content=fits + b" ", headers=BEARER)
    assert answer.status_code == 413
    assert len(await up.bodies()) == 1


async def test_what_was_too_large_is_said_in_the_channel_once(up: SlackPong, client: httpx.AsyncClient):
    async def endless():
        for _ in range(17):
            yield b" " * 1024 * 1024

    for _ in range(2):
        answer = await client.post(HOOK, content=endless(), headers=BEARER)
        assert answer.status_code == 413
    [said] = await posts(up, "over 16 MiB")
    assert said.endswith("Look at Alertmanager itself, and set max_alerts in its webhook_config.")


async def test_each_source_is_told_its_own_limit_and_no_setting_of_another(tmp_path, monkeypatch):
    small = replace(ALERTMANAGER, body_most_bytes=2 * 1024 * 1024, limited_by="", title="Another")
    monkeypatch.setitem(ALERT_SOURCES, "alertmanager", small)
    async with slack_pong(tmp_path) as up, up.http() as client:
        answer = await client.post(HOOK, content=b" " * (small.body_most_bytes + 1), headers=BEARER)
        assert answer.json()["detail"] == "The body is over 2 MiB; it was not kept."
        [said] = await posts(up, "sent a body")
        assert said == (
            "🔴 Another sent a body over 2 MiB, which Pong cannot take; those alerts are lost. "
            "Look at Another itself."
        )


async def test_while_the_store_cannot_write_it_is_503_and_the_same_body_opens_one_incident_later(up, client):
    body = alertmanager()
    with up.no_writes():
        answer = await client.post(HOOK, content=body, headers=BEARER)
        assert answer.status_code == 503
        too_large = await client.post(HOOK, content=b" " * (BODY_MOST_BYTES + 1), headers=BEARER)
        assert too_large.status_code == 503
    assert (await client.post(HOOK, content=body, headers=BEARER)).status_code == 202
    async with up.working():
        await until(lambda: len(up.slack.workspace.channels["C0INCIDENTS"].messages) >= 2)
    open_now = await up.pong.store.read(lambda records: records.incidents.all_open())
    assert [incident.target for incident in open_now] == ["redis-prod"]


async def test_a_webhook_without_a_secret_does_not_exist(tmp_path: Path):
    async with slack_pong(tmp_path, secrets={"ALERTMANAGER_WEBHOOK_TOKEN": ""}) as up, up.http() as client:
        answer = await client.post(HOOK, content=alertmanager(), headers=BEARER)
        assert answer.status_code == 404


async def test_a_webhook_takes_nothing_but_a_post(client: httpx.AsyncClient):
    assert (await client.get(HOOK, headers=BEARER)).status_code == 405


async def test_a_sender_that_hangs_up_half_way_leaves_nothing(up: SlackPong, client: httpx.AsyncClient):
    address = urlsplit(up.url)
    _, writer = await asyncio.open_connection(address.hostname, address.port)
    head = (
        f"POST {HOOK} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer {TOKEN}\r\ncontent-length: 999\r\n\r\n{{"
    )
    writer.write(head.encode())
    await writer.drain()
    writer.close()
    await writer.wait_closed()
    assert (await client.get("/healthz")).status_code == 200
    assert await up.bodies() == []


# -- signed webhooks ----------------------------------------------------------------------------------------

GRAFANA, PAGERDUTY = "/webhooks/grafana", "/webhooks/pagerduty"
SIGNED = {
    GRAFANA: lambda body: signed_by_grafana(body, GRAFANA_SECRET),
    PAGERDUTY: lambda body: signed_by_pagerduty(body, PAGERDUTY_SECRET),
}


@pytest.mark.parametrize(("path", "body"), [(GRAFANA, grafana()), (PAGERDUTY, pagerduty())])
async def test_a_signed_body_is_committed_before_its_202_and_a_repeat_is_known(up, client, path, body):
    for _ in range(3):
        answer = await client.post(path, content=body, headers=SIGNED[path](body))
        assert (answer.status_code, answer.json()) == (202, {"detail": "accepted"})
    [row] = await up.bodies()
    assert (row["source"], row["state"], row["body"]) == (path.rpartition("/")[2], "new", body)


@pytest.mark.parametrize("path", SIGNED)
@pytest.mark.parametrize(
    "given", [{}, {"signature": b"\xff\xfe"}, {"signature": "é".encode()}, {"signature": b""}, BEARER]
)
async def test_a_body_that_is_not_signed_gets_401_and_leaves_nothing(up, client, path: str, given):
    body = "{"  # not even looked at
    name = next(iter(SIGNED[path](body)))
    headers = {name if one == "signature" else one: value for one, value in given.items()}
    answer = await client.post(path, content=body, headers=headers)
    assert answer.status_code == 401
    assert name in answer.json()["detail"]
    wrong = SIGNED[path](body + " ")
    assert (await client.post(path, content=body, headers=wrong)).status_code == 401
    assert await up.bodies() == []


@pytest.mark.parametrize("timestamp", [b"\xff", "١٢٣".encode(), b"", b"9" * 300, b"1.5"])
async def test_a_timestamp_of_any_signs_gets_401_and_never_500(client, timestamp: bytes):
    headers = signed_by_grafana("{}", GRAFANA_SECRET) | {"X-Grafana-Alerting-Timestamp": timestamp}
    assert (await client.post(GRAFANA, content="{}", headers=headers)).status_code == 401


async def test_a_recent_timestamp_is_taken_and_an_old_one_is_not(client):
    body = grafana()
    for age_s, status in ((0, 202), (400, 401), (-400, 401)):
        headers = signed_by_grafana(body, GRAFANA_SECRET, at_s=time.time() - age_s)
        assert (await client.post(GRAFANA, content=body, headers=headers)).status_code == status


@pytest.mark.parametrize("path", SIGNED)
async def test_a_signed_webhook_without_a_secret_does_not_exist(tmp_path: Path, path: str):
    secrets = {"GRAFANA_WEBHOOK_SECRET": "", "PAGERDUTY_WEBHOOK_SECRET": ""}
    async with slack_pong(tmp_path, secrets=secrets) as up, up.http() as client:
        assert (await client.post(path, content="{}", headers=SIGNED[path]("{}"))).status_code == 404


@pytest.mark.parametrize(("path", "body"), [(GRAFANA, grafana()), (PAGERDUTY, pagerduty())])
async def test_a_signed_body_that_cannot_be_kept_now_gets_503(up: SlackPong, client, path, body):
    with up.no_writes():
        assert (await client.post(path, content=body, headers=SIGNED[path](body))).status_code == 503
    assert (await client.post(path, content=body, headers=SIGNED[path](body))).status_code == 202


@pytest.mark.parametrize("path", SIGNED)
async def test_what_is_too_large_to_be_proven_is_refused_and_said_to_nobody(up: SlackPong, client, path: str):
    body = b" " * (BODY_MOST_BYTES + 1)
    assert (await client.post(path, content=body, headers=SIGNED[path](""))).status_code == 413
    assert await posts(up) == []


async def test_grafana_s_old_shape_gets_422_with_what_to_do(up: SlackPong, client):
    body = json.dumps({"ruleId": 1, "ruleName": "Redis", "state": "alerting", "evalMatches": []})
    answer = await client.post(GRAFANA, content=body, headers=SIGNED[GRAFANA](body))
    assert answer.status_code == 422
    assert "use Grafana Alerting" in answer.json()["detail"]


async def test_an_event_of_pagerduty_is_known_by_its_id_whatever_subscription_brings_it(
    up: SlackPong, client
):
    for number in range(3):
        body = pagerduty(event="E1") + " " * number
        headers = SIGNED[PAGERDUTY](body) | {"X-Webhook-Id": f"W{number}"}
        assert (await client.post(PAGERDUTY, content=body, headers=headers)).status_code == 202
    assert len(await up.bodies()) == 1


@pytest.mark.parametrize("body", ["[]", "{}", "7", '{"event": {"event_type": "x.y", "data": [1]}}'])
async def test_pagerduty_never_hears_a_4xx_for_a_signed_shape_that_is_unknown(up: SlackPong, client, body):
    answer = await client.post(PAGERDUTY, content=body, headers=SIGNED[PAGERDUTY](body))
    assert answer.status_code == 202
    async with up.working():
        await until(lambda: up.inbox_is_done())
    assert up.noted[-1].kind.startswith("pagerduty.")
    assert await posts(up) == []


@pytest.mark.parametrize("kind", DOCUMENTED)
async def test_every_documented_event_of_pagerduty_gets_202_and_is_worked(up: SlackPong, client, kind: str):
    body = pagerduty(kind, data=DOCUMENTED[kind])
    answer = await client.post(PAGERDUTY, content=body, headers=SIGNED[PAGERDUTY](body))
    assert answer.status_code == 202
    async with up.working():
        await until(lambda: up.inbox_is_done())


async def test_what_is_no_json_gets_422_from_pagerduty_s_door(client):
    answer = await client.post(PAGERDUTY, content="{", headers=SIGNED[PAGERDUTY]("{"))
    assert answer.status_code == 422
    assert answer.json()["detail"] == "This is no PagerDuty webhook body: it is not JSON."


async def test_several_secrets_of_pagerduty_are_each_enough(tmp_path: Path):
    async with (
        slack_pong(tmp_path, secrets={"PAGERDUTY_WEBHOOK_SECRET": "one,two"}) as up,
        up.http() as client,
    ):
        for number, secret in enumerate(("one", "two")):
            body = pagerduty(event=str(number))
            headers = signed_by_pagerduty(body, "rotated", secret)
            assert (await client.post(PAGERDUTY, content=body, headers=headers)).status_code == 202


# -- told again ---------------------------------------------------------------------------------------------

LATER_S = 4 * 60 * 60  # Alertmanager's repeat_interval


@asynccontextmanager
async def timed(path: Path, **tables: Any) -> AsyncIterator[tuple[SlackPong, DrivenClock]]:
    clock = DrivenClock()
    async with slack_pong(path, mode="http", clock=clock, **tables) as up:
        yield up, clock


async def worked(up: SlackPong, path: str, body: str) -> None:
    """One body through the door, and all that came in worked."""
    headers = BEARER if path == HOOK else SIGNED[path](body)
    async with up.http() as client:
        assert (await client.post(path, content=body, headers=headers)).status_code == 202
    async with up.working():
        await until(lambda: up.inbox_is_done())


async def opened(up: SlackPong) -> list[str | None]:
    """The targets of all incidents, oldest first."""
    found = await up.pong.store.read(lambda records: records.incidents.newest(9))
    return [incident.target for incident in reversed(found)]


@pytest.mark.parametrize(("path", "make"), [(HOOK, alertmanager), (GRAFANA, grafana)])
async def test_over_the_cap_the_same_bytes_open_one_later(tmp_path: Path, path: str, make):
    targets = {name: {"labels": {"target": name}} for name in ("redis-a", "redis-b")}
    async with timed(tmp_path, alerts={"incidents_per_hour": 1}, targets=targets) as (up, clock):
        await worked(up, path, make(labels={"target": "redis-a"}))
        body = make(labels={"target": "redis-b"})
        await worked(up, path, body)
        assert await opened(up) == ["redis-a"]
        clock.advance(LATER_S)
        await worked(up, path, body)
        assert await opened(up) == ["redis-a", "redis-b"]


async def test_a_body_that_was_set_aside_is_worked_when_it_is_told_again(tmp_path: Path):
    body = alertmanager()
    async with timed(tmp_path) as (up, clock):
        async with up.http() as client:
            await client.post(HOOK, content=body, headers=BEARER)
        [row] = await up.bodies()
        now_ms = clock.now_ms()
        await up.pong.store.write(lambda records: records.inbox.claim(now_ms=now_ms, lease_ms=1, most=1))
        await up.pong.store.write(lambda records: records.inbox.failed(row["id"], attempt=1, error="a bug"))
        clock.advance(LATER_S)
        await worked(up, HOOK, body)
        assert await opened(up) == ["redis-prod"]


@pytest.mark.parametrize("body", [alertmanager("DiskFull"), alertmanager("DiskFull", receiver="two")])
async def test_an_alert_that_nothing_matched_opens_one_once_a_rule_is_there(tmp_path: Path, body: str):
    async with timed(tmp_path) as (up, _):
        await worked(up, HOOK, alertmanager("DiskFull"))
        assert await opened(up) == []
    rule = {"name": "DiskFull", "runbook": "redis-failure"}
    async with timed(tmp_path, alerts={"rules": [rule]}) as (up, clock):
        clock.advance(LATER_S)
        await worked(up, HOOK, body)
        assert await opened(up) == ["redis-prod"]


async def test_a_repeat_of_what_is_known_is_silent_however_often_it_comes(tmp_path: Path):
    bodies = [alertmanager(), alertmanager("DiskFull"), alertmanager(labels={"severity": "warning"})]
    async with timed(tmp_path) as (up, clock):
        for body in bodies:
            await worked(up, HOOK, body)
        before = (await posts(up), len(up.noted), await up.pong.store.read(_the_first))
        for _ in range(3):
            clock.advance(LATER_S)
            for body in bodies:
                await worked(up, HOOK, body)
        assert (await posts(up), len(up.noted), await up.pong.store.read(_the_first)) == before


async def _the_first(records):
    return await records.incidents.get(1)


async def test_a_signed_body_that_is_sent_again_after_its_alert_has_ended_opens_nothing(tmp_path: Path):
    fires, ends = grafana("DiskFull"), grafana("DiskFull", state="resolved", ends_ms=1_767_229_850_000)
    async with timed(tmp_path) as (up, _):
        await worked(up, GRAFANA, fires)
        await worked(up, GRAFANA, ends)
    rule = {"name": "DiskFull", "runbook": "redis-failure"}
    async with timed(tmp_path, alerts={"rules": [rule]}) as (up, clock):
        clock.advance(LATER_S)
        await worked(up, GRAFANA, fires)
        assert await opened(up) == []


@pytest.mark.parametrize("event", ["E1", ""])
async def test_an_event_of_pagerduty_is_worked_once_for_ever(tmp_path: Path, event: str):
    told = json.loads(pagerduty("incident.annotated", event=event or "E"))
    told["event"]["id"] = event
    body = json.dumps(told)
    async with timed(tmp_path) as (up, clock):
        await worked(up, PAGERDUTY, body)
        noted = len(up.noted)
        assert noted
        clock.advance(LATER_S)
        await worked(up, PAGERDUTY, body)
        assert len(up.noted) == noted


# -- how it is ----------------------------------------------------------------------------------------------


async def test_alive_and_ready_are_said(client: httpx.AsyncClient):
    assert (await client.get("/healthz")).text == "ok"
    answer = await client.get("/readyz")
    assert answer.status_code == 200
    assert answer.json()["store"] == "writable"


async def test_not_ready_while_the_store_cannot_write_but_alive(up: SlackPong, client: httpx.AsyncClient):
    with up.no_writes():
        assert (await client.get("/readyz")).status_code == 503
        assert (await client.get("/healthz")).status_code == 200
        assert (await client.get("/metrics")).status_code == 200
    assert (await client.get("/readyz")).status_code == 200


async def test_metrics_count_answers_and_rows(up: SlackPong, client: httpx.AsyncClient):
    await client.post(HOOK, content=alertmanager(), headers=BEARER)
    await client.post(HOOK, content=alertmanager())
    text = (await client.get("/metrics")).text
    assert 'pong_webhooks_total{source="alertmanager",status="202"} 1.0' in text
    assert 'pong_webhooks_total{source="alertmanager",status="401"} 1.0' in text
    assert 'pong_inbox_rows{state="new"} 1.0' in text
    assert "pong_incidents_open 0.0" in text


async def test_metrics_answer_although_the_store_is_gone(up: SlackPong, client: httpx.AsyncClient):
    await up.pong.store.close()
    assert (await client.get("/metrics")).status_code == 200
    assert (await client.get("/readyz")).status_code == 503


# -- Slack over HTTP ----------------------------------------------------------------------------------------

EVENTS = "/slack/events"
FORM = "application/x-www-form-urlencoded"


def signed(body: bytes, *, at_s: float | None = None, secret: str = SIGNING_SECRET, kind: str = FORM):
    timestamp = str(int(time.time() if at_s is None else at_s))
    digest = hmac.new(secret.encode(), f"v0:{timestamp}:".encode() + body, hashlib.sha256).hexdigest()
    return {
        "x-slack-request-timestamp": timestamp,
        "x-slack-signature": f"v0={digest}",
        "content-type": kind,
    }


COMMAND = (
    b"command=%2Fredis&text=help&user_id=U0MARIA&team_id=T0PONG&channel_id=C0INCIDENTS&trigger_id=1.2.3"
    b"&api_app_id=A0PONG&user_name=maria&channel_name=incidents&team_domain=x&token=t"
)


async def test_a_command_with_a_right_signature_is_kept(up: SlackPong, client: httpx.AsyncClient):
    answer = await client.post(EVENTS, content=COMMAND, headers=signed(COMMAND))
    assert answer.status_code == 200
    [row] = await up.bodies()
    assert json.loads(row["body"])["verb"] == "help"


@pytest.mark.parametrize(
    "timestamp", ["abc", "1.5", "", "9" * 400, "-1", "1e9", "١٢٣".encode(), "0", "99999999999"]
)
async def test_a_timestamp_that_is_none_gets_401(up: SlackPong, client: httpx.AsyncClient, timestamp):
    headers = signed(COMMAND) | {"x-slack-request-timestamp": timestamp}
    assert (await client.post(EVENTS, content=COMMAND, headers=headers)).status_code == 401
    assert await up.bodies() == []


@pytest.mark.parametrize("seconds", [-301, 301])
async def test_a_right_signature_of_another_time_gets_401(client: httpx.AsyncClient, seconds: int):
    headers = signed(COMMAND, at_s=time.time() + seconds)
    assert (await client.post(EVENTS, content=COMMAND, headers=headers)).status_code == 401


@pytest.mark.parametrize("signature", ["", "v0=", "v0=" + "0" * 64, "v1=x", "v0=é".encode(), b"\xff\xfe"])
async def test_a_wrong_signature_gets_401(client: httpx.AsyncClient, signature):
    headers = signed(COMMAND) | {"x-slack-signature": signature}
    assert (await client.post(EVENTS, content=COMMAND, headers=headers)).status_code == 401


@pytest.mark.parametrize("body", [b"\xff\xfe", b"{", b"[1]", b"payload=%7B", b"payload=%FF", b"null"])
@pytest.mark.parametrize("kind", [FORM, "application/json"])
async def test_an_unsigned_body_that_nobody_can_read_gets_401_and_never_500(client, body: bytes, kind: str):
    headers = signed(body, secret="another", kind=kind)
    assert (await client.post(EVENTS, content=body, headers=headers)).status_code == 401


def interactive(**payload: Any) -> bytes:
    return urlencode({"payload": json.dumps(payload)}).encode()


PERSON = {"user": {"id": "U0MARIA", "team_id": "T0PONG"}, "team": {"id": "T0PONG"}}


@pytest.mark.parametrize(
    ("body", "kind"),
    [
        *((body, "application/json") for body in (b"{", b"null", b"[]", b"7", b"\xff", b'"x"')),
        *((body, FORM) for body in (b"\xff", b"payload=", b"payload=%7B", b"payload=[]", b"payload=null")),
        (b"command=%2Fredis", FORM),
        (b"command=%2Fredis&text=ping&user_id=U0MARIA&team_id=T0PONG&channel_id=C0INCIDENTS", FORM),
        (interactive(type="block_actions", actions=[]), FORM),
        (
            interactive(type="block_actions", actions=[{"action_id": "pong:ack", "value": "1"}], **PERSON),
            FORM,
        ),
        (interactive(type="view_submission", view={"callback_id": "pong:resolve"}, **PERSON), FORM),
        (interactive(type="message_action", callback_id="pong:open_from"), FORM),
        *(
            (
                interactive(type="block_actions", actions=[{"action_id": "pong:ack", "value": ref}], **whole),
                FORM,
            )
            for ref, whole in ((True, PERSON | {"trigger_id": "1.1"}), ("1", PERSON | {"trigger_id": None}))
        ),
        (b'{"type": "event_callback", "event": []}', "application/json"),
        (b'{"type": "event_callback", "event": {"type": "app_mention"}}', "application/json"),
        (
            b'{"type": "event_callback", "event": {"type": "app_home_opened", "tab": "home"}}',
            "application/json",
        ),
    ],
)
async def test_what_is_signed_and_no_request_of_slack_s_gets_400_and_leaves_nothing(
    up: SlackPong, client, body: bytes, kind: str
):
    answer = await client.post(EVENTS, content=body, headers=signed(body, kind=kind))
    assert answer.status_code == 400
    assert "no request of Slack's" in answer.json()["detail"]
    assert await up.bodies() == []


async def test_without_any_headers_of_slack_it_is_401(client: httpx.AsyncClient):
    assert (await client.post(EVENTS, content=COMMAND)).status_code == 401


async def test_a_huge_body_is_refused_unread_by_bolt(up: SlackPong, client: httpx.AsyncClient):
    body = b"x" * (SLACK_BODY_MOST_BYTES + 1)
    assert (await client.post(EVENTS, content=body, headers=signed(body))).status_code == 401


async def test_slack_over_http_has_no_route_in_socket_mode(tmp_path: Path):
    async with slack_pong(tmp_path) as up, up.http() as client:
        assert (await client.post(EVENTS, content=COMMAND, headers=signed(COMMAND))).status_code == 404


async def test_slack_over_http_has_no_route_without_its_secret(tmp_path: Path):
    async with (
        slack_pong(tmp_path, mode="http", secrets={"SLACK_SIGNING_SECRET": ""}) as up,
        up.http() as client,
    ):
        assert (await client.post(EVENTS, content=COMMAND, headers=signed(COMMAND))).status_code == 404


async def test_a_command_that_cannot_be_kept_is_not_acknowledged(up: SlackPong, client: httpx.AsyncClient):
    with up.no_writes():
        assert (await client.post(EVENTS, content=COMMAND, headers=signed(COMMAND))).status_code == 503
    assert await up.bodies() == []
    assert (await client.post(EVENTS, content=COMMAND, headers=signed(COMMAND))).status_code == 200


async def test_it_listens_on_this_machine_only_by_default(up: SlackPong):
    assert up.pong.settings.web.host == "127.0.0.1"
