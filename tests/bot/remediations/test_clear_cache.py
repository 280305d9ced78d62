"""Does clearing a class promise only what was measured, for a literal prefix only?"""

import asyncio
from dataclasses import replace

import pytest
from fakeredis import FakeAsyncRedis
from redis.asyncio import Redis

from bot.clock import DrivenClock, SystemClock
from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.remediations.clear_cache import Parameters, measure, plan, resolve_class
from bot.remediations.compared import lost_words
from bot.remediations.plan import Preview, RedisSweep, Repeat, Tier
from bot.slack.render.plan_words import keys
from tests.fixtures.redis_server import RedisServer

CLASSES = {"cache": "cache:", "session": "session:"}
PARAMETERS = Parameters(
    target="redis-prod", address="127.0.0.1:6379", class_name="cache", prefix="cache:", lost="{keys} answers"
)
PREVIEW = Preview(
    measured_at_ms=1, classes=("cache",), keys=10, keys_margin=1, sampled_keys=20, database_keys=20
)


def test_class_is_resolved_to_its_literal_prefix() -> None:
    assert resolve_class("cache", CLASSES) == "cache:"


@pytest.mark.parametrize("typed", ["cache:*", "*", "ca?he", "[c]ache", "c\\ache"])
def test_pattern_is_refused_and_says_which_classes_there_are(typed: str) -> None:
    with pytest.raises(BadInput, match=r"^Name a class of keys, not a pattern\. Classes: cache, session\.$"):
        resolve_class(typed, CLASSES)


def test_unknown_class_names_the_nearest() -> None:
    with pytest.raises(
        BadInput, match=r"no class of keys “cash”\. Did you mean cache\? Classes: cache, session\."
    ):
        resolve_class("cash", CLASSES)


@pytest.mark.parametrize("prefix", ["", "cache:*", "c[a]che:", "cache?", "c\\"])
def test_prefix_in_the_runbook_that_is_not_literal_is_refused(prefix: str) -> None:
    with pytest.raises(BadInput, match="runbook"):
        resolve_class("cache", {"cache": prefix})
    with pytest.raises(BadInput, match="runbook"):
        plan(PREVIEW, replace(PARAMETERS, prefix=prefix))


def test_plan_is_one_harmless_sweep_of_the_data_losing_tier() -> None:
    made = plan(PREVIEW, PARAMETERS)
    (step,) = made.steps
    assert isinstance(step, RedisSweep)
    assert (step.prefix, step.repeat, made.tier) == ("cache:", Repeat.HARMLESS, Tier.DATA_LOSING)
    assert (made.title, made.target, made.address) == ("Clear cache", "redis-prod", "127.0.0.1:6379")
    assert (made.goal, made.goal_percent) == ("memory under 70 %", 70)


def test_nothing_to_clear_is_no_plan() -> None:
    with pytest.raises(BadInput, match="holds no cache keys: there is nothing to clear"):
        plan(replace(PREVIEW, keys=0, keys_margin=0), PARAMETERS)


async def test_measuring_says_how_much_and_changes_nothing(shop: RedisServer, redis: Redis) -> None:
    preview = await measure(redis, "cache:", SystemClock(), classes={"cache": "cache:"})
    assert abs(preview.keys - 20_000) <= 2 * preview.keys_margin
    assert preview.database_keys == 30_000
    assert preview.ttl_share == pytest.approx(0.5, abs=0.1)
    assert preview.classes == ("cache",)
    assert preview.untouched == ("rate limits", "sessions")
    assert preview.says == (
        "It has not saved since it started, so what its disk holds is not known; it has no replica",
    )
    assert preview.memory_before_percent is not None
    assert preview.memory_after_percent is not None
    assert 0 < preview.memory_after_percent < preview.memory_before_percent < 100
    assert await redis.dbsize() == 30_000


async def test_promised_bytes_are_about_what_is_freed(shop: RedisServer, redis: Redis) -> None:
    preview = await measure(redis, "cache:", SystemClock(), classes={})
    before = (await redis.info("memory"))["used_memory"]
    script = "for n = 1, 20000 do redis.call('DEL', 'cache:' .. n) end"
    shop.command("EVAL", script, 0)
    freed = before - (await redis.info("memory"))["used_memory"]
    assert preview.freed_bytes == pytest.approx(freed, rel=0.25)


async def test_class_inside_the_prefix_is_lost_with_it(redis: Redis) -> None:
    await redis.mset({"cache:1": 1, "cache:user:1": 1, "session:1": 1})
    classes = {"cache": "cache:", "user cache": "cache:user:"}
    preview = await measure(redis, "cache:", SystemClock(), classes=classes)
    assert preview.classes == ("cache", "user cache")
    assert (preview.keys, preview.untouched) == (2, ("sessions",))


async def test_exact_count_still_leaves_room_for_what_is_written_meanwhile(redis: Redis) -> None:
    await redis.mset({f"cache:{n}": 1 for n in range(500)})
    preview = await measure(redis, "cache:", SystemClock(), classes={})
    assert (preview.keys, preview.keys_margin) == (500, 10)


async def test_without_a_limit_no_percentage_is_claimed(redis: Redis, server: RedisServer) -> None:
    server.command("CONFIG", "SET", "maxmemory", "0")
    await redis.set("cache:1", 1)
    preview = await measure(redis, "cache:", SystemClock(), classes={})
    assert (preview.memory_before_percent, preview.memory_after_percent) == (None, None)
    limited = await measure(redis, "cache:", SystemClock(), classes={}, memory_limit_bytes=100_000_000)
    assert limited.memory_before_percent is not None


async def test_server_without_info_and_memory_usage_is_still_counted() -> None:
    redis = FakeAsyncRedis()
    await redis.mset({"cache:1": 1, "cache:2": 1, "other": 1})
    preview = await measure(redis, "cache:", DrivenClock(), classes=CLASSES)
    assert (preview.keys, preview.freed_bytes, preview.memory_before_percent) == (2, None, None)
    assert preview.measured_at_ms == DrivenClock().now_ms()
    await redis.aclose()


async def test_awkward_keys_are_measured(redis: Redis) -> None:
    await redis.mset({b"cache:\xff\x00": 1, b"cache:a b\nc": 1, b"\xffcache:": 1})
    assert (await measure(redis, "cache:", SystemClock(), classes={})).keys == 2


async def test_a_server_that_cannot_save_and_so_refuses_deletions_offers_nothing() -> None:
    with RedisServer("--save", "900 1") as server:
        server.command("SET", "cache:1", "1")
        (server.folder / "dump.rdb").mkdir()  # a snapshot cannot be renamed over a folder
        server.command("BGSAVE")
        server.wait_for("persistence", "rdb_last_bgsave_status", "err")
        client = Redis(port=server.port, socket_timeout=2)
        with pytest.raises(Refused, match="nothing would be cleared: mend the disk"):
            await measure(client, "cache:", SystemClock(), classes=CLASSES)
        await client.aclose()


async def test_frozen_server_gives_up_in_time_and_names_no_address(shop: RedisServer, redis: Redis) -> None:
    await redis.ping()
    shop.freeze()
    async with asyncio.timeout(5):
        with pytest.raises(
            ServiceUnavailable, match=r"^Nothing was measured: it does not answer in time"
        ) as error:
            await measure(redis, "cache:", SystemClock(), classes={})
    assert str(shop.port) not in str(error.value)


def test_what_is_lost_is_said_with_its_number_and_the_plan_stays_the_same() -> None:
    exact = replace(PREVIEW, keys=1, keys_margin=0)
    assert plan(PREVIEW, PARAMETERS) == plan(exact, PARAMETERS)
    assert lost_words(plan(PREVIEW, PARAMETERS), PREVIEW) == "about 10 answers"
    assert lost_words(plan(PREVIEW, PARAMETERS), exact) == "1 answers"


async def test_a_rare_class_is_said_to_be_from_none_on(shop: RedisServer, redis: Redis) -> None:
    """Somebody is logged in beside 30,000 other keys: a sample meets that key, or it does not."""
    await redis.set("login:1", "x")
    preview = await measure(redis, "login:", SystemClock(), classes={"logins": "login:"})
    clear = plan(preview, replace(PARAMETERS, class_name="logins", prefix="login:"))
    most = preview.keys + preview.keys_margin
    assert most >= 1
    assert lost_words(clear, preview) == f"0 to {most:,} answers"
    assert keys(preview).startswith("0 to ")


async def test_a_replica_is_refused_before_anybody_is_asked(redis: Redis, server: RedisServer) -> None:
    await redis.set("cache:1", 1)
    server.command("REPLICAOF", "127.0.0.1", "1")
    with pytest.raises(Refused, match="It is a replica"):
        await measure(redis, "cache:", SystemClock(), classes={})
