"""Is a batch exact, by script and by pipeline, and is the right way chosen?"""

from collections.abc import Callable

import pytest
from redis.asyncio import Redis
from redis.exceptions import NoPermissionError

from bot.execution.effects.batch import Batches, Pipelined, Scripted, Wanted, batches
from tests.fixtures.redis_server import RedisServer

Way = Callable[[Redis, Wanted], Batches]
BOTH = pytest.mark.parametrize("way", [Scripted, Pipelined])


def wanted(*, pattern: bytes = b"cache:*", count: int = 250, cursor: int = 0) -> Wanted:
    return Wanted(prefix=b"cache:", pattern=pattern, count=count, cursor=cursor)


async def all_of(found: Batches) -> int:
    deleted = 0
    while (more := await found.turn()) is not None:
        deleted += more
    return deleted


@BOTH
async def test_what_the_server_matches_too_much_stays(redis: Redis, way: Way) -> None:
    keys = (b"cache:1", b"session:1", b"cache", b"", b"\xff", b"Cache:1", b"cache:\n\x00")
    await redis.mset(dict.fromkeys(keys, 1))
    assert await all_of(way(redis, wanted(pattern=b"*"))) == 2
    assert sorted(await redis.keys()) == sorted(set(keys) - {b"cache:1", b"cache:\n\x00"})


@BOTH
async def test_going_on_from_any_cursor_misses_no_key(server: RedisServer, redis: Redis, way: Way) -> None:
    await redis.mset({f"cache:{n}": 1 for n in range(3_000)})
    deleted, cursor = 0, 0
    for _ in range(20):  # each one dies after two batches
        dying = way(redis, wanted(count=50, cursor=cursor))
        deleted += (await dying.turn() or 0) + (await dying.turn() or 0)
        cursor = dying.cursor
    deleted += await all_of(way(redis, wanted(cursor=cursor)))
    assert (deleted, await redis.dbsize()) == (3_000, 0)


@BOTH
async def test_more_keys_than_lua_can_unpack_go_in_one_batch(redis: Redis, way: Way) -> None:
    await redis.mset({f"cache:{n}": 1 for n in range(20_000)})
    assert await all_of(way(redis, wanted(count=1_000_000))) == 20_000
    assert await redis.dbsize() == 0


async def test_a_script_is_used_where_it_may_run(server: RedisServer, redis: Redis) -> None:
    assert isinstance(await batches(redis, wanted(), is_cluster=False), Scripted)
    assert isinstance(await batches(redis, wanted(), is_cluster=True), Pipelined)
    server.command("ACL", "SETUSER", "default", "-eval")
    assert isinstance(await batches(redis, wanted(), is_cluster=False), Pipelined)


@BOTH
async def test_a_user_who_may_not_delete_deletes_nothing_and_no_key_is_quoted(
    server: RedisServer, redis: Redis, way: Way
) -> None:
    await redis.set("cache:secret", 1)
    server.command("ACL", "SETUSER", "default", "-unlink")
    with pytest.raises(NoPermissionError) as refusal:
        await all_of(way(redis, wanted()))
    assert "secret" not in str(refusal.value)
    assert await redis.dbsize() == 1


@BOTH
async def test_a_full_server_is_cleared(server: RedisServer, redis: Redis, way: Way) -> None:
    await redis.mset({f"cache:{n}": "x" * 100 for n in range(5_000)})
    server.command("CONFIG", "SET", "maxmemory", "1mb")
    assert await all_of(way(redis, wanted())) == 5_000


async def test_what_a_turn_deleted_before_it_failed_is_known(server: RedisServer, redis: Redis) -> None:
    """On a cluster a turn is several commands, of which one may fail alone."""
    server.command("ACL", "SETUSER", "half", "on", "nopass", "%R~*", "~cache:a*", "+@all")
    await redis.mset({"cache:a1": 1, "cache:a2": 1, "cache:b": 1})
    limited = Redis(port=server.port, username="half", password="any")
    try:
        found = Pipelined(limited, wanted(), by_slot=True)
        with pytest.raises(NoPermissionError):
            await all_of(found)
    finally:
        await limited.aclose()
    assert found.in_vain == 2
    assert await redis.keys() == [b"cache:b"]
