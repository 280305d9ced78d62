"""Is the sample bounded, honest about its interval, and silent about the names of keys?"""

import random

import pytest
from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis

from bot.clock import SystemClock
from bot.remediations.sample import KeySample, as_bytes, measure_keys, sample_keys
from tests.fixtures.redis_server import RedisServer


class RushingClock(SystemClock):
    """Every look at it is a second later."""

    def __init__(self) -> None:
        self.looked = 0

    def monotonic_s(self) -> float:
        self.looked += 1
        return float(self.looked)


async def test_small_database_is_counted_whole(redis: Redis) -> None:
    await redis.mset({"cache:1": 1, "cache:2": 1, "session:1": 1})
    sample = await sample_keys(redis, SystemClock())
    assert (sample.is_whole, sample.database_keys, len(sample.of(b"cache:"))) == (True, 3, 2)
    assert sample.estimate(2) == (2, 0)


async def test_large_database_is_sampled_and_the_truth_lies_in_the_interval(
    shop: RedisServer, redis: Redis
) -> None:
    sample = await sample_keys(redis, SystemClock())
    assert not sample.is_whole
    assert 10_000 <= len(sample.keys) < 12_000
    keys, margin = sample.estimate(len(sample.of(b"cache:")))
    # Four deviations, not two: one run in 20 would lie outside otherwise.
    assert abs(keys - 20_000) <= 2 * margin
    assert 0 < margin < 1_000


async def test_sample_ends_when_its_time_is_over(shop: RedisServer, redis: Redis) -> None:
    sample = await sample_keys(redis, RushingClock())
    assert not sample.is_whole
    assert len(sample.keys) < 2_000
    assert sample.database_keys == 30_000


async def test_facts_are_read_in_bounded_time_of_at_most_500_keys(shop: RedisServer, redis: Redis) -> None:
    keys = [f"cache:{n}".encode() for n in range(1, 20_001)]
    facts = await measure_keys(redis, keys, SystemClock(), at_most_s=5)
    assert len(facts) == 500
    assert {fact.type for fact in facts} == {"string"}
    assert sum(fact.has_ttl for fact in facts) == pytest.approx(250, abs=5)
    assert all(fact.size_bytes is not None and fact.size_bytes > 100 for fact in facts)
    assert len(await measure_keys(redis, keys, RushingClock())) == 100


async def test_key_that_ended_meanwhile_is_not_counted(redis: Redis) -> None:
    await redis.set("cache:1", 1)
    assert len(await measure_keys(redis, [b"cache:1", b"cache:gone"], SystemClock())) == 1


async def test_server_without_memory_usage_gives_no_size() -> None:
    redis = FakeAsyncRedis()
    await redis.set("cache:1", 1, ex=60)
    (fact,) = await measure_keys(redis, [b"cache:1"], SystemClock())
    assert (fact.type, fact.has_ttl, fact.size_bytes) == ("string", True, None)
    await redis.aclose()


def test_interval_holds_the_truth_nearly_always() -> None:
    seed = random.randrange(2**32)
    print(f"seed {seed}")
    dice = random.Random(seed)
    inside = 0
    for _ in range(400):
        total, size = 50_000, 2_000
        truth = dice.randint(0, total)
        matched = sum(dice.randrange(total) < truth for _ in range(size))
        keys, margin = KeySample(keys=(b"",) * size, database_keys=total, is_whole=False).estimate(matched)
        inside += abs(keys - truth) <= margin
    assert inside >= 360


def test_none_seen_still_leaves_a_margin() -> None:
    keys, margin = KeySample(keys=(b"",) * 100, database_keys=10_000, is_whole=False).estimate(0)
    assert keys == 0
    assert margin > 0


def test_names_of_keys_are_not_in_the_repr() -> None:
    sample = KeySample(keys=(b"session:hunter2",), database_keys=1, is_whole=True)
    assert "hunter2" not in repr(sample)


def test_decoded_key_becomes_the_bytes_it_was() -> None:
    assert as_bytes(b"\xff".decode("utf-8", "surrogateescape")) == b"\xff"
    assert as_bytes(b"\xff") == b"\xff"
