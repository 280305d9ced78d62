"""A real server with keys of several classes, and the scene that a remediation is prepared in."""

from collections.abc import AsyncIterator, Callable, Iterator
from contextlib import AbstractAsyncContextManager, asynccontextmanager
from typing import Any

import httpx
import pytest
from redis.asyncio import Redis

from bot.clock import SystemClock
from bot.execution.effects.redis import remediation_client
from bot.remediations.remediation import Scene
from bot.runbooks.redis_failure import REDIS_FAILURE
from bot.targets.address import parse
from bot.targets.primary import at_place
from bot.targets.target import Target
from tests.fixtures.redis_server import RedisServer

SceneAt = Callable[..., AbstractAsyncContextManager[Scene]]


@pytest.fixture
def scene_at() -> SceneAt:
    """`scene_at(url, **changes)`: the target redis-prod at `url`, with what the changes make of it."""

    @asynccontextmanager
    async def scene(url: str, *, allowed: str = "clear", **changes: Any) -> AsyncIterator[Scene]:
        address = parse(url)
        client = remediation_client(address)
        opened = [client]

        def client_at(place: str) -> Redis:
            opened.append(remediation_client(at_place(address, place)))
            return opened[-1]

        async with httpx.AsyncClient(timeout=2) as http:
            yield Scene(
                target=Target(name="redis-prod", address=address, remediation=address, **changes),
                allowed=REDIS_FAILURE.allowed[allowed],
                clock=SystemClock(),
                http=http,
                address=str(address),
                clients=(client,),
                client_at=client_at,
            )
        for one in opened:
            await one.aclose()

    return scene


@pytest.fixture
def server() -> Iterator[RedisServer]:
    with RedisServer("--maxmemory", "64mb") as server:
        yield server


@pytest.fixture
async def redis(server: RedisServer) -> AsyncIterator[Redis]:
    client = Redis(port=server.port, socket_timeout=2)
    yield client
    await client.aclose()


@pytest.fixture
def shop(server: RedisServer) -> RedisServer:
    """30,000 keys: 20,000 cache (half with a TTL), 9,000 session, 1,000 rate limits."""
    script = """
    for n = 1, 20000 do redis.call('SET', 'cache:' .. n, string.rep('x', 100 + n % 200)) end
    for n = 1, 10000 do redis.call('EXPIRE', 'cache:' .. n, 3600) end
    for n = 1, 9000 do redis.call('SET', 'session:' .. n, 'x') end
    for n = 1, 1000 do redis.call('SET', 'ratelimit:' .. n, 'x') end
    """
    server.command("EVAL", script, 0)
    return server
