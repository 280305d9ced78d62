"""Real servers for what changes them: Redis and Valkey, each where this machine has it."""

from collections.abc import AsyncIterator, Iterator

import pytest
from redis.asyncio import Redis

from bot.execution.effects.redis import remediation_client
from bot.targets.address import parse
from tests.fixtures.redis_server import RedisServer, binaries

FLAVOURS = [flavour for flavour, binary in binaries().items() if binary]


@pytest.fixture(params=FLAVOURS)
def server(request: pytest.FixtureRequest) -> Iterator[RedisServer]:
    with RedisServer(binary=binaries()[request.param]) as server:
        yield server


@pytest.fixture
async def redis(server: RedisServer) -> AsyncIterator[Redis]:
    client = remediation_client(parse(server.url()))
    yield client
    await client.aclose()


@pytest.fixture
async def canary(server: RedisServer) -> AsyncIterator[Redis]:
    client = remediation_client(parse(server.url()))
    yield client
    await client.aclose()
