"""Does what people do here reach PagerDuty once, in their name, and not come back as news?"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.elsewhere.write_back import WRITE
from bot.incident import Status
from bot.people import Identity
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import about_page, alertmanager, pagerduty
from tests.fixtures.asking import asked
from tests.fixtures.pagerduty import FROM, TOKEN, Pager
from tests.fixtures.small_pong import DEV, MARIA, TEAM, SmallPong, asks, small_pong

DEVS = "dev@example.com"
WHY = {"root_cause": "the cache was full", "fix": "cleared the cache"}
ACKNOWLEDGED = {"incident": {"type": "incident_reference", "status": "acknowledged"}}


@asynccontextmanager
async def on_pagerduty(
    path: Path, pager: Pager, *, sender: str = "", **table: Any
) -> AsyncIterator[SmallPong]:
    """Incident 1 came from PagerDuty; Maria and Dev are known there."""
    secrets = {"REDIS_URL": "redis://127.0.0.1:1/0", "PAGERDUTY_API_TOKEN": TOKEN}
    secrets |= {"PAGERDUTY_FROM": sender} if sender else {}
    rule = {"source": "pagerduty", "name": "*Redis*", "runbook": "redis-failure", "target": "redis-prod"}
    tables = {"secrets": secrets, "alerts": {"rules": [rule]}, "links": ["shop.pagerduty.com"]}
    async with (
        small_pong(path, tables=tables | {"pagerduty": table}) as small,
        httpx.AsyncClient(transport=pager.transport()) as http,
    ):
        for id, handle, email in ((MARIA, "maria", FROM), (DEV, "dev", DEVS)):
            small.directory.identities[id] = Identity(user_id=id, team_id=TEAM, handle=handle, email=email)
            small.directory.emails[email] = id
        small = replace(small, pong=replace(small.pong, http=http))
        await alert(small, pagerduty(), "pagerduty")
        yield small


@pytest.fixture
def pager() -> Pager:
    return Pager(users={"PMARIA": FROM, "PDEV": DEVS}, people=[FROM, DEVS])


@pytest.fixture
async def small(tmp_path: Path, pager: Pager) -> AsyncIterator[SmallPong]:
    async with on_pagerduty(tmp_path, pager) as one:
        yield one


async def does(small: SmallPong, verb: str, *words: str, **more: Any) -> str:
    answer = await asked(small, asks(verb, words=words, **more))
    await small.ticks(1)
    return answer


def kinds(small: SmallPong) -> list[str]:
    return [event.kind for event in small.noted]


# -- what reaches it -----------------------------------------------------------------------------------------


async def test_who_acknowledges_here_has_it_there(small: SmallPong, pager: Pager) -> None:
    await does(small, "ack", by=DEV)
    assert pager.writes == [("QREDIS1", DEVS, ACKNOWLEDGED)]
    assert "pagerduty.written" in kinds(small)
    assert not await small.posted("🔴")


async def test_a_page_that_joined_is_acknowledged_too(tmp_path: Path, pager: Pager) -> None:
    async with on_pagerduty(tmp_path, pager) as small:
        await alert(small, alertmanager())
        pager.incidents["QOTHER"] = {"status": "triggered", "level": 1}
        await alert(small, pagerduty(id="QOTHER"), "pagerduty")
        await does(small, "ack")
        assert [write[0] for write in pager.writes] == ["QREDIS1", "QOTHER"]


async def test_resolved_here_is_resolved_there_although_the_incident_is_over(small, pager: Pager) -> None:
    await does(small, "resolve", via="modal", ref="1", values=WHY)
    assert pager.incidents["QREDIS1"]["status"] == "resolved"
    await alert(small, pagerduty("incident.resolved", status="resolved"), "pagerduty")
    assert not await small.posted("Resolved in PagerDuty")


async def test_escalated_here_the_next_level_there_is_called_once(small: SmallPong, pager: Pager) -> None:
    pager.lost = 1
    await does(small, "escalate")
    await small.ticks(30, every_s=1)
    assert [write[2]["incident"].get("escalation_level") for write in pager.writes] == [2]
    assert pager.incidents["QREDIS1"]["level"] == 2


async def test_after_the_last_level_it_says_that_nobody_was_called(small: SmallPong, pager: Pager) -> None:
    pager.incidents["QREDIS1"]["level"] = 2
    await does(small, "escalate")
    await small.ticks(2, every_s=1)
    assert await small.posted("no further level, so perhaps nobody was called there. Next: escalate it")
    assert not pager.writes


async def test_an_update_is_a_note_there(small: SmallPong, pager: Pager) -> None:
    await does(small, "update", "#1", "the", "cache", "is", "full,", "redis://pong:hunter2222@r:6379")
    [note] = pager.notes
    assert note["content"].startswith("Status: the cache is full")
    assert note["content"].endswith("(maria in Slack, Pong incident #1)")
    assert "hunter2222" not in note["content"]


async def test_a_note_whose_answer_was_lost_is_not_written_twice(small: SmallPong, pager: Pager) -> None:
    pager.lost = 1
    await does(small, "update", "still", "looking")
    await small.ticks(30, every_s=1)
    assert len(pager.notes) == 1
    small.clock.advance(3600)
    pager.now_ms += 3_640_000
    await does(small, "update", "still", "looking")
    assert len(pager.notes) == 2


async def test_whom_it_is_handed_to_before_anybody_had_it_acknowledges_there(small, pager: Pager) -> None:
    await does(small, "assign", f"@{DEV}", "#1")
    assert pager.writes == [("QREDIS1", FROM, ACKNOWLEDGED)]
    await does(small, "assign", f"@{MARIA}", "#1")
    assert len(pager.writes) == 1


# -- what does not -------------------------------------------------------------------------------------------


async def test_switched_off_nothing_is_written(tmp_path: Path, pager: Pager) -> None:
    async with on_pagerduty(tmp_path, pager, write_back=False) as small:
        await does(small, "ack")
        assert not pager.writes


async def test_without_a_token_or_a_page_nothing_is_written(open_one: SmallPong) -> None:
    await does(open_one, "ack")
    assert not await open_one.posted("PagerDuty")


async def test_what_is_over_there_is_left_alone(small: SmallPong, pager: Pager) -> None:
    pager.incidents["QREDIS1"]["status"] = "resolved"
    await does(small, "ack")
    assert "pagerduty.needless" in kinds(small)
    assert not pager.writes
    assert not await small.posted("🔴")


async def test_acknowledged_there_is_not_acknowledged_there_again(small: SmallPong, pager: Pager) -> None:
    await alert(small, pagerduty("incident.acknowledged"), "pagerduty")
    await small.ticks(2)
    assert not pager.writes


# -- and back again ------------------------------------------------------------------------------------------


async def test_what_was_written_from_here_is_no_news_here(small: SmallPong, pager: Pager) -> None:
    await does(small, "ack")
    await does(small, "escalate")
    await small.ticks(1)
    await does(small, "update", "found", "it")
    posts = len(await small.posted())
    note = about_page("incident_note", content=pager.notes[0]["content"])
    await alert(small, pagerduty("incident.acknowledged"), "pagerduty")
    await alert(small, pagerduty("incident.escalated"), "pagerduty")
    await alert(small, pagerduty("incident.annotated", data=note), "pagerduty")
    assert len(await small.posted()) == posts
    assert "pagerduty.incident.annotated" in kinds(small)


async def test_it_may_come_back_before_the_answer(small: SmallPong, pager: Pager) -> None:
    await asked(small, asks("escalate"))
    await alert(small, pagerduty("incident.escalated"), "pagerduty")
    assert not await small.posted("Escalated in PagerDuty")
    await small.ticks(3, every_s=1)
    await alert(small, pagerduty("incident.escalated", event="E2"), "pagerduty")
    assert len(await small.posted("Escalated in PagerDuty")) == 1


async def test_what_somebody_else_does_there_is_news(small: SmallPong, pager: Pager) -> None:
    await does(small, "ack", by=DEV)
    await does(small, "update", "found", "it", by=DEV)
    note = about_page("incident_note", content="I am on it too")
    await alert(small, pagerduty("incident.acknowledged"), "pagerduty")
    await alert(small, pagerduty("incident.annotated", data=note), "pagerduty")
    assert await small.posted("Acknowledged in PagerDuty by Maria Lopez")
    assert await small.posted("I am on it too")
    small.clock.advance(3600)
    await alert(small, pagerduty("incident.acknowledged", event="E9", agent=None), "pagerduty")
    assert len(await small.posted("Acknowledged in PagerDuty")) == 2


# -- in whose name ------------------------------------------------------------------------------------------


async def test_whom_pagerduty_does_not_know_is_written_for_by_the_setting(tmp_path: Path) -> None:
    pager = Pager(people=["pong@example.com"], users={"PMARIA": "pong@example.com"})
    async with on_pagerduty(tmp_path, pager, sender="pong@example.com") as small:
        await does(small, "ack", by=DEV)
        assert [write[1] for write in pager.writes] == ["pong@example.com"]
        small.directory.emails["pong@example.com"] = MARIA
        await alert(small, pagerduty("incident.acknowledged"), "pagerduty")
        assert not await small.posted("Acknowledged in PagerDuty")


async def test_who_has_no_e_mail_here_is_written_for_by_the_setting_or_told(tmp_path: Path, pager) -> None:
    async with on_pagerduty(tmp_path, pager, sender=FROM) as small:
        small.directory.identities.clear()
        await does(small, "ack", by=DEV)
        assert [write[1] for write in pager.writes] == [FROM]
    (tmp_path / "b").mkdir()
    async with on_pagerduty(tmp_path / "b", pager) as small:
        small.directory.identities.clear()
        await does(small, "ack")
        assert await small.posted(
            "PAGERDUTY\u2060_\u2060FROM is not set, so it may go on calling people there"
        )


async def test_nobody_s_e_mail_is_kept_or_said(small: SmallPong, pager: Pager) -> None:
    pager.people = []
    await does(small, "ack")
    await does(small, "update", "found", "it")
    rows = await small.pong.store.read(lambda records: records.errands.of(1))
    told = str(rows) + str(await small.posted()) + str(small.noted)
    assert [row.kind for row in rows].count(WRITE) == 2
    assert "@example.com" not in told


# -- what fails ----------------------------------------------------------------------------------------------


@pytest.mark.parametrize("status", [429, 500, 503])
async def test_what_may_pass_is_tried_again_and_said_once(small: SmallPong, pager: Pager, status) -> None:
    pager.answers = status
    await does(small, "ack")
    assert not await small.posted("🔴")
    await small.ticks(150, every_s=5)
    [said] = await small.posted("🔴 PagerDuty answered HTTP")
    assert "so it may go on calling people there. Next: acknowledge it in PagerDuty yourself" in said["text"]
    assert "<https://shop.pagerduty.com/incidents/QREDIS1|PagerDuty>" in str(said["blocks"])
    assert (await the_incident(small)).status is Status.ACKNOWLEDGED


async def test_once_it_answers_again_it_is_done_and_nothing_is_said(small: SmallPong, pager: Pager) -> None:
    pager.answers = 503
    await does(small, "ack")
    pager.answers = 0
    await small.ticks(30)
    assert len(pager.writes) == 1
    assert not await small.posted("🔴")


async def test_a_refusal_is_told_at_once(small: SmallPong, pager: Pager) -> None:
    pager.people = []
    await does(small, "ack")
    assert await small.posted("HTTP 400 (Invalid Input Provided; Requester User Not Found), so it may go on")
    pager.people = [FROM]
    await small.ticks(300)
    assert not pager.writes


async def test_pagerduty_being_away_delays_nothing_here(small: SmallPong, pager: Pager) -> None:
    pager.answers = 500
    assert "has it, after" in await asked(small, asks("ack"))
    assert (await the_incident(small)).status is Status.ACKNOWLEDGED
