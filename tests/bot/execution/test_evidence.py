"""Is what was there before kept, in time, without a name or a value, and is what is missing named?"""

import json
import time

import pytest
from redis.asyncio import Redis

from bot.clock import DrivenClock, SystemClock
from bot.execution.effects.redis import remediation_client
from bot.execution.evidence import SECTIONS, allowed, collect
from bot.targets.address import parse
from tests.fixtures.redis_server import RedisServer


async def test_figures_and_counts_by_class_are_kept(server: RedisServer, redis: Redis) -> None:
    await redis.mset({"cache:1": 1, "cache:2": 1, "session:1": 1, "ratelimit:1": 1, "else": 1})
    clock = DrivenClock()
    evidence = await collect(redis, clock, classes={"carts": "cart:"})
    assert evidence.missing == ()
    assert evidence.taken_at_ms == clock.now_ms()
    assert evidence.info["memory"]["used_memory"]
    assert evidence.info["replication"]["role"] == "master"
    assert evidence.info["keyspace"]["db0_keys"] == 5
    assert evidence.slowlog_length == 0
    assert (evidence.database_keys, evidence.sampled_keys) == (5, 5)
    assert {name: count for name, count in evidence.classes.items() if count} == {
        "cache": 2,
        "sessions": 1,
        "rate limits": 1,
        "other": 1,
    }


async def test_no_key_value_address_or_password_is_kept(server: RedisServer, redis: Redis) -> None:
    await redis.set("session:canary-key", "canary-value")
    server.command("CONFIG", "SET", "masteruser", "canary-user", "masterauth", "canary-password")
    with pytest.raises(Exception, match="CANARY"):
        server.command("EVAL", "return redis.error_reply('CANARY-key1 is wrong')", 0)
    kept = json.dumps((await collect(redis, SystemClock())).facts())
    assert "canary" not in kept.lower()
    assert "127.0.0.1" not in kept
    assert str(server.folder) not in kept


async def test_what_a_server_refuses_is_named(server: RedisServer, redis: Redis) -> None:
    server.command("ACL", "SETUSER", "default", "-slowlog", "-scan")
    evidence = await collect(redis, SystemClock())
    assert evidence.missing == (
        "the length of the SLOWLOG: Pong's user may not run this command",
        "a sample of the keys: Pong's user may not run this command",
    )
    assert evidence.slowlog_length is None
    assert evidence.info["memory"]["used_memory"]


async def test_frozen_server_costs_no_more_than_its_time(server: RedisServer) -> None:
    redis = remediation_client(parse(server.url()), timeout_s=0.3)
    await redis.ping()
    server.freeze()
    began_s = time.monotonic()
    evidence = await collect(redis, SystemClock(), at_most_s=1)
    assert time.monotonic() - began_s < 3
    assert len(evidence.missing) == len(SECTIONS) + 2
    assert evidence.missing[0] == "INFO server: it does not answer in time"
    assert evidence.missing[-1] == "a sample of the keys: the time for it was over"
    await redis.aclose()


async def test_server_that_freezes_half_way_keeps_what_was_read(server: RedisServer, redis: Redis) -> None:
    class Freezing(SystemClock):
        def monotonic_s(self) -> float:  # first asked for the sample, which comes last
            server.freeze()
            return super().monotonic_s()

    evidence = await collect(redis, Freezing(), at_most_s=1)
    assert set(evidence.info) == set(SECTIONS)
    assert evidence.missing == ("a sample of the keys: the time for it was over",)


def test_only_known_names_of_a_section_are_kept() -> None:
    info = {"redis_version": "7.0.15", "executable": "/opt/secret/redis-server", "config_file": "/etc/x"}
    assert allowed("server", info) == {"redis_version": "7.0.15"}
    errors = {"errorstat_OOM": {"count": 5}, "errorstat_hunter2:": {"count": 1}, "errorstat_ERR": "text"}
    assert allowed("errorstats", errors) == {"errorstat_OOM_count": 5}
    assert allowed("keyspace", {"db0": {"keys": 3, "expires": 1}, "dbx": {"keys": 1}}) == {
        "db0_keys": 3,
        "db0_expires": 1,
    }
