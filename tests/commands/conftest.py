"""What do the verbs' tests share? A Pong with an open incident, with and without a real Redis behind it."""

from collections.abc import AsyncIterator, Iterator
from pathlib import Path

import pytest

from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import SmallPong, small_pong


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SmallPong]:
    """Nothing is open, and the only Redis refuses connections."""
    async with small_pong(tmp_path) as pong:
        yield pong


@pytest.fixture
async def open_one(small: SmallPong) -> SmallPong:
    """Incident 1 is open on redis-prod."""
    await alert(small, alertmanager())
    return small


@pytest.fixture(scope="session")
def server() -> Iterator[RedisServer]:
    with RedisServer("--maxmemory", "24mb") as running:
        yield running


@pytest.fixture
def redis(server: RedisServer) -> RedisServer:
    """A real server with some keys of each class."""
    server.command("FLUSHALL")
    for prefix, keys in (("cache", 3000), ("session", 20), ("job", 5)):
        server.fill(prefix, value_bytes=100, keys_most=keys)
    return server


@pytest.fixture
async def on_redis(tmp_path: Path, redis: RedisServer) -> AsyncIterator[SmallPong]:
    """Incident 1 is open on redis-prod, which is that server, and Pong may change it."""
    secrets = {"REDIS_URL": redis.url(), "REDIS_REMEDIATION_URL": redis.url()}
    async with small_pong(tmp_path, tables={"secrets": secrets}) as pong:
        await alert(pong, alertmanager())
        yield pong
