"""Is it said which alert has ended and what still fires, and is an incident over once nothing does?"""

from bot.incident import AlertState
from tests.bot.intake.test_opening import START_MS, alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.small_pong import SmallPong


async def test_an_alert_that_ends_does_not_resolve_the_incident(small: SmallPong):
    await alert(small, alertmanager())
    await alert(small, alertmanager(state="resolved", ends_ms=START_MS + 60_000))
    incident = await the_incident(small)
    assert incident.alert is AlertState.RESOLVED
    assert incident.is_open


async def test_an_incident_goes_on_while_one_of_its_alerts_fires(small: SmallPong):
    await alert(small, alertmanager())
    await alert(small, alertmanager("RedisMemoryHigh"))
    await alert(small, alertmanager(state="resolved", ends_ms=START_MS + 60_000))
    assert (await the_incident(small)).alert is AlertState.FIRING


async def comes(small: SmallPong, *names: str) -> None:
    for name in names:
        await alert(small, alertmanager(name))


async def goes(small: SmallPong, *names: str) -> None:
    for name in names:
        await alert(small, alertmanager(name, state="resolved", ends_ms=START_MS + 60_000))


async def test_people_are_called_for_what_still_fires_and_read_what_has_ended(small: SmallPong):
    await comes(small, "RedisDown", "RedisMemoryHigh")
    await goes(small, "RedisDown")
    [said] = await small.posted("RedisDown has ended")
    assert said["text"].endswith("Still firing: RedisMemoryHigh.")
    assert (await the_incident(small)).alert_name == "RedisMemoryHigh"
    await small.ticks(31 * 60)
    [called] = await small.posted("S0SENIOR")
    assert "RedisMemoryHigh on redis-prod" in called["text"]
    assert "writes to Redis may fail" in str(await small.parent())


async def test_what_is_named_stays_so_while_it_fires(small: SmallPong):
    await comes(small, "RedisDown", "RedisMemoryHigh")
    await goes(small, "RedisMemoryHigh")
    assert (await the_incident(small)).alert_name == "RedisDown"
    assert len(await small.posted("RedisMemoryHigh has ended")) == 1


async def test_the_ends_of_a_minute_are_one_line_that_says_the_newest(small: SmallPong):
    names = [f"Redis{word}" for word in ("Down", "MemoryHigh", "SnapshotFailed", "ReplicationBroken")]
    await comes(small, *names)
    await goes(small, *names[:3])
    [said] = await small.posted("has ended")
    assert said["text"].startswith("RedisSnapshotFailed has ended")
    assert said["text"].endswith("Still firing: RedisReplicationBroken.")


async def test_one_of_many_under_a_name_is_not_the_end_of_it(small: SmallPong):
    for number in range(3):
        await alert(small, alertmanager(labels={"instance": f"web-{number}"}))
    ended = alertmanager(state="resolved", ends_ms=START_MS + 60_000, labels={"instance": "web-0"})
    await alert(small, ended)
    assert await small.posted("has ended") == []
    assert (await the_incident(small)).alert is AlertState.FIRING
