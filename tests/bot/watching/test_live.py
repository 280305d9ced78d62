"""Does a live message go on, end by itself, and survive a restart?"""

from bot.watching.live import EVERY_S, Watching
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, VERA, SmallPong, asks


async def text_of_the_watch(small: SmallPong) -> str:
    [post] = [one for one in await small.posted() if "watch:" in one["id"]]
    return str(post["text"])


async def test_it_is_edited_and_ends_by_itself(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("watch", by=VERA, words=("redis-prod", "1")))
    for _ in range(3):
        on_redis.clock.advance(EVERY_S)
        redis.command("GET", "nothing")
        await Watching(on_redis.pong).look()
    assert "Answers a PING in under 1 ms." in await text_of_the_watch(on_redis)
    assert "Hit rate 0 %." in await text_of_the_watch(on_redis)
    on_redis.clock.advance(EVERY_S)
    await Watching(on_redis.pong).look()  # as after a restart: it knows only what is kept
    assert "was watched until the time was over" in await text_of_the_watch(on_redis)
    last = await text_of_the_watch(on_redis)
    on_redis.clock.advance(EVERY_S)
    await Watching(on_redis.pong).look()
    assert await text_of_the_watch(on_redis) == last


async def test_a_server_that_dies_is_said_and_watched_on(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("watch", by=VERA))
    redis.freeze()
    try:
        on_redis.clock.advance(EVERY_S)
        await Watching(on_redis.pong).look()
        assert "It cannot be reached" in await text_of_the_watch(on_redis)
    finally:
        redis.thaw()
    on_redis.clock.advance(EVERY_S)
    await Watching(on_redis.pong).look()
    assert "Memory" in await text_of_the_watch(on_redis)


async def test_a_target_is_asked_once_however_many_watch_it(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("watch", by=VERA))
    await asked(on_redis, asks("watch", by=VERA, thread_ts="1.1"))
    assert len(await on_redis.pong.store.read(lambda records: records.watches.all_on())) == 2
    before = redis.command("INFO", "commandstats")["cmdstat_info"]["calls"]
    await Watching(on_redis.pong).look()
    after = redis.command("INFO", "commandstats")["cmdstat_info"]["calls"]
    assert after - before == 2  # one is this one's


async def test_whoever_stops_it_is_named_with_the_last_figures(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("watch", by=VERA))
    await asked(on_redis, asks("stop_watching", by=DEV, via="button", ref="watch-1"))
    said = await text_of_the_watch(on_redis)
    assert f"was watched until <@{DEV}> stopped it" in said
    assert "Memory" in said
    again = await asked(on_redis, asks("stop_watching", by=DEV, via="button", ref="watch-1"))
    assert "This is watched no longer" in again
