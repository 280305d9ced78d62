"""What do the tests of the shop, the panel, the page and the watcher share?"""

import asyncio
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path

import pytest

from bot.clock import SystemClock
from bot.playground.panel.bench import Bench
from bot.playground.panel.binary import server_binary
from bot.playground.panel.configuration import Configuration
from bot.playground.panel.panel import Panel
from bot.playground.panel.proxy import Proxy
from bot.playground.panel.server import RedisServer
from bot.playground.ports import free_port

Eventually = Callable[[Callable[[], Awaitable[object]]], Awaitable[None]]


@pytest.fixture
def small(tmp_path: Path) -> Configuration:
    """A server that is full after a few thousand keys."""
    return Configuration(directory=tmp_path, port=free_port(), way_port=free_port(), maxmemory_mb=6)


@pytest.fixture
async def server(small: Configuration) -> AsyncIterator[RedisServer]:
    """A real server, running."""
    server = RedisServer(server_binary(), small, clock=SystemClock())
    await server.start()
    yield server
    await server.stop()


@pytest.fixture
async def bench(server: RedisServer) -> AsyncIterator[Bench]:
    """A bench whose way to the server is open; there is no shop."""
    clock = SystemClock()
    proxy = Proxy(server.configuration.way_port, server.configuration.port, clock)
    bench = Bench(server, proxy, clock, shop_url="http://127.0.0.1:1")
    await bench.start()
    yield bench
    await bench.close()


@pytest.fixture
async def panel(bench: Bench) -> AsyncIterator[Panel]:
    async def beside() -> dict[str, object]:
        return {"shop": {"status": "healthy"}}

    panel = Panel(bench, SystemClock(), beside=beside, notes=lambda: ["A note."])
    yield panel
    await panel.close()


@pytest.fixture
def eventually() -> Eventually:
    """Waits until the asynchronous condition holds, 15 s at most."""

    async def waits(condition: Callable[[], Awaitable[object]]) -> None:
        async with asyncio.timeout(15):
            while not await condition():  # noqa: ASYNC110 - any condition, not one event
                await asyncio.sleep(0.05)

    return waits
