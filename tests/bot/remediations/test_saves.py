"""Is a server that never saved told apart from one that saved as it started?"""

import time

import pytest
from redis.asyncio import Redis

from bot.remediations.saves import age_of_save, keys_of
from tests.fixtures.redis_fixtures import StartServer, binary, start_server

__all__ = ["binary", "start_server"]


async def test_a_save_counts_once_it_was_made(start_server: StartServer) -> None:
    server = start_server()
    async with Redis(port=server.port) as redis:
        await redis.set("a", 1)
        info = await redis.info()
        assert age_of_save(info, round(time.time() * 1000)) is None
        assert keys_of(info) == 1
        await redis.save()
        age_s = age_of_save(await redis.info(), round(time.time() * 1000))
    assert age_s is not None
    assert age_s < 5


@pytest.mark.parametrize(("age_s", "is_known"), [(99, False), (100, False), (50, True)])
def test_before_redis_7_the_start_tells(age_s: int, is_known: bool) -> None:
    info = {"rdb_last_save_time": 1_000 - age_s, "uptime_in_seconds": 100}
    assert (age_of_save(info, 1_000_000) is not None) == is_known
