"""Does the watch notice another server, another role and a replica that falls behind?"""

from dataclasses import replace

import pytest
from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis

from bot.clock import SystemClock
from bot.execution.effects.server_watch import ServerFacts, ServerWatch, facts_of, judge
from tests.fixtures.redis_server import RedisServer

BEFORE = ServerFacts(
    run_id="a" * 40,
    role="master",
    used_memory_bytes=1_000,
    lazy_pending=0,
    replica_lag_bytes=0,
    backlog_bytes=1_048_576,
)


@pytest.mark.parametrize(
    ("changes", "trouble"),
    [
        ({}, None),
        ({"used_memory_bytes": 5, "lazy_pending": 7}, None),
        ({"replica_lag_bytes": 1_048_576}, None),
        ({"replica_lag_bytes": 1_048_577}, "a replica fell behind by more than the backlog holds"),
        ({"replica_lag_bytes": 1_048_577, "backlog_bytes": None}, None),
        ({"run_id": "b" * 40}, "the server was restarted or replaced"),
        ({"role": "slave"}, "the server's role changed to slave"),
    ],
)
def test_trouble_is_told_in_a_clause(changes: dict[str, object], trouble: str | None) -> None:
    assert judge(BEFORE, replace(BEFORE, **changes)) == trouble  # type: ignore[arg-type]


def test_the_slowest_replica_that_is_online_counts() -> None:
    info = {
        "role": "master",
        "master_repl_offset": 1_000,
        "connected_slaves": 3,
        "slave0": {"state": "online", "offset": 990},
        "slave1": {"state": "online", "offset": 400},
        "slave2": {"state": "wait_bgsave", "offset": 0},
        "repl_backlog_size": 500,
    }
    facts = facts_of(info)
    assert (facts.replica_lag_bytes, facts.backlog_bytes, facts.run_id) == (600, 500, None)


async def test_restart_is_noticed(server: RedisServer, redis: Redis) -> None:
    watch = ServerWatch(redis)
    assert await watch.begin() is None
    assert await watch.trouble() is None
    server.stop()
    server.start()
    await redis.connection_pool.disconnect()  # else the old connection's end is what is noticed
    assert await watch.trouble() == "the server was restarted or replaced"
    assert await watch.freed_bytes(SystemClock(), at_most_s=1) is None


async def test_replica_is_told_at_the_beginning(server: RedisServer, redis: Redis) -> None:
    server.command("REPLICAOF", "127.0.0.1", "1")
    assert await ServerWatch(redis).begin() == "it is a replica: the primary is elsewhere"


async def test_freed_bytes_wait_for_what_is_freed_in_the_background(
    server: RedisServer, redis: Redis
) -> None:
    script = "for n = 1, 200000 do redis.call('HSET', 'big', n, 'x') end"
    server.command("EVAL", script, 0)
    watch = ServerWatch(redis)
    await watch.begin()
    await redis.unlink("big")
    freed = await watch.freed_bytes(SystemClock(), at_most_s=5)
    assert freed is not None
    assert freed > 200_000 * 10


async def test_server_without_info_claims_nothing() -> None:
    redis = FakeAsyncRedis()
    watch = ServerWatch(redis)
    assert await watch.begin() is None
    assert await watch.trouble() is None
    assert await watch.freed_bytes(SystemClock(), at_most_s=1) is None
    await redis.aclose()


async def test_killed_server_freed_nothing_that_is_known(server: RedisServer, redis: Redis) -> None:
    watch = ServerWatch(redis)
    await watch.begin()
    server.kill()
    assert await watch.freed_bytes(SystemClock(), at_most_s=1) is None
