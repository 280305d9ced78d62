"""Where all that is opened is a drill: does it go the whole way, and call nobody?"""

import re
from collections.abc import AsyncIterator
from dataclasses import replace
from pathlib import Path

import httpx
import pytest

from bot.incident import AlertState
from bot.report.report import report
from bot.thread import runbook_of
from tests.bot.intake.test_opening import alert, the_incident
from tests.bot.test_home import told
from tests.fixtures.alerts import alertmanager, pagerduty
from tests.fixtures.asking import asked
from tests.fixtures.pagerduty import FROM, TOKEN, Pager
from tests.fixtures.small_pong import MARIA, SmallPong, asks, small_pong

SAID = {"root_cause": "A drill", "fix": "Practised"}
CALLS = re.compile(r"<@|<!subteam|<!here|<!channel")
STAGING = {"alerts": {"drills_only": True}}
NO_DRILL = "This is no drill any more."


@pytest.fixture
async def staging(tmp_path: Path) -> AsyncIterator[SmallPong]:
    async with small_pong(tmp_path, tables=STAGING) as small:
        yield small


async def resolve(small: SmallPong, number: int = 1) -> None:
    await asked(small, asks("resolve", via="modal", ref=str(number), values=SAID))


async def test_an_alert_opens_a_drill_that_calls_nobody_whatever_comes_due(staging: SmallPong) -> None:
    await alert(staging, alertmanager())
    assert (await the_incident(staging)).is_drill
    assert "🎯 DRILL: Redis Failure" in (await staging.parent())["text"]
    await staging.ticks(65 * 60, every_s=60)
    posts = await staging.posted()
    assert [post for post in posts if "A drill calls nobody: not resolved after 30 minutes" in post["text"]]
    assert not [post["text"] for post in posts if CALLS.search(str(post))]
    assert not await staging.posted("It has lasted")  # the public


async def test_no_alert_makes_it_real_and_its_end_is_heard(staging: SmallPong) -> None:
    await alert(staging, alertmanager())
    await alert(staging, alertmanager("RedisMemoryHigh"))
    assert await staging.posted("Also firing: RedisMemoryHigh")
    for name in ("RedisDown", "RedisMemoryHigh"):
        await alert(staging, alertmanager(name, state="resolved", ends_ms=staging.clock.now_ms()))
    incident = await the_incident(staging)
    assert (incident.is_drill, incident.alert) == (True, AlertState.RESOLVED)
    assert not await staging.posted(NO_DRILL)


async def test_it_is_reopened_as_a_failure_is_and_stays_a_drill(staging: SmallPong) -> None:
    await alert(staging, alertmanager())
    await resolve(staging)
    staging.clock.advance(60)
    await alert(staging, alertmanager("RedisMemoryHigh", starts_ms=staging.clock.now_ms()))
    incident = await the_incident(staging)
    assert (incident.is_open, incident.is_drill) == (True, True)
    [again] = await staging.posted("REOPENED")
    assert not CALLS.search(str(again))


async def test_what_people_open_is_a_drill_too_and_an_alert_joins_it(staging: SmallPong) -> None:
    await asked(staging, asks("open", words=("redis-prod",)))
    assert (await the_incident(staging)).is_drill
    await alert(staging, alertmanager())
    assert (await the_incident(staging)).is_drill
    assert "open on redis-prod already" in await asked(staging, asks("open", words=("redis-prod",)))
    assert not await staging.posted(NO_DRILL)


async def test_the_rules_of_a_drill_say_that_alerts_join_it(staging: SmallPong) -> None:
    await asked(staging, asks("drill", words=("redis-prod",)))
    [rules] = await staging.posted("A drill:")
    assert "an alert on this target joins it" in rules["text"]
    await alert(staging, alertmanager())
    await alert(staging, alertmanager(state="resolved", ends_ms=staging.clock.now_ms()))
    incident = await the_incident(staging)
    assert (incident.is_drill, incident.alert) == (True, AlertState.RESOLVED)


async def test_its_report_ends_in_a_scorecard(staging: SmallPong) -> None:
    await alert(staging, alertmanager())
    await resolve(staging)
    incident = await the_incident(staging)
    runbook = runbook_of(staging.pong, incident)
    text = await staging.pong.store.read(lambda records: report(records, incident, runbook))
    assert text.startswith("# Drill 1: Redis Failure")
    assert "## Scorecard" in text


async def test_the_home_tab_says_why_it_has_no_means(staging: SmallPong) -> None:
    assert "*30 days:* no incident" in await told(staging, MARIA)
    await alert(staging, alertmanager())
    await resolve(staging)
    text = await told(staging, MARIA)
    assert "No MTTA or MTTR yet. The 1 incident of the last 90 days was a drill" in text
    assert "*30 days:*" not in text


async def test_a_storm_calls_nobody(tmp_path: Path) -> None:
    tables = {"alerts": {"drills_only": True, "incidents_per_hour": 1}}
    async with small_pong(tmp_path, tables=tables) as staging:
        await alert(staging, alertmanager())
        await alert(staging, alertmanager(labels={"target": "somewhere else"}))
        [storm] = await staging.posted("Storm: 1 incident was opened")
        assert not CALLS.search(str(storm))


async def test_nobody_is_called_at_pagerduty_and_its_incident_is_acknowledged(tmp_path: Path) -> None:
    pager = Pager(users={"PMARIA": FROM}, people=[FROM])
    secrets = {"REDIS_URL": "redis://127.0.0.1:1/0", "PAGERDUTY_API_TOKEN": TOKEN, "PAGERDUTY_FROM": FROM}
    rule = {"name": "*Redis*", "runbook": "redis-failure", "target": "redis-prod"}
    tables = {"secrets": secrets, "alerts": {"drills_only": True, "rules": [rule]}}
    async with (
        small_pong(tmp_path, tables=tables) as small,
        httpx.AsyncClient(transport=pager.transport()) as http,
    ):
        staging = replace(small, pong=replace(small.pong, http=http))
        await alert(staging, pagerduty(), "pagerduty")
        for verb in ("escalate", "ack"):
            await asked(staging, asks(verb))
            await staging.ticks(1)
        assert await staging.posted("A drill calls nobody")
        [written] = pager.writes
        assert "acknowledged" in str(written)


async def test_a_drill_from_then_is_made_real_where_failures_are_real_again(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables=STAGING) as staging:
        await alert(staging, alertmanager())
    async with small_pong(tmp_path) as small:
        await alert(small, alertmanager("RedisMemoryHigh", starts_ms=small.clock.now_ms()))
        [message] = await small.posted(NO_DRILL)
        assert f"<@{MARIA}>" in message["text"]
        assert not (await the_incident(small)).is_drill


async def test_a_failure_from_then_is_not_reopened_where_all_are_drills(tmp_path: Path) -> None:
    async with small_pong(tmp_path) as small:
        await alert(small, alertmanager())
        await resolve(small)
    async with small_pong(tmp_path, tables=STAGING) as staging:
        await alert(staging, alertmanager(starts_ms=staging.clock.now_ms()))
        first, second = await the_incident(staging), await the_incident(staging, 2)
        assert (first.is_drill, first.is_open, second.is_drill) == (False, False, True)
