"""Does any planted secret, key name, address or mention come out of Pong, wherever it was put in?

One whole story on a real local Slack and a real server with a password; then all that came out is read.
"""

import asyncio
import io
import json
import logging
from collections.abc import AsyncIterator, Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.execution.engine import Engine
from bot.playground.local_slack.person import Person, shown_text
from bot.playground.serving import serving
from bot.report.report import report
from bot.text import Redactor
from bot.thread import runbook_of
from bot.ticker import Ticker
from bot.timeline import first_broken
from bot.wiring import _Redacting, mirror
from tests.fixtures.alerts import (
    about_page,
    alertmanager,
    grafana,
    pagerduty,
    signed_by_grafana,
    signed_by_pagerduty,
)
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.slack_pong import (
    GRAFANA_SECRET,
    PAGERDUTY_SECRET,
    TOKEN,
    SlackPong,
    ended,
    slack_pong,
    until,
)

PASSWORD = "canary-Pa55/w0rd"
IN_URL = "canary-Pa55%2Fw0rd"
SECRETS = {
    "the password of the server": PASSWORD,
    "the password as it stands in the address": IN_URL,
    "the webhook's token": TOKEN,
    "the bot's token": "xoxb-local-pong",
    "the signing secret": "local-signing-secret",
    "a key's name": "canarykey",
    "an e-mail address": "canary@example.com",
    "a password that was typed": "canaryhunter2",
    "a token that was typed": "xoxb-123456789-canary",
    "the password in an address that was typed": "canaryinurl",
}
EVIL = (
    "<!channel> @here <@U0DEV> <https://evil.example|ok> `code` *bold* session:canarykey42 "
    "canary@example.com password=canaryhunter2 xoxb-123456789-canary redis://app:canaryinurl@10.0.0.5:6379 "
    + PASSWORD
)
SAID_FOR_IT = f"<!channel> *bold* session:canarykey42 password=canaryhunter2 xoxb-123456789-canary {PASSWORD}"
MENTIONS = ("<!channel", "<!here", "@here", "<https://evil", "<http://evil", "`code`", "*bold*")


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer("--requirepass", PASSWORD, "--maxmemory", "24mb") as running:
        with running.client(password=PASSWORD) as client:
            for number in range(2000):
                client.set(f"cache:canarykey:{number}", "x" * 100)
                client.set(f"session:canarykey{number}", "canary@example.com", ex=1000)
        yield running


@pytest.fixture
async def application() -> AsyncIterator[str]:
    """It says of itself what it should not."""

    async def answer(request: Request) -> Response:
        redis = {"connected": EVIL, "connectionErrors": EVIL, "cacheHitRate": EVIL}
        return JSONResponse({"status": EVIL, "checks": {"redis": EVIL}, "redis": redis})

    async with serving(Starlette(routes=[Route("/{path}", answer)])) as url:
        yield url


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """What the log would say, through the formatter that `pong run` sets up."""
    secrets = [PASSWORD, IN_URL, TOKEN, "xoxb-local-pong", "local-signing-secret"]
    lines, root = io.StringIO(), logging.getLogger()
    handler, level = logging.StreamHandler(lines), root.level
    handler.setFormatter(_Redacting(Redactor(secrets)))
    root.addHandler(handler)
    root.setLevel(logging.INFO)
    yield lines
    root.removeHandler(handler)
    root.setLevel(level)


async def test_no_secret_and_no_mention_comes_out_of_a_whole_story(
    tmp_path: Path,
    server: RedisServer,
    application: str,
    log: io.StringIO,
    capsys: pytest.CaptureFixture[str],
) -> None:
    async with slack_pong(tmp_path, **tables(server, application)) as up:
        working = [asyncio.create_task(one.run()) for one in (Ticker(up.pong), Engine(up.pong))]
        async with up.working():
            await the_story(up)
        await ended(*working)
        for event in up.noted:
            mirror(event)
        out = await everything(up)
    out |= {"the log": log.getvalue(), "standard output": capsys.readouterr().out}
    assert found_in(out, SECRETS) == []
    assert found_in({"Slack": out["Slack"]}, {sign: sign for sign in MENTIONS}) == []
    assert "inbox 1 from slack failed" in out["the log"]
    assert "RESOLVED: Redis Failure" in out["Slack"]
    assert "evil" in out["the report"]
    assert "execution.succeeded" in out["the timeline"]


def found_in(out: dict[str, str], planted: dict[str, str]) -> list[str]:
    return [
        f"{what} in {where}" for where, text in out.items() for what, one in planted.items() if one in text
    ]


def tables(server: RedisServer, application: str) -> dict[str, Any]:
    url = f"redis://:{IN_URL}@127.0.0.1:{server.port}/0"
    urls = {"health_url": f"{application}/health", "metrics_url": f"{application}/metrics"}
    return {
        "secrets": {"REDIS_URL": url, "REDIS_REMEDIATION_URL": url},
        "alerts": {"unmatched": "open", "rules": [{"source": "pagerduty", "target": "redis-prod"}]},
        "targets": {"redis-prod": {"labels": {"target": "redis-prod"}, "application": "shop"}},
        "applications": {"shop": urls},
    }


async def the_story(up: SlackPong) -> None:
    maria, dev, sam = (up.person(user) for user in ("U0MARIA", "U0DEV", "U0SAM"))
    await up.pong.store.write(
        lambda records: records.inbox.accept(
            "slack", "broken", json.dumps({"words": [], EVIL: EVIL}), at_ms=1
        )
    )
    await alerts(up)
    parent = await maria.sees("INCIDENT: Redis Failure")
    await maria.presses(parent, "Acknowledge")
    await maria.sees("Acknowledged REDIS_FAILURE")
    for typed in (
        f"/redis ping {EVIL}",
        f"/redis clear {EVIL}",
        f"/redis {EVIL}",
        f"/incident update {EVIL}",
    ):
        assert (await maria.commands(typed))["ok"]
    for typed in ("/redis ping", "/redis triage", "/redis verify"):
        assert (await maria.commands(typed))["ok"]
    await maria.sees("asked by")
    await said_in_a_window(maria, parent, "Post update", {"status": EVIL, "action": EVIL, "eta": EVIL})
    await maria.sees("⏳ UPDATE")
    await clears(sam, dev)
    await said_in_a_window(maria, parent, "Resolve…", {"root_cause": EVIL, "fix": EVIL})
    await maria.sees("📄 The report")
    await maria.commands("/incident status")
    await until(lambda: _is_idle(up), seconds=40)


async def alerts(up: SlackPong) -> None:
    labels = {"target": "redis-prod", "instance": EVIL, EVIL: "x"}
    first = json.loads(alertmanager(EVIL, labels=labels))
    first["alerts"][0]["annotations"] = {"summary": EVIL, EVIL: EVIL}
    warning = alertmanager(EVIL, labels={"severity": "warning"})
    ended_elsewhere = alertmanager(EVIL, state="resolved", labels={"target": EVIL})
    headers = {"authorization": f"Bearer {TOKEN}"}
    async with up.http() as client:
        for body in (json.dumps(first), alertmanager("RedisDown"), warning, ended_elsewhere):
            answer = await client.post("/webhooks/alertmanager", content=body, headers=headers)
            assert answer.status_code == 202
        for path, body, signed in signed_alerts():
            assert (await client.post(path, content=body, headers=signed)).status_code == 202
        wrong = json.dumps({"alerts": [{"status": EVIL}]})
        answer = await client.post("/webhooks/alertmanager", content=wrong, headers=headers)
        assert found_in({"the answer": answer.text}, SECRETS) == []


def signed_alerts() -> Iterator[tuple[str, str, dict[str, str]]]:
    of_grafana = grafana(EVIL, labels={EVIL: EVIL}, panelURL=EVIL, imageURL=EVIL, values=EVIL)
    yield "/webhooks/grafana", of_grafana, signed_by_grafana(of_grafana, GRAFANA_SECRET)
    note = about_page("incident_note", content=EVIL)
    for body in (
        pagerduty(title=EVIL, service={"summary": EVIL}, html_url=EVIL),
        pagerduty("incident.annotated", agent=EVIL, data=note),
        pagerduty("incident.reassigned", agent=EVIL, assignees=[{"summary": EVIL}]),
        pagerduty(EVIL, agent=EVIL, data=note),
    ):
        yield "/webhooks/pagerduty", body, signed_by_pagerduty(body, PAGERDUTY_SECRET)


async def clears(sam: Person, dev: Person) -> None:
    """A plan that is denied with a reason, then one that is approved and runs."""
    await sam.commands(f"/redis clear cache --why {SAID_FOR_IT}")
    card = await dev.sees("needs 1 approval")
    await said_in_a_window(dev, card, "Deny…", {"reason": EVIL})
    await dev.sees("was denied by")
    await sam.commands("/redis clear cache")
    again = await dev.sees(lambda one: "needs 1 approval" in shown_text(one) and one["ts"] != card["ts"])
    await dev.presses(again, "Preview again")
    await dev.sees("Measured again")
    await dev.presses(again, "Approve")
    await dev.sees("is done:", timeout_s=30)


async def said_in_a_window(who: Person, message: dict[str, Any], button: str, values: dict[str, str]) -> None:
    assert (await who.presses(message, button))["ok"]
    assert (await who.submits(await who.waits_for_view(), values))["ok"]


async def everything(up: SlackPong) -> dict[str, str]:
    """All that came out, by where; as text, with nothing hidden by JSON's escapes."""

    async def read(records: Any) -> dict[str, str]:
        outbox = await records.outbox._connection.rows("SELECT payload FROM outbox")
        events = [event for id in (0, 1, 2) for event in await records.timeline.of(id)]
        findings = [await records.incidents.findings(id) for id in (0, 1, 2)]
        assert first_broken(await records.timeline.of(1)) is None
        incident = await records.incidents.get(1)
        return {
            "the outbox": "\n".join(row["payload"] for row in outbox),
            "the timeline": "\n".join(f"{event.actor} {event.kind} {event.data}" for event in events),
            "the findings": json.dumps(findings, ensure_ascii=False),
            "the incident": str(incident),
            "the report": await report(records, incident, runbook_of(up.pong, incident)),
        }

    workspace = up.slack.workspace
    messages = [vars(message) for message in workspace.channels["C0INCIDENTS"].messages.values()]
    ours = [message for message in messages if message["user"] == "U0PONG" or message.get("bot_id")]
    shown = json.dumps([(message["text"], message["blocks"]) for message in ours], ensure_ascii=False)
    return await up.pong.store.read(read) | {"Slack": shown}


async def _is_idle(up: SlackPong) -> bool:
    counts = await up.pong.store.read(lambda records: records.outbox.counts())
    is_sent = not counts.get("pending", 0) and not counts.get("sending", 0)
    return is_sent and await up.inbox("new") + await up.inbox("working") == 0
