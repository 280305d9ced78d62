"""Does what people do in PagerDuty reach the incident here: once, escaped, and no more than it says?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.incident import AlertState, Status
from bot.people import Identity
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import about_page, alertmanager, page, pagerduty
from tests.fixtures.asking import asked
from tests.fixtures.pagerduty import TOKEN, Pager
from tests.fixtures.small_pong import DEV, MARIA, SAM, TEAM, SmallPong, asks, small_pong

RULE = {"source": "pagerduty", "name": "*Redis*", "runbook": "redis-failure", "target": "redis-prod"}
EVIL = "<!channel> *x* <https://evil.example|ok> @here `code`"


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SmallPong]:
    tables = {"alerts": {"rules": [RULE]}, "links": ["shop.pagerduty.com"]}
    async with small_pong(tmp_path, tables=tables) as pong:
        yield pong


@asynccontextmanager
async def mapped(path: Path, pager: Pager) -> AsyncIterator[SmallPong]:
    """A Pong that may ask `pager` who people are."""
    secrets = {"REDIS_URL": "redis://127.0.0.1:1/0", "PAGERDUTY_API_TOKEN": TOKEN}
    async with (
        small_pong(path, tables={"alerts": {"rules": [RULE]}, "secrets": secrets}) as small,
        httpx.AsyncClient(transport=pager.transport()) as http,
    ):
        yield replace(small, pong=replace(small.pong, http=http))


async def pages(small: SmallPong, kind: str = "incident.triggered", **more: Any) -> None:
    at_ms = small.clock.now_ms()
    await alert(small, pagerduty(kind, **({"at_ms": at_ms} | more)), "pagerduty")


def kinds(small: SmallPong, incident_id: int) -> list[str]:
    return [event.kind for event in small.noted if event.incident_id == incident_id]


async def test_a_page_opens_an_incident_with_its_link_and_the_words_of_its_alert(small: SmallPong):
    await pages(small, title="[FIRING:1] RedisMemoryHigh redis-prod (critical)")
    incident = await the_incident(small)
    assert (incident.source, incident.target, incident.alert_name) == (
        "pagerduty",
        "redis-prod",
        "RedisMemoryHigh",
    )
    parent = str(await small.parent())
    assert "<https://shop.pagerduty.com/incidents/QREDIS1|PagerDuty>" in parent
    assert "writes to Redis may fail" in parent


async def test_its_id_and_address_are_kept_with_the_incident(small: SmallPong):
    await pages(small)
    [kept] = await small.pong.store.read(lambda records: records.inbox.alerts_of(1, "pagerduty"))
    assert (kept.key, kept.status) == ("QREDIS1", "firing")
    assert kept.link == "https://shop.pagerduty.com/incidents/QREDIS1"


async def test_a_link_to_another_host_is_not_shown(small: SmallPong):
    await pages(small, html_url="https://evil.example/incidents/QREDIS1")
    assert "evil.example" not in str(await small.parent()) + str(await small.posted())


async def test_who_acknowledges_there_has_it_here_under_the_name_that_they_have_there(small: SmallPong):
    await pages(small)
    small.clock.advance(120)
    await pages(small, "incident.acknowledged")
    incident = await the_incident(small)
    assert (incident.status, incident.acknowledged_by) == (Status.ACKNOWLEDGED, None)
    [said] = await small.posted("Maria Lopez in PagerDuty has it, after 3 min")
    assert "Acknowledged REDIS_FAILURE - investigating" in said["text"]
    assert "acknowledged by Maria Lopez in PagerDuty after 3 min" in str(await small.parent())
    await small.ticks(400)
    assert not await small.posted("nobody has acknowledged")


async def test_somebody_with_the_same_e_mail_in_slack_is_named_as_in_slack(tmp_path: Path):
    async with mapped(tmp_path, Pager(users={"PMARIA": "Maria@Example.com"})) as small:
        small.directory.emails["maria@example.com"] = MARIA
        small.directory.identities[MARIA] = Identity(user_id=MARIA, team_id=TEAM, handle="maria")
        await pages(small)
        await pages(small, "incident.acknowledged")
        incident = await the_incident(small)
        assert (incident.acknowledged_by, incident.owner) == (MARIA, MARIA)
        assert await small.posted(f"<@{MARIA}> (Maria Lopez in PagerDuty) has it")
        assert (await small.pong.store.read(lambda records: records.names.all()))[MARIA] == "maria"


@pytest.mark.parametrize("trait", ["is_guest", "is_bot", "is_deleted", "is_stranger"])
async def test_who_may_do_nothing_in_slack_is_not_mentioned(tmp_path: Path, trait: str):
    async with mapped(tmp_path, Pager(users={"PMARIA": "m@example.com"})) as small:
        small.directory.emails["m@example.com"] = "U0X"
        small.directory.identities["U0X"] = replace(Identity(user_id="U0X", team_id=TEAM), **{trait: True})
        await pages(small)
        await pages(small, "incident.acknowledged")
        assert (await the_incident(small)).acknowledged_by is None
        assert await small.posted("Maria Lopez in PagerDuty has it")


@pytest.mark.parametrize("pager", [Pager(answers=500), Pager(answers=429), Pager(users={})])
async def test_an_acknowledgement_counts_although_pagerduty_does_not_say_who_that_is(tmp_path: Path, pager):
    async with mapped(tmp_path, pager) as small:
        await pages(small)
        await pages(small, "incident.acknowledged")
        assert (await the_incident(small)).status is Status.ACKNOWLEDGED
        assert await small.posted("Maria Lopez in PagerDuty has it")


async def test_it_counts_although_slack_is_away(tmp_path: Path):
    async with mapped(tmp_path, Pager(users={"PMARIA": "m@example.com"})) as small:
        await pages(small)
        small.directory.is_away = True
        await pages(small, "incident.acknowledged")
        assert (await the_incident(small)).status is Status.ACKNOWLEDGED


async def test_somebody_here_can_still_take_what_a_stranger_has_there(small: SmallPong):
    await pages(small)
    await pages(small, "incident.acknowledged")
    small.clock.advance(60)
    await asked(small, asks("ack"))
    incident = await the_incident(small)
    assert (incident.owner, incident.acknowledged_ms) == (MARIA, small.clock.now_ms() - 60_000)
    assert await small.posted(f"<@{MARIA}> has it now; Maria Lopez in PagerDuty acknowledged it after 1 min.")
    parent = str(await small.parent())
    assert f"acknowledged by Maria Lopez in PagerDuty after 1 min, now with <@{MARIA}>" in parent
    assert "is acknowledged already" in await asked(small, asks("ack", by=DEV))


async def test_what_a_stranger_has_there_is_asked_of_who_is_on_call_here(small: SmallPong):
    await pages(small)
    await pages(small, "incident.acknowledged")
    assert "Acknowledge" in labels(await small.parent())
    await small.ticks(9 * 60)
    [reminder] = await small.posted("the next update is due")
    assert f"⏰ <@{MARIA}> (Maria Lopez in PagerDuty has it): the next" in reminder["text"]
    assert "Acknowledge" in labels(reminder)
    await small.ticks(22 * 60)
    missed = (await small.posted("nobody posted one"))[0]
    assert f"<@{MARIA}> (Maria Lopez in PagerDuty has it): what are you doing" in str(missed["blocks"])
    [question] = await small.posted("Shall the public be told")
    assert question["text"].startswith(f"📣 <@{MARIA}> Shall")
    await asked(small, asks("ack", by=SAM))
    assert "Acknowledge" not in labels(await small.parent())
    await small.ticks(8 * 60)
    assert f"⏰ <@{SAM}>: the next" in (await small.posted("the next update is due"))[-1]["text"]


def labels(message: dict[str, Any]) -> list[str]:
    rows = [block["elements"] for block in message["blocks"] if block["type"] == "actions"]
    return [button["text"]["text"] for row in rows for button in row]


async def test_whom_pong_knows_to_have_it_keeps_it(small: SmallPong):
    await pages(small)
    await pages(small, "incident.acknowledged")
    await pages(small, "incident.acknowledged", agent="Dev Okafor", event="E2")
    assert (await the_incident(small)).acknowledged_as == "Maria Lopez in PagerDuty"
    assert await small.posted("Acknowledged in PagerDuty by Dev Okafor.")


async def test_what_happens_there_is_a_line_here_and_stands_in_the_timeline(small: SmallPong):
    await pages(small)
    note = about_page("incident_note", content="It is the cache. " * 100)
    await pages(small, "incident.annotated", data=note)
    [said] = await small.posted("Note in PagerDuty by Maria Lopez")
    assert len(said["text"]) < 500
    assert "pagerduty.incident.annotated" in kinds(small, 1)
    assert said["id"].startswith("incident:1/")


async def test_what_says_nothing_to_people_stands_in_the_timeline_alone(small: SmallPong):
    await pages(small)
    posts = len(await small.posted())
    for kind in ("incident.workflow.started", "incident.custom_field_values.updated", "incident.invented"):
        await pages(small, kind, data=about_page("anything"))
        assert f"pagerduty.{kind}" in kinds(small, 1)
    assert len(await small.posted()) == posts


async def test_events_of_what_no_incident_knows_are_noted_and_not_said(small: SmallPong):
    await pages(small, "incident.acknowledged")
    await pages(small, "incident.annotated", data=about_page("incident_note", content="hello"))
    await pages(small, "service.updated", data={"id": "P1", "type": "service"})
    await pages(small, "pagey.ping", data={"type": "ping"}, agent=None)
    assert kinds(small, 0) == [
        "pagerduty.incident.acknowledged",
        "pagerduty.incident.annotated",
        "pagerduty.service.updated",
        "pagerduty.pagey.ping",
    ]
    assert await small.posted() == []


async def test_resolved_there_is_an_alert_that_ended_and_nothing_is_resolved_behind_anybody_s_back(
    small: SmallPong,
):
    await pages(small)
    await pages(small, "incident.resolved", status="resolved")
    incident = await the_incident(small)
    assert (incident.alert, incident.is_open) == (AlertState.RESOLVED, True)
    assert "the alert has ended" in str(await small.parent())
    assert await small.posted("Resolved in PagerDuty by Maria Lopez. Here it stays open")
    await small.ticks(61)
    assert await small.posted("PagerDuty says resolved")


async def test_reopened_there_it_fires_again_each_time(small: SmallPong):
    await pages(small)
    for minute in (1, 2):
        small.clock.advance(60)
        at_ms = small.clock.now_ms()
        await pages(small, "incident.resolved", event=f"R{minute}")
        await pages(small, "incident.reopened", event=f"O{minute}", at_ms=at_ms)
        assert (await the_incident(small)).alert is AlertState.FIRING
        assert len(await small.posted("FIRING AGAIN: RedisDown")) == minute


async def test_a_late_triggered_does_not_fire_again_what_was_resolved(small: SmallPong):
    await pages(small, "incident.resolved")
    await pages(small)
    assert await the_incident(small) is None


async def test_an_alert_and_a_page_about_the_same_failure_are_one_incident(small: SmallPong):
    await alert(small, alertmanager())
    await pages(small)
    incident = await the_incident(small)
    assert incident.alert_count == 2
    assert await the_incident(small, 2) is None
    assert await small.posted("Also firing: RedisDown since")
    assert "<https://shop.pagerduty.com/incidents/QREDIS1|PagerDuty>" in str(await small.parent())
    await alert(small, alertmanager(state="resolved", ends_ms=small.clock.now_ms()))
    assert (await the_incident(small)).alert is AlertState.FIRING
    await pages(small, "incident.resolved")
    assert (await the_incident(small)).alert is AlertState.RESOLVED
    await small.ticks(61)
    assert await small.posted("PagerDuty says resolved")
    assert not await small.posted("Alertmanager says resolved")


async def test_a_page_that_pong_opened_to_wake_an_approver_opens_nothing(small: SmallPong):
    title = "Pong: Clear cache on redis-prod waits for an approval of RedisDown"
    await pages(small, data=page(title=title, incident_key="pong-approval-1-0123456789abcdef"))
    assert await the_incident(small) is None
    assert await small.posted() == []


async def test_nothing_that_is_written_there_makes_a_mention_a_link_or_a_format_here(small: SmallPong):
    await pages(small, title=f"{EVIL} Redis", service={"summary": EVIL})
    await pages(small, "incident.acknowledged", agent=EVIL)
    await pages(small, "incident.annotated", agent=EVIL, data=about_page("n", content=EVIL))
    await pages(small, "incident.reassigned", agent=EVIL, assignees=[{"summary": EVIL}] * 9)
    await pages(small, "incident.resolved", agent=EVIL)
    text = str(await small.posted()) + str(await small.parent())
    assert "evil.example" in text
    for sign in ("<!channel>", "<https://evil", "*x*", " @here", "`code`"):
        assert sign not in text


async def test_a_secret_in_a_note_stays_hidden(small: SmallPong):
    await pages(small)
    note = about_page("n", content="try redis://pong:hunter2222@redis-prod:6379, mail maria@example.com")
    await pages(small, "incident.annotated", data=note)
    told = str(await small.posted()) + str(small.noted)
    assert "hunter2222" not in told
    assert "maria@example.com" not in told
