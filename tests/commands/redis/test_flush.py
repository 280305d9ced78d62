"""Is the last resort run once, and only as the runbook and pong.toml allow?"""

from pathlib import Path

import pytest

from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, in_real_time, outcome, the_offer
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks


async def test_database_is_emptied_after_another_person_s_approval(on_redis: SmallPong, redis: RedisServer):
    small = in_real_time(on_redis)
    answer = await asked(small, asks("flush", words=("db",)))
    assert "FLUSHDB ASYNC" in answer
    assert "people are logged out" in answer
    assert "somebody else has to approve" in await confirmed(small, [MARIA])
    await confirmed(small, [DEV])
    assert (await carried_out(small))["state"] == "succeeded"
    assert redis.command("DBSIZE") == 0
    text = await outcome(small)
    assert "goal: under 70 %" in text
    assert f"Approved by <@{DEV}>" in text


async def test_all_databases_are_off_until_pong_toml_switches_them_on(on_redis: SmallPong):
    assert "FLUSHALL is off" in await asked(on_redis, asks("flush", words=("all", "redis-prod")))


@pytest.mark.parametrize("typed", ["all", "ALL", "All"])
async def test_all_databases_need_the_target_s_name_typed(on_redis: SmallPong, typed: str):
    assert "Type the target's name too" in await asked(on_redis, asks("flush", words=(typed,)))


async def test_all_databases_need_two_others_who_type_the_name(tmp_path: Path, redis: RedisServer):
    redis.command("SET", "elsewhere", 1, db=2)
    people = {"responders": [SAM], "approvers": [MARIA, DEV, SAM]}
    async with incident(tmp_path, redis, people=people, flushall=True) as small:
        asking = asks("flush", by=SAM, words=("all", "redis-prod"))
        assert "needs 2 approvals" in await asked(small, asking)
        assert "takes the target's name too" in await confirmed(small, [MARIA])
        ref = (await the_offer(small)).approval.ref
        for person, typed in ((MARIA, "redis-prod"), (DEV, "redis"), (DEV, " redis-prod ")):
            typing = asks("approve_typed", by=person, via="modal", ref=ref, values={"target": typed})
            await asked(small, typing)
        assert (await the_offer(small)).approval.approved_by == (MARIA, DEV)
        assert (await carried_out(small))["state"] == "succeeded"
        assert redis.command("DBSIZE") == redis.command("DBSIZE", db=2) == 0


async def test_members_of_a_group_are_not_enough_for_what_needs_two(tmp_path: Path, redis: RedisServer):
    async with incident(tmp_path, redis, flushall=True) as small:
        await asked(small, asks("flush", by=SAM, words=("all", "redis-prod")))
        ref = (await the_offer(small)).approval.ref
        typing = asks("approve_typed", by=MARIA, via="modal", ref=ref, values={"target": "redis-prod"})
        assert "by their own id" in await asked(small, typing)
        assert (await the_offer(small)).approval.approved_by == ()


async def test_the_last_snapshot_is_put_aside_first(tmp_path: Path, redis: RedisServer):
    redis.command("SAVE")
    snapshot = Path(redis.command("CONFIG", "GET", "dir")[b"dir"].decode()) / "dump.rdb"
    copy = tmp_path / "before-flush.rdb"
    async with incident(tmp_path, redis, snapshot_command=["cp", str(snapshot), str(copy)]) as small:
        told = await asked(small, asks("flush", words=("db",)))
        assert f"cp {snapshot} {copy}" in told.replace("\u2060", "")
        assert "No copy" not in told
        await confirmed(small, [DEV])
        assert (await carried_out(small))["state"] == "succeeded"
        assert copy.read_bytes().startswith((b"REDIS", b"VALKEY"))
        assert redis.command("DBSIZE") == 0


async def test_nothing_is_flushed_when_the_copy_fails(tmp_path: Path, redis: RedisServer):
    async with incident(tmp_path, redis, snapshot_command=["false"]) as small:
        await asked(small, asks("flush", words=("db",)))
        await confirmed(small, [DEV])
        assert (await carried_out(small))["state"] == "failed"
        assert "the command ended with 1" in await outcome(small)
        assert redis.command("DBSIZE") > 0


async def test_without_a_way_to_copy_it_says_so(on_redis: SmallPong):
    told = await asked(on_redis, asks("flush", words=("db",)))
    assert "No copy of its last save is taken" in told
