"""Do real Sentinels make the replica the primary once people have agreed, and nothing elsewhere?"""

import asyncio
import re
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest
from redis.exceptions import ResponseError

from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, in_real_time, outcome
from tests.fixtures.redis_groups import SERVICE, Watched, master_of, until, watched
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks, small_pong


@pytest.fixture
def group() -> Iterator[Watched]:
    with watched() as group:
        yield group


@asynccontextmanager
async def incident(path: Path, url: str, *, changes: str | None = None) -> AsyncIterator[SmallPong]:
    secrets = {"REDIS_URL": url, "REDIS_REMEDIATION_URL": changes or url}
    async with small_pong(path, tables={"secrets": secrets}) as small:
        await alert(small, alertmanager())
        yield in_real_time(small)


async def test_a_replica_becomes_the_primary_and_answers(tmp_path: Path, group: Watched):
    group.primary.fill("cache", value_bytes=10, keys_most=50)
    async with incident(tmp_path, group.url) as small:
        told = await asked(small, asks("failover", by=SAM))
        assert "Fail over to a replica on redis-prod: needs 1 approval" in told
        assert "SENTINEL FAILOVER shop   (on 127.0.0.1:" in told
        assert re.search(r"Its only replica was [\d,]+ bytes behind", told), told
        await confirmed(small, [DEV])
        row = await carried_out(small, within_s=90)
        assert row["state"] == "succeeded", row
        assert f"127.0.0.1:{group.replica.port} is the primary" in await outcome(small)
        group.awaits_failover()
        assert group.replica.command("DBSIZE") == 50


async def test_who_asked_does_not_approve_it(tmp_path: Path, group: Watched):
    async with incident(tmp_path, group.url) as small:
        await asked(small, asks("failover", by=MARIA))
        assert "so somebody else has to approve it" in await confirmed(small, [MARIA])
        assert master_of(group.sentinels[0])["port"] == str(group.primary.port)


async def test_another_primary_than_was_approved_is_another_plan(tmp_path: Path, group: Watched):
    async with incident(tmp_path, group.url) as small:
        await asked(small, asks("failover", by=SAM))
        await confirmed(small, [DEV])
        group.sentinels[0].command("SENTINEL", "FAILOVER", "shop")
        group.awaits_failover()
        assert (await carried_out(small))["state"] == "failed"
        assert "did not run" in await outcome(small)
        assert master_of(group.sentinels[0])["port"] == str(group.replica.port)


async def test_without_a_replica_there_is_nothing_to_fail_over_to(tmp_path: Path, group: Watched):
    async with incident(tmp_path, group.url) as small:
        group.replica.stop()
        group.primary.wait_for("replication", "connected_slaves", "0")
        told = await asked(small, asks("failover", by=SAM))
        assert "It has no replica that is online" in told


async def test_sentinels_without_their_quorum_are_named(tmp_path: Path):
    with watched(quorum=3) as group:
        async with incident(tmp_path, group.url) as small:
            group.sentinels[2].stop()
            # Each of those that are left finds out by itself, and one that has not would still do it.
            await asyncio.to_thread(until, lambda: _are_without_quorum(group), "without their quorum")
            told = await asked(small, asks("failover", by=SAM))
            assert "The Sentinels of shop cannot fail over now: NOQUORUM" in told.replace("\u2060", "")


def _are_without_quorum(group: Watched) -> bool:
    for sentinel in group.sentinels[:2]:
        try:
            sentinel.command("SENTINEL", "CKQUORUM", SERVICE)
        except ResponseError:
            continue
        return False
    return True


async def test_what_no_sentinel_watches_is_refused(tmp_path: Path, redis: RedisServer):
    async with incident(tmp_path, redis.url()) as small:
        told = await asked(small, asks("failover", by=SAM))
        assert "Only Sentinels fail redis-prod over" in told


async def test_other_changes_go_to_the_primary_that_the_sentinels_name(tmp_path: Path, group: Watched):
    group.primary.fill("cache", value_bytes=10, keys_most=300)
    group.primary.fill("session", value_bytes=10, keys_most=20)
    async with incident(tmp_path, group.url) as small:
        await asked(small, asks("clear", by=SAM, words=("cache",)))
        await confirmed(small, [DEV])
        assert (await carried_out(small))["state"] == "succeeded"
        assert group.primary.command("DBSIZE") == 20
