import asyncio
import contextlib
import time

import pytest
from redis.exceptions import ConnectionError as NotConnected

from bot.playground.panel.bench import Bench
from bot.playground.panel.server import client


async def test_what_goes_through_arrives_whole(bench: Bench) -> None:
    async with client(bench.server.configuration.way_url("shop")) as redis:
        big = bytes(range(256)) * 4_000
        await redis.set("cache:big", big)
        assert await redis.get("cache:big") == big


async def test_a_delay_counts_for_each_direction(bench: Bench) -> None:
    async with client(bench.server.configuration.way_url("shop"), timeout_s=5) as redis:
        await redis.ping()
        bench.proxy.delay_s = 0.1
        began_s = time.monotonic()
        await redis.ping()
        assert time.monotonic() - began_s >= 0.2


async def test_a_closed_way_refuses_as_the_server_would(bench: Bench) -> None:
    url = bench.server.configuration.way_url("shop")
    async with client(url) as early:
        await early.ping()
        await bench.proxy.close()
        with pytest.raises(NotConnected):
            await early.ping()
        async with client(url) as late:
            with pytest.raises(NotConnected, match="111"):
                await late.ping()
        await bench.proxy.open()
        assert await early.ping()


async def test_a_server_that_is_gone_drops_who_comes(bench: Bench) -> None:
    await bench.server.stop()
    reader, writer = await asyncio.open_connection("127.0.0.1", bench.proxy.port)
    async with asyncio.timeout(5):
        with contextlib.suppress(ConnectionResetError):
            assert await reader.read() == b""
    writer.close()
