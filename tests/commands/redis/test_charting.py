"""Does a triage bring the picture of its incident, once there is enough to draw?"""

import base64
import logging

import pytest

from bot.pong import Pong
from bot.watching.sample import Sample
from bot.watching.trend import Trend
from commands.redis import charting, triage
from commands.redis.charting import marks_of
from tests.bot.intake.test_opening import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, VERA, SmallPong, asks


async def with_samples(small: SmallPong, number: int) -> None:
    incident = await the_incident(small)
    now_ms = small.clock.now_ms()
    made = [
        (incident.id, Sample(at_ms=now_ms - 15_000 * back, run_id="a", used_bytes=2**20, clients=3))
        for back in range(number, 0, -1)
    ]
    await small.pong.store.write(lambda records: records.samples.keep(made))


async def pictures(small: SmallPong):
    return [one for one in await small.posted() if "file" in one]


async def test_a_triage_brings_one_picture_with_its_alternative_text(on_redis: SmallPong, redis: RedisServer):
    await with_samples(on_redis, 5)
    await Trend(on_redis.pong).look()
    await asked(on_redis, asks("triage", by=VERA))
    [post] = await pictures(on_redis)
    assert base64.b64decode(post["file"]["content"]).startswith(b"\x89PNG")
    assert post["file"]["alt_txt"].startswith("redis-prod from ")
    assert post["text"].startswith("📈 redis-prod since the incident began")
    assert post["file"]["filename"].endswith(".png")


async def test_three_samples_are_too_few_to_draw(on_redis: SmallPong, redis: RedisServer):
    await with_samples(on_redis, 3)
    await asked(on_redis, asks("triage", by=VERA))
    assert await pictures(on_redis) == []


async def test_gaps_alone_are_no_picture(open_one: SmallPong):
    incident, now_ms = await the_incident(open_one), open_one.clock.now_ms()
    gaps = [(incident.id, Sample(at_ms=now_ms - 60_000 * back)) for back in range(9)]
    await open_one.pong.store.write(lambda records: records.samples.keep(gaps))
    await asked(open_one, asks("triage"))
    assert await pictures(open_one) == []


async def test_a_picture_that_cannot_be_drawn_costs_no_answer(
    open_one: SmallPong, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
):
    caplog.set_level(logging.CRITICAL)

    def broken(*facts: object) -> None:
        raise RuntimeError("no font is there")

    monkeypatch.setattr(charting, "draw", broken)
    await with_samples(open_one, 6)
    assert "refuses connections" in await asked(open_one, asks("triage"))
    assert await pictures(open_one) == []
    [found] = await open_one.pong.store.read(lambda records: records.incidents.findings(1))
    assert found["kind"] == "triage"


async def test_the_answer_stands_before_its_picture_is_drawn(
    open_one: SmallPong, monkeypatch: pytest.MonkeyPatch
):
    stood: list[str] = []

    async def drawn_late(pong: Pong, kept: charting.Drawable) -> None:
        stood.extend(one["text"] for one in await open_one.posted() if "answer:" in one["id"])

    monkeypatch.setattr(triage, "charted", drawn_late)
    await with_samples(open_one, 6)
    await asked(open_one, asks("triage"))
    assert "refuses connections" in stood[0]


async def test_a_dead_server_still_has_its_picture(open_one: SmallPong):
    await with_samples(open_one, 6)
    await asked(open_one, asks("triage"))
    assert len(await pictures(open_one)) == 1


async def test_the_alert_and_what_people_did_are_marked(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("ack", by=MARIA))
    incident = await the_incident(on_redis)
    events = await on_redis.pong.store.read(lambda records: records.timeline.of(incident.id))
    marks = marks_of(incident, events)
    assert [(mark.label, mark.is_alert) for mark in marks] == [("alert", True), ("acknowledged", False)]
