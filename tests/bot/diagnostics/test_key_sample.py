"""Is a sample of the keys bounded, and does it tell what it promises of each key?"""

import random

from bot.clock import SystemClock
from bot.diagnostics.key_sample import CLOSER_MOST, KEYS_MOST, OTHER, class_of, common_classes, take_keys
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.redis_fixtures import StartServer


async def test_a_big_database_is_sampled_not_read(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        pipeline = client.pipeline(transaction=False)
        for number in range(30_000):
            pipeline.set(f"cache:{number}", 1)
        pipeline.execute()
    async with reading(parse(server.url())) as redis:
        sample = await take_keys(redis, SystemClock())
    assert sample.seen < KEYS_MOST + 1_000
    assert len(sample.closer) == CLOSER_MOST


async def test_each_key_has_its_type_length_and_expiry(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        for number in range(30):
            client.set(f"cache:{number}", "x" * 100, ex=60)
            client.hset(f"profile:{number}", mapping={"a": 1, "b": 2})
            client.rpush(f"jobs:{number}", 1, 2, 3)
            client.zadd(f"board:{number}", {"a": 1})
            client.sadd(f"tags:{number}", "a")
            client.xadd(f"events:{number}", {"a": 1})
    async with reading(parse(server.url())) as redis:
        classes = (await take_keys(redis, SystemClock())).by_class()
    seen = {name: (keys[0].kind, keys[0].length, keys[0].has_expiry) for name, keys in classes.items()}
    assert seen == {
        "cache": ("string", 100, True),
        "profile": ("hash", 2, False),
        "jobs": ("list", 3, False),
        "board": ("zset", 1, False),
        "tags": ("set", 1, False),
        "events": ("stream", 1, False),
    }
    assert all((key.bytes or 0) > 0 for keys in classes.values() for key in keys)


def test_a_prefix_that_few_keys_share_is_other() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    keys = [f"{dice.getrandbits(64):x}:cart".encode() for _ in range(1000)]
    keys += [b"cache:%d" % number for number in range(500)]
    assert {class_of(key, common_classes(keys)) for key in keys} == {OTHER, "cache"}
