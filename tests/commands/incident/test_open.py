"""Can a person open an incident before any alert did, once a target?"""

from pathlib import Path

from bot.incident import Status
from bot.report.report import report
from bot.thread import runbook_of
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.kinds import small_with_shop
from tests.fixtures.small_pong import MARIA, SmallPong, asks


async def test_it_opens_with_its_message_its_promises_and_who_did_it(small: SmallPong):
    answer = await asked(small, asks("open", words=("redis-prod",)))
    assert f"<@{MARIA}>: Opened by hand on redis-prod. Please acknowledge." in answer
    incident = await the_incident(small)
    assert (incident.status, incident.target) == (Status.TRIGGERED, "redis-prod")
    assert incident.next_update_ms is not None
    assert ("incident.opened_by_hand", MARIA) in [(event.kind, event.actor) for event in small.noted]


async def test_one_that_is_open_is_pointed_to(open_one: SmallPong):
    answer = (await asked(open_one, asks("open"))).replace("\u2060", "")
    assert "Incident #1 is open on redis-prod already." in answer


async def test_the_alert_that_comes_later_joins_it_and_is_what_people_are_called_for(small: SmallPong):
    await asked(small, asks("open"))
    await alert(small, alertmanager(starts_ms=small.clock.now_ms()))
    incident = await the_incident(small)
    assert (incident.alert_name, incident.alert_count) == ("RedisDown", 1)
    assert len(await small.posted("Firing: RedisDown since")) == 1
    parent = str(await small.parent())
    assert "opened by a person" in parent
    assert "alerts ·" not in parent
    await small.ticks(6 * 60)
    [called] = await small.posted("🔺")
    assert "RedisDown on redis-prod" in called["text"]
    await alert(small, alertmanager("RedisMemoryHigh"))
    assert (await the_incident(small)).alert_name == "RedisDown"
    assert "2 alerts" in str(await small.parent())


async def test_its_report_names_the_alert_only_where_there_was_one(small: SmallPong):
    async def written() -> str:
        incident = await the_incident(small)
        runbook = runbook_of(small.pong, incident)
        return await small.pong.store.read(lambda records: report(records, incident, runbook))

    await asked(small, asks("open"))
    assert "none, opened by a person" in await written()
    await alert(small, alertmanager())
    assert "RedisDown in what was opened by a person, 1 in all" in await written()
    assert await the_incident(small, 2) is None


async def test_a_mistyped_target_opens_nothing(small: SmallPong):
    assert "Did you mean redis-prod?" in await asked(small, asks("open", words=("redis-pord",)))
    assert await the_incident(small) is None


async def test_each_kind_of_thing_has_its_own_runbook(tmp_path: Path):
    async with small_with_shop(tmp_path) as (small, _):
        for number, (name, runbook) in enumerate(
            (("shop", "api-server-down"), ("orders", "database-failure"), ("redis-prod", "redis-failure")), 1
        ):
            await asked(small, asks("open", words=(name,)))
            incident = await the_incident(small, number)
            assert (incident.target, incident.runbook) == (name, runbook)
        assert "Did you mean orders?" in await asked(small, asks("open", words=("ordres",)))
