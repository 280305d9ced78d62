"""Do a replica and Sentinels that log in as the rotated user get the new one, and stay with their primary?"""

from collections.abc import AsyncIterator, Iterator
from contextlib import asynccontextmanager, suppress
from pathlib import Path

import pytest
from redis.exceptions import ConnectionError as RedisConnectionError

from bot.remediations import rotate
from bot.verification import refusals
from tests.bot.execution.test_hands import dies_once
from tests.bot.intake.test_opening import alert
from tests.commands.redis.test_rotate import PEOPLE, has_come_to, may_log_in, rotated
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


def follows(server: RedisServer) -> bool:
    """Sentinels close connections to it meanwhile."""
    with suppress(RedisConnectionError):
        return bool(server.command("INFO", "replication").get("master_link_status") == "up")
    return False


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
async def shop(
    path: Path, server: RedisServer, url: str, *, tells: list[str] | None = None, before: str = ""
) -> AsyncIterator[tuple[SmallPong, Consumer]]:
    """`tells` takes the place of what tells the shop, and `before` is what that does first, in Python."""
    async with consumer(path / "shop.txt", server, user="shop_a", password="first") as one:
        command = [*one.command[:-1], before + one.command[-1]]
        target = {"labels": {"target": "redis-prod"}, "application": "shop", "users": ["shop_a", "shop_b"]}
        tables = {
            "secrets": {"REDIS_URL": url, "REDIS_REMEDIATION_URL": url},
            "targets": {"redis-prod": target},
            "applications": {"shop": {"health_url": one.url, "credentials_command": tells or command}},
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
    until(lambda: follows(group.primary), "the old primary follows the new one")


@pytest.mark.parametrize(("number", "word"), [(4, "planned"), (6, "leaked")])
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


async def test_what_broke_off_with_the_servers_moved_is_asked_again_in_its_own_direction(
    tmp_path: Path, group: Watched
) -> None:
    async with shop(tmp_path, group.primary, group.url, tells=["false"]) as (small, one):
        assert await rotated(small, "planned") == "failed"
        assert "broke off at false" in await outcome(small), "it is the shop that could not be told"
        until(lambda: users(group.primary) == {"shop_b"}, "all logged in as shop_b")
        assert one.told()[0] == "shop_a"
        card = (await asked(small, asks("rotate", by=SAM, words=("leaked",)))).replace("\u2060", "")
        assert "Replace shop_a, which leaked, by shop_b" in card
        await confirmed(small, [MARIA, DEV], id=2)
        await carried_out(small, id=2, within_s=60)
    # It was not told, and the leak is ended all the same.
    assert not may_log_in(group.primary, "shop_a", "first")


async def test_a_failover_on_the_way_ends_the_old_password_on_every_server(
    tmp_path: Path, group: Watched
) -> None:
    port = group.sentinels[0].port
    failed_over = f"import redis; redis.Redis(port={port}).execute_command('SENTINEL', 'FAILOVER', 'shop'); "
    async with shop(tmp_path, group.primary, group.url, before=failed_over) as (small, _):
        state = await rotated(small, "planned", within_s=100)
        group.awaits_failover()
        print(state, await outcome(small))
    for server in (group.primary, group.replica):
        assert not may_log_in(server, "shop_a", "first")


async def test_sentinels_that_the_address_does_not_name_are_refused_or_told_of(
    tmp_path: Path, group: Watched
) -> None:
    url = f"redis+sentinel://127.0.0.1:{group.sentinels[0].port}/{SERVICE}"
    async with shop(tmp_path, group.primary, url) as (small, _):
        said = await asked(small, asks("rotate", by=SAM, words=("planned",)))
        assert "Sentinels that Pong does not know log in as" in said
        said = await asked(small, asks("rotate", by=SAM, words=("leaked",)))
        assert "2 Sentinels that Pong does not know, logged in so: will be locked out" in said


async def test_a_sentinel_that_is_down_holds_up_no_leak(tmp_path: Path, group: Watched) -> None:
    group.sentinels[2].kill()
    async with shop(tmp_path, group.primary, group.url) as (small, one):
        said = await asked(small, asks("rotate", by=SAM, words=("planned",)))
        assert f"The Sentinel 127.0.0.1:{group.sentinels[2].port} cannot be told" in said
        assert await rotated(small, "leaked") == "succeeded", await outcome(small)
        assert one.is_connected
    assert not may_log_in(group.primary, "shop_a", "first")
