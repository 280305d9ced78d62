"""Is one more person asked through PagerDuty, once, in the name of whoever wanted it, and is that no loop?"""

from collections.abc import AsyncIterator
from typing import Any

import pytest

from bot.people import Identity
from commands import VERBS
from commands.incident.page import WORDS, faults
from tests.bot.elsewhere.test_write_back import DEVS, does, kinds, on_pagerduty
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import about_page, alertmanager, pagerduty
from tests.fixtures.pagerduty import FROM, Pager
from tests.fixtures.small_pong import DEV, GUEST, MARIA, SAM, TEAM, SmallPong, asks, small_pong

HELP = "the replica is behind"


@pytest.fixture
def pager() -> Pager:
    return Pager(users={"PMARIA": FROM, "PDEV": DEVS}, people=[FROM, DEVS])


@pytest.fixture
async def small(tmp_path, pager: Pager) -> AsyncIterator[SmallPong]:
    async with on_pagerduty(tmp_path, pager) as one:
        yield one


async def page(small: SmallPong, to: str = DEV, note: str = HELP, **more: Any) -> str:
    return await does(small, "page", via="modal", ref="1", values={"to": to, "note": note}, **more)


def responder(kind: str, **more: Any) -> str:
    user = {"id": "PDEV", "type": "user_reference", "summary": "Dev Ray"}
    data = about_page("incident_responder", user=user, message=HELP, **more)
    return pagerduty(f"incident.responder.{kind}", data=data)


async def test_the_person_is_asked_there_as_documented_and_called_here(small, pager: Pager) -> None:
    await page(small)
    target = {"responder_request_target": {"id": "PDEV", "type": "user_reference"}}
    body = {"requester_id": "PMARIA", "message": HELP, "responder_request_targets": [target]}
    assert pager.writes == [("QREDIS1", FROM, body)]
    [told] = await small.posted("📟")
    assert f"<@{MARIA}> had PagerDuty ask <@{DEV}> to help: “{HELP}”" in told["text"]
    [written] = [event for event in small.noted if event.kind == "pagerduty.written"]
    assert (written.actor, written.data["what"], written.data["to"]) == (MARIA, "page", DEV)


async def test_typed_in_the_thread_it_is_the_same(small: SmallPong, pager: Pager) -> None:
    await does(small, "page", "#1", f"@{DEV}", *HELP.split())
    await does(small, "page", f"@{DEV}", "#1")
    assert [write[2]["message"] for write in pager.writes] == [HELP, WORDS]


async def test_what_comes_back_of_it_is_no_news_and_the_answer_is(small: SmallPong, pager: Pager) -> None:
    await page(small)
    await alert(small, responder("added", state="pending"), "pagerduty")
    assert not await small.posted("was asked in PagerDuty")
    await alert(small, responder("replied", state="accepted"), "pagerduty")
    assert await small.posted("Dev Ray replied in PagerDuty: “accepted”.")
    assert len(pager.writes) == 1


async def test_it_may_come_back_before_its_own_answer(small: SmallPong, pager: Pager) -> None:
    pager.lost = 1
    await page(small)
    await alert(small, responder("added", state="pending"), "pagerduty")
    await small.ticks(30, every_s=1)
    assert not await small.posted("was asked in PagerDuty")
    assert len(await small.posted("📟")) == 1


async def test_whom_somebody_else_asks_there_is_news(small: SmallPong, pager: Pager) -> None:
    await alert(small, responder("added", state="pending"), "pagerduty")
    assert await small.posted("Dev Ray was asked in PagerDuty to help by Maria Lopez")


async def test_a_lost_answer_pages_nobody_twice(small: SmallPong, pager: Pager) -> None:
    pager.lost = 1
    await page(small)
    await small.ticks(30, every_s=1)
    assert len(pager.responders) == 1
    assert len(await small.posted("📟")) == 1
    small.clock.advance(3600)
    pager.now_ms += 3_640_000
    await page(small)
    assert len(pager.responders) == 2


async def test_two_pages_of_pagerdutys_ask_once(small: SmallPong, pager: Pager) -> None:
    pager.incidents["QOTHER"] = {"status": "triggered", "level": 1}
    await alert(small, pagerduty(id="QOTHER"), "pagerduty")
    await page(small)
    assert [write[0] for write in pager.writes] == ["QREDIS1"]


async def test_whom_pagerduty_does_not_know_is_not_said_to_be_paged(small, pager: Pager) -> None:
    who = Identity(user_id=SAM, team_id=TEAM, handle="sam", email="sam@example.com")
    small.directory.identities[SAM] = who
    await page(small, to=SAM)
    [told] = await small.posted("🔴")
    assert "PagerDuty knows nobody with that person's e-mail, so perhaps nobody was paged" in told["text"]
    assert "sam@example.com" not in str(await small.posted()) + str(small.noted)
    assert not await small.posted("📟")


async def test_who_is_unknown_there_asks_by_the_setting(tmp_path, pager: Pager) -> None:
    pager.people = [FROM]
    del pager._users["PDEV"]
    pager._users["PSAM"] = "sam@example.com"
    async with on_pagerduty(tmp_path, pager, sender=FROM) as small:
        who = Identity(user_id=SAM, team_id=TEAM, handle="sam", email="sam@example.com")
        small.directory.identities[SAM] = who
        await page(small, to=SAM, by=DEV)
        assert [(write[1], write[2]["requester_id"]) for write in pager.writes] == [(FROM, "PMARIA")]
        assert f"<@{DEV}> had PagerDuty ask <@{SAM}>" in (await small.posted("📟"))[0]["text"]


async def test_what_is_over_there_pages_nobody_and_says_so(small: SmallPong, pager: Pager) -> None:
    pager.incidents["QREDIS1"]["status"] = "resolved"
    await page(small)
    assert await small.posted("PagerDuty's incident is resolved there, so perhaps nobody was paged")
    assert not pager.writes


async def test_the_button_stands_where_help_is_wanted(small: SmallPong, pager: Pager) -> None:
    await does(small, "ack")
    assert "Page a person…" in str(await small.posted("has it, after"))
    await does(small, "escalate")
    assert "Page a person…" in str(await small.posted("asks for help"))


async def test_without_pagerduty_nobody_can_be_asked(tmp_path) -> None:
    async with small_pong(tmp_path) as bare:
        await alert(bare, alertmanager())
        assert "Pong may not page anybody: set PAGERDUTY" in await does(bare, "page", f"@{DEV}")
        await does(bare, "ack")
        assert "Page a person…" not in str(await bare.posted())


async def test_once_it_has_ended_there_it_says_that_pagerduty_cannot_ask(small, pager: Pager) -> None:
    await alert(small, pagerduty("incident.resolved", status="resolved"), "pagerduty")
    assert "no open incident of #1, so it can ask nobody. Next: call them yourself" in await page(small)


async def test_a_token_that_only_reads_pages_nobody(tmp_path, pager: Pager) -> None:
    async with on_pagerduty(tmp_path, pager, write_back=False) as small:
        assert "Pong may not page anybody: set PAGERDUTY" in await page(small)
        assert not pager.writes


async def test_nobody_asks_themselves_a_guest_or_nobody(small: SmallPong, pager: Pager) -> None:
    assert "You are here already" in await page(small, to=MARIA)
    assert "no full member" in await page(small, to=GUEST)
    assert "Press Page a person…" in await does(small, "page", "#1")
    assert not pager.writes


async def test_a_resolved_incident_pages_nobody(small: SmallPong, pager: Pager) -> None:
    await does(small, "resolve", via="modal", ref="1", values={"root_cause": "x y", "fix": "z z"})
    pager.writes.clear()
    assert "is resolved: nobody is paged" in await page(small)
    assert not pager.writes


async def test_its_window_chooses_nobody_by_itself(small: SmallPong) -> None:
    view = await VERBS["page"].view(asks("page", via="button", ref="1"), small.pong)
    assert view["blocks"][1]["element"] == {"type": "users_select", "action_id": "to"}
    assert faults({"to": ""})
    assert not faults({"to": DEV})


async def test_what_is_written_to_them_makes_no_mention(small: SmallPong, pager: Pager) -> None:
    await page(small, note="<!channel> *now*")
    assert "<!channel>" not in str(await small.posted("📟"))
    assert "pagerduty.written" in kinds(small)
