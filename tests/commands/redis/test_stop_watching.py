"""Does the button end its own watch, and touch nothing else? (Its words: tests/bot/watching.)"""

from bot.watching.live import ref_of
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, VERA, SmallPong, asks


async def test_a_watch_that_is_gone_is_told(small: SmallPong):
    for ref in ("watch-7", "7", "", "nonsense", "watch-", "watch-99999999999999999999"):
        answer = await asked(small, asks("stop_watching", by=VERA, via="button", ref=ref))
        assert "This is watched no longer" in answer


async def test_who_stopped_it_stands_in_the_timeline(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("watch", by=VERA))
    await asked(on_redis, asks("stop_watching", by=DEV, via="button", ref=ref_of(1)))
    [event] = [event for event in on_redis.noted if event.kind == "redis.watch_stopped"]
    assert (event.actor, event.data) == (DEV, {"target": "redis-prod"})


async def test_its_number_is_not_taken_for_an_incident_s(open_one: SmallPong):
    await asked(open_one, asks("stop_watching", by=VERA, via="button", ref=ref_of(1)))
    [event] = [event for event in open_one.noted if event.kind == "request.refused"]
    assert event.incident_id == 0
