"""Are the keys of a class deleted on every primary of a real cluster, and no others?"""

import asyncio
from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from tests.bot.execution.test_hands import dies_once
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, in_real_time, outcome
from tests.fixtures.clustered import count, fill
from tests.fixtures.redis_groups import ClusterOfThree, cluster_of_three
from tests.fixtures.small_pong import DEV, SAM, SmallPong, asks, small_pong

MANY = 600_000  # so that a quick machine too is still at it after a second on each node
OTHERS = {"session": 300, "job": 30}


@pytest.fixture(scope="module")
def cluster() -> Iterator[ClusterOfThree]:
    with cluster_of_three() as three:
        yield three


@pytest.fixture(autouse=True)
def emptied(cluster: ClusterOfThree) -> None:
    for node in cluster.nodes:
        node.command("FLUSHALL")


@asynccontextmanager
async def incident(path: Path, cluster: ClusterOfThree) -> AsyncIterator[SmallPong]:
    secrets = {"REDIS_URL": cluster.url, "REDIS_REMEDIATION_URL": cluster.url}
    async with small_pong(path, tables={"secrets": secrets}) as small:
        await alert(small, alertmanager())
        yield in_real_time(small)


async def test_every_primary_is_swept_and_no_other_key_is_lost(tmp_path: Path, cluster: ClusterOfThree):
    fill(cluster, {"cache": 5000, **OTHERS})
    async with incident(tmp_path, cluster) as small:
        told = await asked(small, asks("clear", by=SAM, words=("cache",)))
        assert "Deletes about 5,000 keys" in told
        assert "3 primaries, one after the other" in told
        await confirmed(small, [DEV])
        row = await carried_out(small)
        assert row["state"] == "succeeded", row
        assert "5,000 keys" in await outcome(small)
        assert count(cluster) == sum(OTHERS.values())


async def test_an_engine_that_died_on_one_primary_is_followed_there(tmp_path: Path, cluster: ClusterOfThree):
    fill(cluster, {"cache": MANY, **OTHERS})
    async with incident(tmp_path, cluster) as small:
        await asked(small, asks("clear", by=SAM, words=("cache", "--gentle")))
        await confirmed(small, [DEV])
        first, second, _ = sorted(cluster.nodes, key=lambda node: node.port)
        before = int(first.command("DBSIZE"))

        async def is_at_the_second() -> bool:
            steps = await small.pong.store.read(lambda records: records.approvals.steps(1))
            return any(str(second.port) in (step["cursor"] or "") for step in steps)

        await dies_once(small, is_at_the_second, within_s=60)
        assert int(first.command("DBSIZE")) < before
        row = await carried_out(small)
        assert row["state"] == "succeeded", row
        assert count(cluster) == sum(OTHERS.values())


async def test_a_cluster_takes_no_other_change(tmp_path: Path, cluster: ClusterOfThree):
    fill(cluster, {"cache": 300})
    async with incident(tmp_path, cluster) as small:
        for verb, words in (("scale", ("2gb",)), ("flush", ("db", "redis-prod")), ("kill", ("script",))):
            told = await asked(small, asks(verb, by=SAM, words=words))
            assert "redis-prod is a cluster, of which Pong can clear a class of keys" in told, verb
        assert count(cluster) == 300


async def test_a_cluster_that_does_not_serve_all_slots_is_not_changed(tmp_path: Path):
    with cluster_of_three() as three:
        fill(three, {"cache": 300})
        async with incident(tmp_path, three) as small:
            three.nodes[2].stop()
            await asyncio.to_thread(three.awaits_state, "fail")
            told = await asked(small, asks("clear", by=SAM, words=("cache",)))
            assert "does not serve all of its slots" in told


async def test_what_is_there_before_is_kept_of_every_primary(tmp_path: Path, cluster: ClusterOfThree):
    fill(cluster, {"cache": 300, **OTHERS})
    async with incident(tmp_path, cluster) as small:
        await asked(small, asks("clear", by=SAM, words=("cache",)))
        await confirmed(small, [DEV])
        assert (await carried_out(small))["state"] == "succeeded"
        [begun] = [event for event in small.noted if event.kind == "execution.started"]
        kept = begun.data["evidence"]["servers"]
        assert sorted(kept) == sorted(f"127.0.0.1:{node.port}" for node in cluster.nodes)
        assert sum(one["classes"]["cache"] for one in kept.values()) == 300


async def test_a_node_that_was_restarted_meanwhile_is_not_gone_on_with(tmp_path: Path):
    with cluster_of_three() as three:
        fill(three, {"cache": MANY})
        first = min(three.nodes, key=lambda node: node.port)
        async with incident(tmp_path, three) as small:
            await asked(small, asks("clear", by=SAM, words=("cache", "--gentle")))
            await confirmed(small, [DEV])

            async def has_a_cursor() -> bool:
                steps = await small.pong.store.read(lambda records: records.approvals.steps(1))
                return any(step["cursor"] for step in steps)

            await dies_once(small, has_a_cursor, within_s=60)
            first.command("CONFIG", "SET", "save", "3600 1")
            await asyncio.to_thread(first.stop)
            await asyncio.to_thread(first.start)
            await asyncio.to_thread(three.awaits_state, "ok")
            row = await carried_out(small)
            assert row["state"] == "failed"
            assert "restarted or replaced while Pong was away" in await outcome(small)
