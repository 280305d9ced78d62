"""Is a watch begun once, with its figures, and is what was typed understood?"""

import pytest

from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import VERA, SmallPong, asks


async def watches(small: SmallPong):
    return await small.pong.store.read(lambda records: records.watches.all_on())


@pytest.mark.parametrize(
    ("words", "minutes"),
    [((), 5), (("10",), 10), (("redis-prod",), 5), (("redis-prod", "60"), 60), (("1", "redis-prod"), 1)],
)
async def test_target_and_minutes_come_in_either_order(
    on_redis: SmallPong, redis: RedisServer, words: tuple[str, ...], minutes: int
):
    await asked(on_redis, asks("watch", by=VERA, words=words))
    [watch] = await watches(on_redis)
    assert (watch.target, watch.until_ms - on_redis.clock.now_ms()) == ("redis-prod", minutes * 60_000)
    [post] = [one for one in await on_redis.posted() if "watch:" in one["id"]]
    assert "Memory" in post["text"]
    assert any(block["type"] == "actions" for block in post["blocks"])


@pytest.mark.parametrize(
    ("words", "says"),
    [
        (("500",), "Watch takes 1 to 60 minutes."),
        (("0",), "Watch takes 1 to 60 minutes."),
        (("99999999999999999999",), "Watch takes 1 to 60 minutes."),
        (("5", "6"), "That is no target and a number of minutes"),
        (("redis-prd",), "Did you mean redis-prod?"),
        (("a", "b", "c"), "Too many words"),
    ],
)
async def test_what_cannot_be_understood_is_one_sentence(
    on_redis: SmallPong, redis: RedisServer, words: tuple[str, ...], says: str
):
    assert says in await asked(on_redis, asks("watch", by=VERA, words=words))
    assert await watches(on_redis) == []


async def test_the_same_target_is_watched_once_in_a_thread(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("watch", by=VERA))
    assert "redis-prod is watched here already, until" in await asked(on_redis, asks("watch", by=VERA))
    assert len(await watches(on_redis)) == 1
