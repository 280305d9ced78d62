"""Does an incident of an application, and one of a database, go the whole way, and never speak of a Redis?

From the alert to the report, for each runbook beside the Redis's own.
"""

import asyncio
import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import psycopg
import pytest

from bot.catalog import RUNBOOKS
from bot.incident import Status
from bot.playground.local_slack.limits import check_message
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.health import Health
from tests.fixtures.kinds import small_with_shop
from tests.fixtures.postgres_server import PostgresServer, waits
from tests.fixtures.small_pong import SmallPong, asks

STARTED_MS, ENDED_MS = 1_767_229_800_000, 1_767_230_100_000


@pytest.fixture(scope="module")
def postgres() -> Iterator[PostgresServer]:
    with PostgresServer() as server:
        yield server


async def text_of(small: SmallPong) -> str:
    """All that was ever posted, blocks and files too, in which Slack finds no fault."""
    posted = await small.posted()
    for post in posted:
        check_message(post["text"], post.get("blocks", []))
    return json.dumps([*posted, await small.parent()], ensure_ascii=False)


async def ends(small: SmallPong, name: str, labels: dict[str, str]) -> None:
    """The alert ends, Pong looks, a person resolves."""
    await alert(small, alertmanager(name, state="resolved", ends_ms=ENDED_MS, labels=labels))
    await small.ticks(60)
    assert await small.posted("says resolved")
    values = {"root_cause": "a deployment", "fix": "rolled it back"}
    await asked(small, asks("resolve", via="modal", ref="1", values=values))
    assert (await the_incident(small)).status is Status.RESOLVED


def report_in(posts: list[dict[str, Any]]) -> tuple[str, str]:
    [post] = [one for one in posts if "file" in one]
    return post["file"]["filename"], post["file"]["content"]


async def test_an_application_that_is_down_from_alert_to_report(tmp_path: Path) -> None:
    labels = {"app": "shop", "target": ""}
    async with small_with_shop(tmp_path) as (small, shop):
        shop.says({"status": "unhealthy", "checks": {"database": "disconnected"}}, 503)
        await alert(small, alertmanager("ApiDown", labels=labels))
        await _begins(
            small, "api-server-down", "shop", "The application does not serve, people cannot use it"
        )
        answer = await asked(small, asks("triage", via="button", ref="shop", thread_ts=None))
        assert "shop answers, with 1 critical finding" in answer
        assert "DATABASE_FAILURE may fit: /incident open orders" in answer
        await _is_acknowledged(small, "Acknowledged API_SERVER_DOWN - investigating")
        shop.says({"status": "healthy", "checks": {"database": "connected"}})
        await ends(small, "ApiDown", labels)
        _is_reported(await small.posted(), "api-server-down", "API Server Down", "Answer of the application")
        assert "redis" not in (await text_of(small)).lower()


async def test_a_database_that_fails_from_alert_to_report(tmp_path: Path, postgres: PostgresServer) -> None:
    labels = {"db": "orders", "target": ""}
    async with small_with_shop(tmp_path, database=postgres.url()) as (small, shop):
        shop.says({"status": "healthy", "checks": {"database": "connected"}})
        await alert(small, alertmanager("PostgresLocksHeld", labels=labels))
        await _begins(small, "database-failure", "orders", "Statements wait for locks")
        with postgres.connect() as holder:
            holder.execute("CREATE TABLE IF NOT EXISTS stock (secret_column text)")
            holder.execute("BEGIN")
            holder.execute("LOCK TABLE stock")
            waiting = asyncio.create_task(asyncio.to_thread(_reads, postgres))
            await waits(postgres)
            await small.ticks(31)
            answer = await asked(small, asks("triage", words=("orders",), ref="/incident"))
            holder.execute("ROLLBACK")
            await waiting
        assert "orders answers" in answer
        findings = await small.pong.store.read(lambda records: records.incidents.findings(1))
        assert findings[-1]["facts"]["figures"]["locks_waiting"] == 1
        await _is_acknowledged(small, "Acknowledged DATABASE_FAILURE - investigating")
        await ends(small, "PostgresLocksHeld", labels)
        _is_reported(await small.posted(), "database-failure", "Database Failure", "Connections allowed")
        whole = await text_of(small)
        assert "redis" not in whole.lower()
        assert "secret_column" not in whole
        assert "stock" not in whole


def _reads(postgres: PostgresServer) -> None:
    with postgres.connect() as waiter, psycopg.ClientCursor(waiter) as cursor:
        cursor.execute("SELECT secret_column FROM stock")


async def _begins(small: SmallPong, runbook: str, target: str, impact: str) -> None:
    incident = await the_incident(small)
    assert (incident.runbook, incident.target) == (runbook, target)
    parent = json.dumps(await small.parent(), ensure_ascii=False)
    assert f"INCIDENT: {RUNBOOKS[runbook].title}" in parent
    assert impact in parent
    assert f'"{target}"' in parent, "the Triage button names it"


async def _is_acknowledged(small: SmallPong, words: str) -> None:
    assert words in await asked(small, asks("ack", via="button", ref="1"))


def _is_reported(posts: list[dict[str, Any]], runbook: str, title: str, figure: str) -> None:
    name, content = report_in(posts)
    assert name.endswith(f"-{runbook}-1.md")
    assert f"# Incident 1: {title}" in content
    assert figure in content
    assert "a deployment" in content
    assert "whole" in content


async def test_what_no_label_chooses_is_asked_for_among_its_kind(tmp_path: Path) -> None:
    async with small_with_shop(tmp_path) as (small, _):
        await alert(small, alertmanager("ApiDown", labels={"target": "redis-prod"}))
        parent = json.dumps(await small.parent(), ensure_ascii=False)
        assert "which application is it?" in parent
        assert "1:shop" in parent
        assert "1:redis-prod" not in parent
        wrong = await asked(small, asks("target", via="button", ref="1:redis-prod"))
        assert "There is no application" in wrong
        await asked(small, asks("target", via="button", ref="1:shop"))
        assert (await the_incident(small)).target == "shop"


async def test_a_redis_triage_suggests_the_runbook_that_may_fit(tmp_path: Path) -> None:
    async with small_with_shop(tmp_path) as (small, shop):
        await _suggests(small, shop)


async def _suggests(small: SmallPong, shop: Health) -> None:
    shop.says({"status": "degraded", "checks": {"redis": "disconnected", "database": "disconnected"}}, 503)
    answer = await asked(small, asks("triage", words=("redis-prod",)))
    assert "DATABASE_FAILURE may fit: /incident open orders" in answer
    shop.says("down", 502)
    answer = await asked(small, asks("triage", words=("redis-prod",)))
    assert "API_SERVER_DOWN may fit: /incident open shop" in answer
