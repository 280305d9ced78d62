"""Is every promise kept at its time, once, and said to be late when it is?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot import flow
from bot.incident import Status
from bot.promises.ladder import hold
from bot.promises.made import acknowledge
from bot.promises.updates import given
from bot.thread import keep
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks, small_pong

START_MS = 1_767_229_800_000


async def acknowledged(small: SmallPong) -> None:
    async def work(records):
        changed = await acknowledge(records, small.pong, await records.incidents.get(1), by=MARIA)
        await keep(records, small.pong, changed, "incident.acknowledged", actor=MARIA)

    await small.pong.store.write(work)


async def test_nobody_acknowledged_after_five_minutes_pings_the_next_rung_once(small: SmallPong):
    await alert(small, alertmanager())
    await small.ticks(4 * 60)
    assert not await small.posted("nobody has acknowledged for")
    await small.ticks(25 * 60)
    [message] = await small.posted("nobody has acknowledged for 5 minutes")
    assert f"<@{DEV}>" in message["text"]


async def test_an_acknowledged_incident_does_not_ping_the_next_rung(small: SmallPong):
    await alert(small, alertmanager())
    await acknowledged(small)
    await small.ticks(20 * 60)
    assert not await small.posted("nobody has acknowledged for")


async def test_not_resolved_after_thirty_minutes_pings_the_senior_engineer_once(small: SmallPong):
    await alert(small, alertmanager())
    await acknowledged(small)
    await small.ticks(60 * 60)
    [message] = await small.posted("not resolved after 30 minutes")
    assert "<!subteam^S0SENIOR>" in message["text"]


async def test_a_hold_puts_the_escalation_off_by_fifteen_minutes_and_only_once(small: SmallPong):
    await alert(small, alertmanager())
    await acknowledged(small)

    async def work(records):
        changed = await hold(records, small.pong, await records.incidents.get(1))
        await keep(records, small.pong, changed, "escalation.held", actor=MARIA)

    await small.pong.store.write(work)
    await small.ticks(40 * 60)
    assert not await small.posted("not resolved after")
    assert "held once already" in await asked(small, asks("hold"))
    await small.ticks(6 * 60)
    assert len(await small.posted("not resolved after")) == 1


async def test_an_update_is_posted_every_ten_minutes_with_nothing_invented(small: SmallPong):
    await alert(small, alertmanager())
    await small.ticks(31 * 60)
    updates = await small.posted("⏳ UPDATE: Redis Failure")
    assert len(updates) == 3
    assert all("ETA: not set yet" in update["text"] for update in updates)
    assert all("nobody posted one" in update["text"] for update in updates)


async def test_after_a_person_s_update_the_next_is_due_a_whole_interval_later(small: SmallPong):
    await alert(small, alertmanager())
    await small.ticks(9 * 60)

    async def work(records):
        changed = await given(records, small.pong, await records.incidents.get(1), by=MARIA)
        await records.incidents.save(changed)

    await small.pong.store.write(work)
    await small.ticks(9 * 60)
    assert not await small.posted("⏳ UPDATE")
    await small.ticks(2 * 60)
    assert len(await small.posted("⏳ UPDATE")) == 1


async def test_what_fell_due_while_pong_was_down_comes_once_and_is_marked_late(small: SmallPong):
    await alert(small, alertmanager())
    await small.ticks(29 * 60, every_s=29 * 60)
    [update] = await small.posted("⏳ UPDATE")
    assert "late by 19 min" in update["text"]
    [rung] = await small.posted("nobody has acknowledged for")
    assert "late by 24 min" in rung["text"]
    assert (await the_incident(small)).next_update_ms == small.clock.now_ms() + 600_000


async def test_a_timer_fires_once_although_two_claims_race(small: SmallPong):
    await alert(small, alertmanager())
    small.clock.advance(11 * 60)
    now_ms = small.clock.now_ms()
    claim = lambda records: records.timers.claim(now_ms=now_ms, lease_ms=0, most=20)  # noqa: E731
    first = await small.pong.store.write(claim)
    second = await small.pong.store.write(claim)
    for due in [*first, *second]:
        await flow.on_timer(small.pong, due)
    assert len(await small.posted("⏳ UPDATE")) == 1


async def test_resolved_by_the_source_but_sick_goes_on_and_says_so_once(small: SmallPong):
    await alert(small, alertmanager())
    await alert(small, alertmanager(state="resolved", ends_ms=START_MS + 60_000))
    await small.ticks(5 * 60)
    assert len(await small.posted("says resolved, but redis-prod")) == 1
    assert not (await the_incident(small)).is_paused


async def test_resolved_and_measured_healthy_pauses_and_asks_once_then_every_morning(tmp_path: Path):
    with RedisServer() as server:
        async with small_pong(tmp_path, tables={"secrets": {"REDIS_URL": server.url()}}) as small:
            await alert(small, alertmanager())
            await alert(small, alertmanager(state="resolved", ends_ms=START_MS + 60_000))
            await small.ticks(60)
            incident = await the_incident(small)
            assert incident.is_paused
            assert incident.status is Status.MITIGATED
            assert len(await small.posted("Say what it was to close it")) == 1
            await small.ticks(36 * 60 * 60, every_s=600)
            assert len(await small.posted("Say what it was to close it")) == 1
            assert len(await small.posted("It is asked again below")) == 2
            assert not await small.posted("⏳ UPDATE")
            assert not await small.posted("not resolved after")


@pytest.fixture
async def looks_well(tmp_path: Path) -> AsyncIterator[SmallPong]:
    """Nobody acknowledged it, the next rung was called, and it ended by itself."""
    with RedisServer() as server:
        async with small_pong(tmp_path, tables={"secrets": {"REDIS_URL": server.url()}}) as small:
            await alert(small, alertmanager())
            await small.ticks(6 * 60)
            await alert(small, alertmanager(state="resolved", ends_ms=START_MS + 60_000))
            await small.ticks(60)
            yield small


async def test_who_was_woken_hears_that_it_looks_over(looks_well: SmallPong):
    [asked_them] = await looks_well.posted("Say what it was to close it")
    assert asked_them["text"].startswith(f"<@{MARIA}> 🟢 redis-prod answers")
    assert "Nobody has it." in asked_them["text"]
    assert f"Called for it, and not needed any more as it looks: <@{DEV}>." in asked_them["text"]
    assert asked_them["blocks"][-1]["elements"][0]["text"]["text"] == "Acknowledge"


async def test_what_looks_well_and_is_nobody_s_is_asked_of_who_is_on_call_every_morning(
    looks_well: SmallPong,
):
    await looks_well.ticks(36 * 60 * 60, every_s=600)
    assert len(await looks_well.posted("It is asked again below")) == 2
    [newest] = await looks_well.posted("Say what it was to close it")
    assert newest["text"].split()[0] == f"<@{MARIA}>"
    assert f"<@{DEV}>" not in newest["text"]  # who was only woken is let sleep


async def test_what_looks_well_and_is_nobody_s_can_be_taken(looks_well: SmallPong):
    assert "It looks well: say what it was" in await asked(looks_well, asks("ack", by=SAM))
    incident = await the_incident(looks_well)
    assert (incident.owner, incident.status) == (SAM, Status.MITIGATED)
    assert incident.acknowledged_ms is None  # nobody did while it lasted
    assert "is mitigated already" in await asked(looks_well, asks("ack", by=DEV))
    await looks_well.ticks(12 * 60 * 60, every_s=600)
    assert (await looks_well.posted("Say what it was to close it"))[-1]["text"].startswith(f"<@{SAM}>")


async def test_what_nobody_could_ask_is_not_called_healthy(small: SmallPong):
    unknown = {"target": "somewhere else"}
    await alert(small, alertmanager(labels=unknown))
    await alert(small, alertmanager(labels=unknown, state="resolved", ends_ms=START_MS + 60_000))
    await small.ticks(5 * 60)
    [told] = await small.posted("Pong did not check it")
    assert "resolve it when it is over" in told["text"]
    incident = await the_incident(small)
    assert (incident.is_paused, incident.status) == (False, Status.TRIGGERED)
    assert not await small.posted("answers and Alertmanager says resolved")
