"""Does "Not over" bring back what was paused?"""

from dataclasses import replace

from bot.incident import AlertState, Status
from bot.promises.made import release
from tests.bot.intake.test_opening import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import MARIA, SmallPong, asks


async def pause(small: SmallPong) -> None:
    async def work(records):
        incident = await release(records, small.pong, await records.incidents.get(1))
        paused = replace(incident, alert=AlertState.RESOLVED, alert_ended_ms=1)
        await records.incidents.save(paused.mitigated(at_ms=small.clock.now_ms()))

    await small.pong.store.write(work)


async def test_updates_and_escalation_go_on(open_one: SmallPong):
    await asked(open_one, asks("ack"))
    await pause(open_one)
    assert f"<@{MARIA}> says it is not over." in await asked(
        open_one, asks("not_over", via="button", ref="1")
    )
    incident = await the_incident(open_one)
    assert (incident.status, incident.is_paused, incident.alert) == (
        Status.ACKNOWLEDGED,
        False,
        AlertState.RESOLVED,
    )
    await open_one.ticks(11 * 60, every_s=60)
    assert len(await open_one.posted("⏳ UPDATE")) == 1


async def test_what_is_not_paused_is_left_alone(open_one: SmallPong):
    assert "is not paused" in await asked(open_one, asks("not_over", via="button", ref="1"))
