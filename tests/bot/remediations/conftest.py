"""A real server with keys of several classes."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from tests.fixtures.redis_server import RedisServer


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
