"""Is a storm told in few messages, with nothing lost, and flapping once?"""

import json

from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import MARIA, SmallPong, asks


async def many(small: SmallPong, count: int, *, begin: int = 0) -> None:
    for number in range(begin, begin + count):
        await alert(small, alertmanager(labels={"instance": f"web-{number}"}))


async def test_of_many_that_join_the_first_is_said_and_the_rest_in_a_digest(small: SmallPong) -> None:
    await many(small, 40)
    assert len(await small.posted("Also firing")) == 1
    await small.ticks(60)
    [_, digest] = await small.posted("Also firing")
    assert "38 more alerts within the last minutes, 40 in all" in digest["text"]
    assert "40 alerts" in str(await small.parent())
    assert len([event for event in small.noted if event.kind == "alert.joined"]) == 39


async def test_a_storm_that_goes_on_is_one_digest_a_minute(small: SmallPong) -> None:
    for minute in range(10):
        await many(small, 20, begin=20 * minute)
        await small.ticks(60, every_s=10)
    digests = await small.posted("more alerts within")
    assert 9 <= len(digests) <= 10
    told = sum(int(one["text"].split("firing: ")[1].split(" more")[0]) for one in digests)
    assert told + 2 == 200 - (await the_incident(small)).untold


async def test_after_a_quiet_minute_the_next_is_said_at_once(small: SmallPong) -> None:
    await many(small, 2)
    await small.ticks(90)
    await many(small, 1, begin=2)
    assert len(await small.posted("Also firing: RedisDown")) == 2


async def comes_and_goes(small: SmallPong, times: int, *, begin: int = 0, minutes: int = 4) -> None:
    for number in range(begin, begin + times):
        at_ms = small.clock.now_ms()
        await alert(small, alertmanager(starts_ms=at_ms + number))
        await small.ticks(60 * minutes / 2)
        await alert(small, alertmanager(state="resolved", starts_ms=at_ms + number, ends_ms=at_ms + 60_000))
        await small.ticks(60 * minutes / 2)


async def test_flapping_is_said_once_and_counted(small: SmallPong) -> None:
    await comes_and_goes(small, 8)
    assert len(await small.posted("FIRING AGAIN")) == 2
    [told] = await small.posted("FLAPPING")
    assert "fired again 3 times within 30 min" in told["text"]
    assert (await the_incident(small)).alert_count == 8


async def test_what_flaps_is_not_called_sick_each_time_that_it_ends(small: SmallPong) -> None:
    await comes_and_goes(small, 5)
    assert await small.posted("FLAPPING")
    before = len(await small.posted("says resolved, but"))
    await comes_and_goes(small, 4, begin=5)
    assert 0 < before == len(await small.posted("says resolved, but"))


async def test_what_flaps_is_escalated_all_the_same(small: SmallPong) -> None:
    await asked(small, asks("status"))
    await comes_and_goes(small, 9)
    assert len(await small.posted("not resolved after 30 minutes")) == 1
    assert len(await small.posted("⏳ UPDATE")) >= 3


async def test_after_half_an_hour_of_quiet_it_is_told_again(small: SmallPong) -> None:
    await comes_and_goes(small, 5)
    small.clock.advance(31 * 60)
    await comes_and_goes(small, 1, begin=9)
    assert len(await small.posted("FIRING AGAIN")) == 3


async def test_warnings_of_an_hour_are_one_line_that_counts_them(small: SmallPong) -> None:
    for number in range(30):
        labels = {"severity": "warning", "instance": f"web-{number}"}
        await alert(small, alertmanager("RedisMemoryHigh", labels=labels))
    # Not sent yet, so the first line itself was brought up to date; sent, it would be edited.
    [line] = await small.posted("warnings this hour")
    assert line["text"].startswith("🟡 30 warnings this hour, the newest: RedisMemoryHigh on redis-prod")


async def test_other_incidents_are_on_time_in_a_storm(small: SmallPong) -> None:
    await alert(small, alertmanager(labels={"target": "somewhere else"}))
    await asked(small, asks("ack", words=("1",), by=MARIA))
    for minute in range(11):
        await many(small, 10, begin=10 * minute)
        await small.ticks(60)
    updates = [one for one in await small.posted("⏳ UPDATE") if one["id"].startswith("incident:1/")]
    assert len(updates) == 1


async def test_a_body_of_a_thousand_alerts_is_one_incident_and_two_messages(small: SmallPong) -> None:
    body = json.loads(alertmanager())
    first = body["alerts"][0]
    body["alerts"] = [
        first | {"labels": first["labels"] | {"instance": f"web-{n}"}, "fingerprint": f"{n:016x}"}
        for n in range(1_000)
    ]
    await alert(small, json.dumps(body))
    await small.ticks(61)
    assert (await the_incident(small)).alert_count == 1_000
    assert len(await small.posted()) <= 6


async def test_what_was_untold_at_its_end_keeps_nothing_quiet_when_it_reopens(small: SmallPong) -> None:
    await many(small, 5)
    said = {"root_cause": "the cache", "fix": "waited"}
    await asked(small, asks("resolve", via="modal", ref="1", values=said))
    await asked(small, asks("reopen", words=("1",)))
    before = len(await small.posted("Also firing"))
    await many(small, 1, begin=9)
    assert len(await small.posted("Also firing")) == before + 1


async def test_another_alert_is_news_while_one_flaps(small: SmallPong) -> None:
    await comes_and_goes(small, 5)
    assert len(await small.posted("FLAPPING")) == 1
    pings = len(await small.posted("FIRING AGAIN"))
    await alert(small, alertmanager("RedisSnapshotFailed", starts_ms=small.clock.now_ms()))
    [*_, news] = await small.posted("FIRING AGAIN")
    assert len(await small.posted("FIRING AGAIN")) == pings + 1
    assert "RedisSnapshotFailed" in news["text"]
    assert "<@U0MARIA>" in news["text"]
