"""Do a replica and Sentinels that log in as the rotated user get the new one, and stay with their primary?"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from bot.remediations import rotate
from bot.verification import refusals
from tests.bot.execution.test_hands import dies_once
from tests.bot.intake.test_opening import alert
from tests.commands.redis.test_rotate import PEOPLE, has_come_to, may_log_in
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, in_real_time, outcome
from tests.fixtures.consumer import Consumer, consumer
from tests.fixtures.redis_groups import SERVICE, Watched, master_of, until, watched
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks, small_pong

RIGHTS = ("on", ">first", "~*", "&*", "+@all", "-@admin", "+psync", "+replconf", "+role")
FOR_SENTINELS = ("+client|kill", "+config|rewrite", "+slaveof", "+script|kill")
AT_ONCE = ("--repl-diskless-sync-delay", "0")


@pytest.fixture(autouse=True)
def quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(refusals, "WATCHED_S", 0)
    monkeypatch.setattr(rotate, "USED_WITHIN_S", 15)


def users(server: RedisServer) -> set[str]:
    """As whom replicas and Sentinels are connected to it."""
    with server.client() as client:
        listed = client.client_list()
    return {one["user"] for one in listed if "S" in one["flags"] or one["name"].startswith("sentinel-")}


def logs_in_as_shop_a(primary: RedisServer, replica: RedisServer) -> None:
    for server in (primary, replica):
        server.command("ACL", "SETUSER", "shop_a", *RIGHTS, *FOR_SENTINELS)
        server.command("CONFIG", "SET", "masteruser", "shop_a")
        server.command("CONFIG", "SET", "masterauth", "first")
    primary.command("CLIENT", "KILL", "TYPE", "replica")
    until(lambda: "shop_a" in users(primary), "logged in as shop_a")
    primary.awaits_replicas(1)


@pytest.fixture
def group() -> Iterator[Watched]:
    """Whose replica and Sentinels have the credentials of the shop."""
    with watched() as group:
        logs_in_as_shop_a(group.primary, group.replica)
        for sentinel in group.sentinels:
            patient = ("down-after-milliseconds", 20_000)  # a slow machine is no reason to fail over
            told = ("auth-user", "shop_a", "auth-pass", "first")
            sentinel.command("SENTINEL", "SET", SERVICE, *told, *patient)
        until(lambda: users(group.primary) == {"shop_a"}, "all logged in as shop_a")
        yield group


@asynccontextmanager
async def shop(path: Path, server: RedisServer, url: str) -> AsyncIterator[tuple[SmallPong, Consumer]]:
    async with consumer(path / "shop.txt", server, user="shop_a", password="first") as one:
        target = {"labels": {"target": "redis-prod"}, "application": "shop", "users": ["shop_a", "shop_b"]}
        tables = {
            "secrets": {"REDIS_URL": url, "REDIS_REMEDIATION_URL": url},
            "targets": {"redis-prod": target},
            "applications": {"shop": {"health_url": one.url, "credentials_command": one.command}},
            "people": PEOPLE,
        }
        async with small_pong(path, tables=tables) as small:
            await alert(small, alertmanager())
            yield in_real_time(small), one


@pytest.mark.parametrize("word", ["planned", "leaked"])
async def test_they_follow_and_a_failover_afterwards_succeeds(
    tmp_path: Path, group: Watched, word: str
) -> None:
    async with shop(tmp_path, group.primary, group.url) as (small, one):
        card = (await asked(small, asks("rotate", by=SAM, words=(word,)))).replace("\u2060", "")
        assert "1 replica logs in with these credentials too: told shop_b" in card
        assert "3 Sentinels log in with these credentials too: told shop_b" in card
        await confirmed(small, [MARIA, DEV])
        assert (await carried_out(small, within_s=60))["state"] == "succeeded", await outcome(small)
        user, password = one.told()
        assert one.is_connected
    until(lambda: users(group.primary) == {"shop_b"}, "all logged in as shop_b")
    for server in (group.primary, group.replica):
        assert not may_log_in(server, "shop_a", "first")
        assert may_log_in(server, user, password)
        assert server.command("CONFIG", "GET", "masteruser") == {b"masteruser": b"shop_b"}
    assert [master_of(one)["flags"] for one in group.sentinels] == ["master"] * 3
    # The primary of before has the new credentials too: it follows the one that takes its place.
    group.sentinels[0].command("SENTINEL", "FAILOVER", SERVICE)
    group.awaits_failover()
    group.primary.wait_for("replication", "master_link_status", "up", within_s=40)


@pytest.mark.parametrize("word", ["planned", "leaked"])
@pytest.mark.parametrize("number", [4, 6])
async def test_an_engine_that_dies_on_the_way_leaves_the_replica_a_password_that_works(
    tmp_path: Path, word: str, number: int
) -> None:
    with (
        RedisServer(*AT_ONCE) as primary,
        RedisServer("--replicaof", "127.0.0.1", str(primary.port)) as replica,
    ):
        primary.awaits_replicas(1)
        logs_in_as_shop_a(primary, replica)
        async with shop(tmp_path, primary, primary.url()) as (small, one):
            await asked(small, asks("rotate", by=SAM, words=(word,)))
            await confirmed(small, [MARIA, DEV])
            await dies_once(small, has_come_to(small, number))
            assert (await carried_out(small))["state"] == "succeeded", await outcome(small)
            assert one.is_connected
        assert not may_log_in(primary, "shop_a", "first")
        # Not only the link that it has: the next one as well.
        primary.command("CLIENT", "KILL", "TYPE", "replica")
        until(lambda: users(primary) == {"shop_b"}, "connected anew as shop_b")
        primary.awaits_replicas(1)
