"""Is a server that never saved told apart from one that saved as it started?"""

import time

import pytest
from redis.asyncio import Redis

from bot.remediations.saves import NEVER_SAVED, age_of_save, kept_where, keys_of
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


async def test_what_is_left_of_deleted_keys_is_said_of_a_real_server(start_server: StartServer) -> None:
    server = start_server()
    async with Redis(port=server.port) as redis:
        now_ms = round(time.time() * 1000)
        assert kept_where(await redis.info(), now_ms) == f"{NEVER_SAVED}; it has no replica"
        await redis.save()
        start_server("--replicaof", "127.0.0.1", str(server.port))
        server.wait_for("replication", "connected_slaves", "1")
        said = kept_where(await redis.info(), round(time.time() * 1000))
    assert said.startswith("Its last save was ")
    assert said.endswith(" s ago; 1 replica will lose the same keys")


def test_a_save_that_failed_and_one_that_is_not_told_are_said() -> None:
    info = {"rdb_last_save_time": 900, "uptime_in_seconds": 1_000, "rdb_last_bgsave_status": "err"}
    assert ", and the last attempt failed; it has no replica" in kept_where(info, 1_000_000)
    assert kept_where({}, 1_000_000) == "When it last saved is not known; it has no replica"
