"""Does a drill call nobody, count nowhere, end in a scorecard, and give way to a real failure?"""

import re

from bot.report.report import report
from bot.thread import runbook_of
from tests.bot.intake.test_opening import alert, the_incident
from tests.bot.test_home import told
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, VERA, SmallPong, asks

SAID = {"root_cause": "A drill", "fix": "Practised"}
CALLS = re.compile(r"<@|<!subteam|<!here|<!channel")


async def test_it_calls_nobody_whatever_comes_due(small: SmallPong) -> None:
    await asked(small, asks("drill", words=("redis-prod",)))
    await small.ticks(65 * 60, every_s=60)
    posts = await small.posted()
    assert [post for post in posts if "A drill calls nobody: not resolved after 30 minutes" in post["text"]]
    assert not [post["text"] for post in posts if CALLS.search(str(post))]
    assert "🎯 DRILL: Redis Failure" in (await small.parent())["text"]


async def test_its_rules_are_told(small: SmallPong) -> None:
    await asked(small, asks("drill"))
    [rules] = await small.posted("What is approved here runs for real.")
    assert rules["id"].startswith("incident:1/")


async def test_the_figures_leave_it_out(small: SmallPong) -> None:
    await asked(small, asks("drill"))
    small.clock.advance(60)
    await asked(small, asks("resolve", via="modal", ref="1", values=SAID))
    assert "No MTTA or MTTR yet." in await told(small, MARIA)
    await alert(small, alertmanager(starts_ms=small.clock.now_ms()))
    assert "*30 days:* 1 incident, none acknowledged yet" in await told(small, MARIA)


async def test_its_report_ends_in_a_scorecard(small: SmallPong) -> None:
    await asked(small, asks("drill"))
    small.clock.advance(3 * 60)
    await asked(small, asks("ack"))
    small.clock.advance(12 * 60)
    await asked(small, asks("update", words=("looking",)))
    await asked(small, asks("triage", words=("redis-prod",)))
    await asked(small, asks("resolve", via="modal", ref="1", values=SAID))
    incident = await the_incident(small)
    runbook = runbook_of(small.pong, incident)
    text = await small.pong.store.read(lambda records: report(records, incident, runbook))
    assert text.startswith("# Drill 1: Redis Failure")
    card = text.partition("## Scorecard")[2]
    assert re.search(r"Acknowledge \| 5 min \| 3 min \| reached", card)
    assert re.search(r"Communicate \| 10 min \| 15 min \| missed", card)
    assert re.search(r"Diagnose \| 15 min \| .* \| reached", card)
    assert "Mitigate | 30 min | not measured |" in card  # no Redis answers here


async def test_a_real_alert_ends_the_drill_and_calls_whoever_is_on_call(small: SmallPong) -> None:
    await asked(small, asks("drill", words=("redis-prod",)))
    await alert(small, alertmanager())
    [message] = await small.posted("This is no drill any more.")
    assert f"<@{MARIA}>: RedisDown on redis-prod" in message["text"]
    assert not (await the_incident(small)).is_drill
    assert "⚠️ INCIDENT: Redis Failure" in (await small.parent())["text"]
    await small.ticks(6 * 60)
    [rung] = await small.posted("nobody has acknowledged for")
    assert f"<@{DEV}>" in rung["text"]


async def test_what_was_practised_is_no_part_of_the_real_one(small: SmallPong) -> None:
    await asked(small, asks("drill", words=("redis-prod",)))
    small.clock.advance(50 * 60)
    await asked(small, asks("ack", by=DEV))
    await asked(small, asks("update", words=("practising",)))
    await asked(small, asks("severity", words=("P4",)))
    await alert(small, alertmanager(starts_ms=small.clock.now_ms()))
    real = await the_incident(small)
    assert (real.status, real.owner, real.severity, real.status_said) == ("triggered", None, "P2", None)
    assert real.began_ms == small.clock.now_ms()
    await small.ticks(6 * 60)
    assert await small.posted("nobody has acknowledged for 5 minutes")
    assert not await small.posted("It has lasted")


async def test_drills_are_no_storm(small: SmallPong) -> None:
    for number in range(1, 22):
        await asked(small, asks("drill", words=("redis-prod",)))
        await asked(small, asks("resolve", via="modal", ref=str(number), values=SAID))
    await alert(small, alertmanager(starts_ms=small.clock.now_ms()))
    assert not (await the_incident(small, 22)).is_drill


async def test_opened_by_hand_during_a_drill_it_is_real(small: SmallPong) -> None:
    await asked(small, asks("drill", words=("redis-prod",)))
    await asked(small, asks("open", words=("redis-prod",)))
    assert await small.posted("This is no drill any more.")


async def test_its_end_says_that_it_was_one(small: SmallPong) -> None:
    await asked(small, asks("drill"))
    await asked(small, asks("resolve", via="modal", ref="1", values=SAID))
    assert not await small.posted("✅ RESOLVED")
    over = str(await small.posted("✅ DRILL OVER: Redis Failure"))
    assert "External communication: none, for it was a drill" in over


async def test_a_real_alert_after_the_drill_is_an_incident_of_its_own(small: SmallPong) -> None:
    await asked(small, asks("drill", words=("redis-prod",)))
    await asked(small, asks("resolve", via="modal", ref="1", values=SAID))
    await alert(small, alertmanager(starts_ms=small.clock.now_ms()))
    assert not (await the_incident(small, 2)).is_drill
    assert (await the_incident(small)).is_drill


async def test_a_viewer_opens_none(small: SmallPong) -> None:
    await asked(small, asks("drill", by=VERA))
    assert not await small.posted("A drill:")


async def test_the_public_is_told_nothing(small: SmallPong) -> None:
    await asked(small, asks("drill"))
    await small.ticks(45 * 60, every_s=60)
    assert not await small.posted("It has lasted")
    assert "the public is told nothing" in await asked(small, asks("visible"))
