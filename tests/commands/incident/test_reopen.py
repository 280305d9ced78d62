"""Can a person say that a resolved incident is not over?"""

from bot.incident import Status
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import MARIA, SmallPong, asks

SAID = {"root_cause": "the cache", "fix": "waited"}


async def test_it_begins_anew_with_its_promises(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await asked(open_one, asks("resolve", via="modal", ref="1", values=SAID))
    open_one.clock.advance(5 * 60 * 60)
    answer = await asked(open_one, asks("reopen", words=("1",)))
    assert f"REOPENED by <@{MARIA}>" in answer
    incident = await the_incident(open_one)
    assert (incident.status, incident.owner) == (Status.TRIGGERED, None)
    await open_one.ticks(11 * 60)
    assert len(await open_one.posted("⏳ UPDATE")) == 1


async def test_what_is_open_is_not_reopened(open_one: SmallPong) -> None:
    assert "is open: there is nothing to reopen" in await asked(open_one, asks("reopen"))


async def test_beside_a_newer_one_on_the_same_target_it_stays_resolved(open_one: SmallPong) -> None:
    await asked(open_one, asks("resolve", via="modal", ref="1", values=SAID))
    open_one.clock.advance(2 * 60 * 60)
    await alert(open_one, alertmanager(starts_ms=open_one.clock.now_ms()))
    assert "Incident #2 is open on the same target" in await asked(open_one, asks("reopen", words=("1",)))
    assert (await the_incident(open_one)).status is Status.RESOLVED


async def test_what_was_not_over_when_it_was_closed_counts_while_it_was_closed(open_one: SmallPong) -> None:
    start_ms = (await the_incident(open_one)).started_ms
    await asked(open_one, asks("resolve", via="modal", ref="1", values=SAID))
    await open_one.ticks(5 * 60)
    await asked(open_one, asks("reopen", words=("1",)))
    incident, now_ms = await the_incident(open_one), open_one.clock.now_ms()
    assert incident.lasted_ms(now_ms) == now_ms - start_ms
