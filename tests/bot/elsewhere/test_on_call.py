"""Does it stand there who is on call by PagerDuty, without calling more people than it says?"""

from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import httpx
import pytest

from bot.people import Identity
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager, pagerduty
from tests.fixtures.asking import asked
from tests.fixtures.pagerduty import FROM, TOKEN, Pager
from tests.fixtures.small_pong import DEV, MARIA, TEAM, SmallPong, asks, small_pong

DEVS, SAMS = "dev@example.com", "sam@example.com"
SCHEDULE, POLICY = {"on_call_schedule": "PSRE"}, {"on_call_policy": "PPOL"}
PINGS = {"ping_on_call": True}


@asynccontextmanager
async def knowing(
    path: Path, pager: Pager, *, on_call: Sequence[str] = (), **table: Any
) -> AsyncIterator[SmallPong]:
    """A Pong without an incident; Maria and Dev are known in Slack by their e-mail, Sam is not."""
    secrets = {"REDIS_URL": "redis://127.0.0.1:1/0", "PAGERDUTY_API_TOKEN": TOKEN}
    rule = {"source": "pagerduty", "name": "*Redis*", "runbook": "redis-failure", "target": "redis-prod"}
    tables: dict[str, Any] = {"secrets": secrets, "alerts": {"rules": [rule]}, "pagerduty": table}
    tables["escalation"] = {"on_call": on_call, "next_rung": [DEV]}
    async with (
        small_pong(path, tables=tables) as small,
        httpx.AsyncClient(transport=pager.transport()) as http,
    ):
        for id, handle, email in ((MARIA, "maria", FROM), (DEV, "dev", DEVS)):
            small.directory.identities[id] = Identity(user_id=id, team_id=TEAM, handle=handle, email=email)
            small.directory.emails[email] = id
        yield replace(small, pong=replace(small.pong, http=http))


@pytest.fixture
def pager() -> Pager:
    return Pager({"PSRE": [FROM]}, users={"PMARIA": FROM, "PDEV": DEVS})


async def origin(small: SmallPong) -> str:
    """The line of the incident's own message that says where it came from and who is on call."""
    return str((await small.parent())["blocks"])


async def opened(small: SmallPong) -> None:
    await alert(small, alertmanager())
    await small.ticks(1)


# -- what stands there ---------------------------------------------------------------------------------------


async def test_the_first_post_waits_for_nobody_and_then_names_who_is_on_call(tmp_path, pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE) as small:
        await alert(small, alertmanager())
        assert "INCIDENT" in await origin(small)
        assert not pager.asked
        await small.ticks(1)
        assert "on call by PagerDuty: Maria (" in await origin(small)
        assert await asked_times(pager) == 1


async def test_a_policy_is_named_in_the_order_in_which_it_calls(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **POLICY) as small:
        await opened(small)
        assert "on call by PagerDuty: Maria Lopez, then Dev Ray (" in await origin(small)


async def test_without_a_setting_the_policy_of_pagerdutys_own_incident_counts(tmp_path, pager) -> None:
    async with knowing(tmp_path, pager) as small:
        await opened(small)
        assert not pager.asked
        await alert(small, pagerduty(), "pagerduty")
        await small.ticks(1)
        assert "on call by PagerDuty: Maria Lopez, then Dev Ray (" in await origin(small)


async def test_an_escalation_names_them_too(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, on_call=[MARIA], **POLICY) as small:
        await opened(small)
        await small.ticks(301)
        [called] = await small.posted("nobody has acknowledged for")
        assert "On call by PagerDuty: Maria Lopez, then Dev Ray (" in called["text"]
        assert called["text"].count("<@") == 1


async def test_when_people_take_turns_it_stands_there(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE) as small:
        await opened(small)
        pager.schedules["PSRE"] = [DEVS]
        await small.ticks(330)
        assert "on call by PagerDuty: Dev (" in await origin(small)
        pager.schedules["PSRE"] = []
        await small.ticks(330)
        assert "on call by PagerDuty: nobody (" in await origin(small)


async def test_the_timeline_has_each_change_once(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE) as small:
        await opened(small)
        await small.ticks(1200)
        told = [event for event in small.noted if event.kind == "on_call.told"]
        assert [(event.actor, event.data) for event in told] == [("pagerduty", {"people": "Maria"})]


async def test_what_they_are_called_there_makes_no_mention_here(tmp_path, pager: Pager) -> None:
    pager.schedules["PSRE"] = ["<!channel>@example.com"]
    async with knowing(tmp_path, pager, **SCHEDULE, **PINGS) as small:
        await opened(small)
        told = await origin(small) + str(await small.posted("(not found in Slack)"))
        assert "<!channel>" not in told
        assert told.count("channel") > 1


# -- whom it calls -------------------------------------------------------------------------------------------


async def test_a_name_calls_nobody(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE) as small:
        await opened(small)
        await small.ticks(120)
        assert not [one for one in await small.posted() if f"<@{MARIA}>" in str(one)]


async def test_who_is_to_be_pinged_is_pinged_once(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **POLICY, **PINGS) as small:
        await opened(small)
        assert await small.posted("PagerDuty is asked who is on call: RedisDown")
        await small.ticks(290)
        [pinged] = await small.posted(f"<@{MARIA}>, on call by PagerDuty: RedisDown on redis-prod")
        assert DEV not in str(pinged)
        await small.ticks(30)
        [called] = await small.posted("nobody has acknowledged for")
        assert f"<@{DEV}>, <@{MARIA}>: nobody" in called["text"]


async def test_whoever_was_pinged_already_is_not_pinged_again(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, on_call=[MARIA], **SCHEDULE, **PINGS) as small:
        await opened(small)
        await small.ticks(60)
        assert len([one for one in await small.posted() if f"<@{MARIA}>" in one["text"]]) == 1


async def test_once_somebody_has_it_nobody_is_pinged(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE, **PINGS) as small:
        await alert(small, alertmanager())
        await asked(small, asks("ack", by=DEV))
        await small.ticks(60)
        assert not await small.posted("on call by PagerDuty:")
        assert "on call by PagerDuty: Maria" in await origin(small)


async def test_whom_slack_does_not_know_is_named_and_said_to_be_unfound(tmp_path, pager: Pager) -> None:
    pager.schedules["PSRE"] = [SAMS]
    async with knowing(tmp_path, pager, **SCHEDULE, **PINGS) as small:
        await opened(small)
        assert await small.posted("Sam (not found in Slack), on call by PagerDuty: RedisDown")
        assert SAMS not in str(await small.posted()) + str(small.noted)


async def test_nobody_on_call_is_said_where_somebody_would_be_pinged(tmp_path, pager: Pager) -> None:
    pager.schedules["PSRE"] = []
    async with knowing(tmp_path, pager, **SCHEDULE, **PINGS) as small:
        await opened(small)
        assert await small.posted("Nobody is on call by PagerDuty now")


async def test_begun_anew_they_are_pinged_anew(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE, **PINGS) as small:
        await opened(small)
        await asked(small, asks("resolve", via="modal", ref="1", values={"root_cause": "x y", "fix": "z z"}))
        await asked(small, asks("reopen", words=("#1",)))
        await small.ticks(2)
        assert len(await small.posted(f"<@{MARIA}>, on call by PagerDuty")) == 2


async def test_a_drill_asks_nobody(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE, **PINGS) as small:
        await asked(small, asks("drill", words=("redis-prod",)))
        await small.ticks(60)
        assert not pager.asked
        assert "by PagerDuty" not in await origin(small)


async def test_a_failure_that_comes_into_a_drill_is_asked_about(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE, **PINGS) as small:
        await asked(small, asks("drill", words=("redis-prod",)))
        await alert(small, alertmanager())
        assert await small.posted("no drill any more. PagerDuty is asked who is on call: RedisDown")
        await small.ticks(2)
        assert await small.posted(f"<@{MARIA}>, on call by PagerDuty: RedisDown")


# -- when it is away -----------------------------------------------------------------------------------------


@pytest.mark.parametrize("answers", [500, 429, 403])
async def test_away_nothing_is_lost_and_nothing_is_invented(tmp_path, pager: Pager, answers: int) -> None:
    pager.answers = answers
    async with knowing(tmp_path, pager, on_call=[MARIA], **SCHEDULE) as small:
        await opened(small)
        await small.ticks(360)
        assert "by PagerDuty" not in await origin(small)
        assert not await small.posted("by PagerDuty")
        assert await small.posted(f"<@{MARIA}>: RedisDown")
        assert await small.posted("nobody has acknowledged for")
        assert [event.kind for event in small.noted].count("on_call.not_told") == 1
        pager.answers = 0
        await small.ticks(90)
        assert "on call by PagerDuty: Maria (" in await origin(small)


async def test_who_would_have_been_pinged_is_said_not_to_be_once(tmp_path, pager: Pager) -> None:
    pager.answers = 500
    async with knowing(tmp_path, pager, **SCHEDULE, **PINGS) as small:
        await opened(small)
        await small.ticks(240)
        [told] = await small.posted("It is not known who is on call (PagerDuty answered HTTP 500")
        assert "nobody was pinged by it. Next: look in PagerDuty" in told["text"]
        pager.answers = 0
        await small.ticks(70)
        assert len(await small.posted(f"<@{MARIA}>, on call by PagerDuty")) == 1


async def test_what_it_told_long_ago_is_left_out(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE) as small:
        await opened(small)
        pager.answers = 500
        await small.ticks(600)
        assert "on call by PagerDuty: Maria (" in await origin(small)
        await small.ticks(600)
        assert "by PagerDuty" not in await origin(small)


async def test_without_a_token_nobody_is_asked(open_one: SmallPong) -> None:
    await open_one.ticks(60)
    assert not [one for one in await errands_of(open_one) if one.kind == "on-call"]


async def test_over_nobody_is_asked_any_more(tmp_path, pager: Pager) -> None:
    async with knowing(tmp_path, pager, **SCHEDULE) as small:
        await opened(small)
        await asked(small, asks("resolve", via="modal", ref="1", values={"root_cause": "x y", "fix": "z z"}))
        times = await asked_times(pager)
        await small.ticks(1200)
        assert await asked_times(pager) == times
        assert not (await the_incident(small)).is_open


async def asked_times(pager: Pager) -> int:
    return pager.asked.count("GET /oncalls")


async def errands_of(small: SmallPong) -> list[Any]:
    return list(await small.pong.store.read(lambda records: records.errands.of(1)))
