"""Does an alert join, fire again in or reopen the incident that is there as it should?"""

from bot.incident import Status
from tests.bot.intake.test_opening import START_MS, alert, resolve, the_incident
from tests.fixtures.alerts import alertmanager, grafana
from tests.fixtures.small_pong import SmallPong


async def test_another_alert_of_the_same_target_joins_the_open_incident(small: SmallPong):
    await alert(small, alertmanager())
    await alert(small, alertmanager("RedisMemoryHigh"))
    incident = await the_incident(small)
    assert incident.alert_count == 2
    assert await small.posted("Also firing: RedisMemoryHigh")


async def test_an_alert_that_fires_again_within_an_hour_reopens_with_a_new_message(small: SmallPong):
    await alert(small, alertmanager())
    await resolve(small)
    small.clock.advance(59 * 60)
    await alert(small, alertmanager(starts_ms=START_MS + 59 * 60_000))
    incident = await the_incident(small)
    assert incident.status is Status.TRIGGERED
    assert incident.acknowledged_ms is None
    [message] = await small.posted("REOPENED")
    assert message["reply_broadcast"] is True


async def test_what_is_said_of_the_impact_is_about_the_alert_that_fires_now(small: SmallPong):
    await alert(small, alertmanager())
    assert "no rate limiting" in str(await small.parent())
    await alert(small, alertmanager(state="resolved", ends_ms=START_MS + 60_000))
    small.clock.advance(60)
    await alert(small, alertmanager("RedisMemoryHigh", starts_ms=START_MS + 120_000))
    parent = str(await small.parent())
    assert "writes to Redis may fail" in parent
    assert "RedisMemoryHigh since <!date^1767229920^" in parent


async def test_alerts_of_two_sources_about_one_failure_are_one_incident(small: SmallPong):
    await alert(small, alertmanager())
    await alert(small, grafana(), "grafana")
    assert (await the_incident(small)).alert_count == 2
    assert await small.posted(
        "Also firing: RedisDown since <!date^1767229800^{time}|01:10 UTC>, says Grafana."
    )
