"""Do the applications get another password, does the old one end, and is the new one nowhere to be read?"""

from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Any

import pytest
from redis.exceptions import AuthenticationError

from bot.execution import before, hands
from bot.execution.effects.effect import Effect
from bot.remediations import rotate
from tests.bot.execution.test_hands import dies_once
from tests.commands.redis.test_restart import incident
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, confirmed, outcome
from tests.fixtures.consumer import Consumer, consumer
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks

PEOPLE = {"responders": [SAM], "approvers": [MARIA, DEV, SAM]}


@asynccontextmanager
async def shop(path: Path, server: RedisServer, **more: Any) -> AsyncIterator[tuple[SmallPong, Consumer]]:
    """A shop that is logged in as shop_a, and an incident."""
    server.command("ACL", "SETUSER", "shop_a", "on", ">first", "~*", "resetchannels", "+@all", "-@admin")
    async with consumer(path / "shop.txt", server, user="shop_a", password="first") as one:
        application = {"health_url": one.url, "credentials_command": one.command, **more}
        users = ["shop_a", "shop_b"]
        async with incident(path, server, application=application, people=PEOPLE, users=users) as small:
            yield small, one


async def rotated(small: SmallPong, word: str) -> str:
    assert "needs 2 approvals" in await asked(small, asks("rotate", by=SAM, words=(word,)))
    await confirmed(small, [MARIA, DEV])
    return str((await carried_out(small))["state"])


def has_come_to(small: SmallPong, number: int) -> Callable[[], Awaitable[bool]]:
    """Whether step `number` is intended or done."""

    async def is_so() -> bool:
        steps = await small.pong.store.read(lambda records: records.approvals.steps(1))
        return any(step["n"] >= number for step in steps)

    return is_so


def may_log_in(server: RedisServer, user: str, password: str) -> bool:
    try:
        with server.client(username=user, password=password) as client:
            return bool(client.ping())
    except AuthenticationError:
        return False


@pytest.mark.parametrize("word", ["planned", "leaked"])
async def test_the_shop_has_another_password_and_the_old_one_ends(
    tmp_path: Path, redis: RedisServer, word: str
) -> None:
    async with shop(tmp_path, redis) as (small, one):
        assert await rotated(small, word) == "succeeded"
        user, password = one.told()
        assert (user, len(password) >= 43) == ("shop_b", True)  # 32 bytes
        assert one.is_connected
        assert may_log_in(redis, user, password)
        assert not may_log_in(redis, "shop_a", "first")
        assert "shop says redis connected" in await outcome(small)


async def test_the_new_password_is_in_no_message_no_event_and_no_store(
    tmp_path: Path, redis: RedisServer, capfd: pytest.CaptureFixture[str]
) -> None:
    async with shop(tmp_path, redis) as (small, one):
        assert await rotated(small, "planned") == "succeeded"
        _, password = one.told()
        assert password not in str(await small.posted())
        assert password not in str([event.data for event in small.noted])
        assert password not in "".join(capfd.readouterr())
    assert not holding(tmp_path, password)


def holding(path: Path, password: str) -> list[Path]:
    """The files of Pong's that hold it."""
    kept = [file for file in path.rglob("*") if file.is_file() and file.name != "shop.txt"]
    assert any(file.suffix == ".db" for file in kept)
    return [file for file in kept if password.encode() in file.read_bytes()]


async def test_a_consumer_that_cannot_be_told_leaves_both_passwords_valid(
    tmp_path: Path, redis: RedisServer
) -> None:
    fails = ["false"]
    async with shop(tmp_path, redis, credentials_command=fails) as (small, one):
        assert await rotated(small, "planned") == "failed"
        assert one.is_connected
        assert may_log_in(redis, "shop_a", "first")
        text = await outcome(small)
        assert "the command ended with 1" in text
        assert "Undo: ACL DELUSER shop_b" in text.replace("\u2060", "")


async def test_while_somebody_still_uses_the_old_one_it_stays(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(rotate, "UNUSED_WITHIN_S", 1)
    async with shop(tmp_path, redis) as (small, one):
        with redis.client(username="shop_a", password="first") as forgotten:
            forgotten.ping()
            assert await rotated(small, "planned") == "failed"
        assert one.told()[0] == "shop_b"
        assert one.is_connected
        assert may_log_in(redis, "shop_a", "first")
        assert "1 connections as shop_a" in (await outcome(small)).replace("\u2060", "")


@pytest.mark.parametrize("word", ["planned", "leaked"])
@pytest.mark.parametrize("number", range(6))
async def test_an_engine_that_dies_between_two_steps_leaves_every_consumer_a_password_that_works(
    tmp_path: Path, redis: RedisServer, word: str, number: int
) -> None:
    async with shop(tmp_path, redis) as (small, one):
        await asked(small, asks("rotate", by=SAM, words=(word,)))
        await confirmed(small, [MARIA, DEV])
        await dies_once(small, has_come_to(small, number))
        assert (await carried_out(small))["state"] == "succeeded"
        user, password = one.told()
        assert user == "shop_b"
        assert may_log_in(redis, user, password)
        assert not may_log_in(redis, "shop_a", "first")
        assert one.is_connected


async def test_stop_is_not_heard_between_the_end_of_the_old_one_and_the_news_of_the_new(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    closes = hands.kill.run

    async def stopped_meanwhile(*given: Any) -> Effect:
        assert await small.pong.store.write(lambda records: records.approvals.ask_to_stop(1, DEV))
        return await closes(*given)

    monkeypatch.setattr(hands.kill, "run", stopped_meanwhile)
    async with shop(tmp_path, redis) as (small, one):
        await rotated(small, "leaked")
        assert one.told()[0] == "shop_b"
        assert may_log_in(redis, *one.told())


async def test_a_leaked_rotation_is_finished_however_late_pong_comes_back(
    tmp_path: Path, redis: RedisServer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(before, "RESUMED_WITHIN_MS", -1)
    async with shop(tmp_path, redis) as (small, one):
        await asked(small, asks("rotate", by=SAM, words=("leaked",)))
        await confirmed(small, [MARIA, DEV])
        await dies_once(small, has_come_to(small, 1))
        assert (await carried_out(small))["state"] == "succeeded"
        assert one.told()[0] == "shop_b"
        assert may_log_in(redis, *one.told())


async def test_one_approver_is_not_enough(tmp_path: Path, redis: RedisServer) -> None:
    async with shop(tmp_path, redis) as (small, _):
        await asked(small, asks("rotate", by=SAM, words=("planned",)))
        assert "asked for this" in await confirmed(small, [SAM])
        await confirmed(small, [MARIA])
        assert await small.pong.store.read(lambda records: records.approvals.execution_of(1)) is None
