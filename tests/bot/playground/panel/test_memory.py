import asyncio

import pytest

from bot.clock import SystemClock
from bot.playground.panel.memory import HASH, NO_TTL, Filling, empty, fill, free, memory, press_on
from bot.playground.panel.server import RedisServer, client
from tests.bot.playground.conftest import Eventually


async def test_filling_ends_when_the_server_refuses_to_write(server: RedisServer) -> None:
    async with client(server.configuration.url("panel")) as redis:
        written = await fill(redis, SystemClock())
        used_bytes, max_bytes = await memory(redis)
        assert used_bytes >= 0.95 * max_bytes
        assert await redis.dbsize() == written > 1_000
        assert "errorstat_OOM" in await redis.info("errorstats")


async def test_all_that_fills_is_cache_and_has_a_time_to_live(server: RedisServer) -> None:
    async with client(server.configuration.url("panel")) as redis:
        await fill(redis, SystemClock())
        keys = [key async for key in redis.scan_iter(count=1_000)]
        assert all(key.startswith(b"cache:") for key in keys)
        assert all([await redis.pttl(key) > 0 for key in keys[:200]])


async def test_emptying_deletes_everything(server: RedisServer) -> None:
    async with client(server.configuration.url("panel")) as redis:
        await redis.set("session:1", "x")
        await fill(redis, SystemClock())
        await empty(redis)
        assert await redis.dbsize() == 0


async def test_writes_go_on_failing_until_somebody_makes_room(
    server: RedisServer, eventually: Eventually
) -> None:
    async with (
        client(server.configuration.url("panel")) as redis,
        client(server.configuration.url("panel")) as other,
    ):
        await fill(redis, SystemClock())
        pressing = asyncio.create_task(press_on(redis, SystemClock()))
        before = (await other.info("errorstats"))["errorstat_OOM"]["count"]

        async def fails_again() -> bool:
            return bool((await other.info("errorstats"))["errorstat_OOM"]["count"] > before)

        await eventually(fails_again)
        await empty(other)
        async with asyncio.timeout(10):
            await pressing


@pytest.mark.parametrize(("filling", "kind"), [(NO_TTL, "keys"), (HASH, "hash")])
async def test_other_fillings_have_no_time_to_live_and_can_be_freed(
    server: RedisServer, filling: Filling, kind: str
) -> None:
    async with client(server.configuration.url("panel")) as redis:
        await redis.set("session:1", "x")
        await fill(redis, SystemClock(), filling)
        keys = [key async for key in redis.scan_iter(f"{filling.prefix}*", count=1_000)]
        assert len(keys) == 1 if kind == "hash" else len(keys) > 1_000
        assert await redis.pttl(keys[0]) == -1
        await free(redis, filling)
        assert await redis.dbsize() == 1
