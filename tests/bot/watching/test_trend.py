"""Is a target looked at while an incident is open, cheaply, and left alone when it is away?"""

import asyncio

import pytest

from bot.targets.endpoint import parse_endpoint
from bot.watching.trend import AGAIN_WHEN_DOWN_S, Trend, taken
from tests.bot.intake.test_opening import the_incident
from tests.fixtures.redis_groups import cluster_of_three
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import SmallPong


async def kept(small: SmallPong):
    incident = await the_incident(small)
    return await small.pong.store.read(lambda records: records.samples.of(incident.id))


async def test_a_look_keeps_one_sample_and_costs_one_info(on_redis: SmallPong, redis: RedisServer):
    trend = Trend(on_redis.pong)
    redis.command("INFO")
    before = redis.command("INFO", "commandstats")["cmdstat_info"]["calls"]
    await trend.look()
    (sample,) = await kept(on_redis)
    assert sample.used_bytes > 0
    assert sample.clients >= 1
    stats = redis.command("INFO", "commandstats")
    assert stats["cmdstat_info"]["calls"] - before == 2  # one is this one's
    assert sample.ping_ms is None
    assert b"name=pong" not in redis.command("CLIENT", "LIST")


async def test_refused_writes_are_in_the_look(on_redis: SmallPong, redis: RedisServer):
    redis.fill("cache", value_bytes=100_000)
    await Trend(on_redis.pong).look()
    (sample,) = await kept(on_redis)
    assert sample.refused >= 1
    assert sample.limit_bytes == 24 * 2**20


async def test_a_server_that_is_away_is_a_gap_and_left_alone_for_a_minute(open_one: SmallPong):
    trend = Trend(open_one.pong)
    await trend.look()
    open_one.clock.advance(15)
    await trend.look()
    assert [sample.is_gap for sample in await kept(open_one)] == [True]
    open_one.clock.advance(AGAIN_WHEN_DOWN_S)
    await trend.look()
    assert len(await kept(open_one)) == 2


async def test_a_frozen_server_costs_a_second_and_no_more(on_redis: SmallPong, redis: RedisServer):
    redis.freeze()
    async with asyncio.timeout(3):
        await Trend(on_redis.pong).look()
    redis.thaw()
    assert (await kept(on_redis))[0].is_gap


async def test_it_looks_every_15_s_until_it_is_cancelled(on_redis: SmallPong):
    running = asyncio.create_task(Trend(on_redis.pong).run())
    async with asyncio.timeout(20):
        while len(await kept(on_redis)) < 3:
            on_redis.clock.advance(15)
            await asyncio.sleep(0.05)
    running.cancel()


async def test_without_an_open_incident_nobody_is_asked(small: SmallPong):
    await Trend(small.pong).look()
    assert await small.pong.store.read(lambda records: records.samples.of(1)) == []


async def test_of_a_cluster_all_nodes_are_added_up(small: SmallPong):
    with cluster_of_three("--maxmemory", "10mb") as cluster:
        endpoint = parse_endpoint(cluster.url)
        whole = await taken(endpoint, small.pong)
        cluster.nodes[0].kill()
        assert (await taken(endpoint, small.pong)).is_gap
    assert whole.limit_bytes == 30 * 2**20
    assert len(whole.run_id.split()) == 3


async def test_a_look_that_fails_ends_nothing(on_redis: SmallPong, monkeypatch: pytest.MonkeyPatch):
    trend, looks = Trend(on_redis.pong), 0

    async def look() -> None:
        nonlocal looks
        looks += 1
        raise KeyError("a fault of ours")

    monkeypatch.setattr(trend, "look", look)
    running = asyncio.create_task(trend.run())
    async with asyncio.timeout(10):
        while looks < 2:
            on_redis.clock.advance(15)
            await asyncio.sleep(0.01)
    running.cancel()
