"""Do questions of one moment share a round trip, and does each get its own answer?"""

import asyncio

import pytest
from redis.exceptions import ConnectionError as Unreachable

from bot.playground.ports import free_port
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.redis_fixtures import StartServer
from tests.fixtures.redis_server import RedisServer


def reads(server: RedisServer) -> int:
    """How many pieces the server has read off its connections so far."""
    return int(server.command("INFO", "stats")["total_reads_processed"])


async def test_what_is_asked_at_once_goes_out_at_once(start_server: StartServer) -> None:
    server = start_server()
    async with reading(parse(server.url())) as redis:
        await redis.ask("PING")
        before = reads(server)
        sizes = await asyncio.gather(*(redis.ask("DBSIZE") for _ in range(100)))
        assert sizes == [0] * 100
        assert reads(server) - before < 20  # those of the counting itself among them


async def test_each_gets_its_own_answer(start_server: StartServer) -> None:
    async with reading(parse(start_server().url())) as redis:
        pong, size, kind = await asyncio.gather(
            redis.ask("PING"), redis.ask("DBSIZE"), redis.ask("TYPE", "a")
        )
    assert (bool(pong), size, kind) == (True, 0, b"none")


async def test_more_than_a_pipeline_holds_is_answered_too(start_server: StartServer) -> None:
    async with reading(parse(start_server().url())) as redis:
        assert await asyncio.gather(*(redis.ask("DBSIZE") for _ in range(2500))) == [0] * 2500


async def test_who_stopped_waiting_disturbs_nobody(start_server: StartServer) -> None:
    async with reading(parse(start_server().url())) as redis:
        gone = asyncio.create_task(redis.ask("PING"))
        stays = asyncio.create_task(redis.ask("DBSIZE"))
        await asyncio.sleep(0)
        gone.cancel()
        assert await stays == 0
        assert gone.cancelled() or await asyncio.gather(gone, return_exceptions=True)


async def test_a_connection_that_fails_is_everybodys_error() -> None:
    async with reading(parse(f"redis://127.0.0.1:{free_port()}")) as redis:
        redis.warm()
        replies = await asyncio.gather(redis.ask("PING"), redis.ask("DBSIZE"), return_exceptions=True)
    assert [type(reply) for reply in replies] == [Unreachable] * 2


async def test_a_user_who_may_not_name_the_connection_may_ask(start_server: StartServer) -> None:
    server = start_server()
    server.command("ACL", "SETUSER", "pong", "on", ">sesame", "+dbsize", "~*")
    async with reading(parse(server.url(user="pong", password="sesame"))) as redis:
        assert await redis.ask("DBSIZE") == 0


async def test_closing_ends_who_still_waits(start_server: StartServer) -> None:
    server = start_server()
    async with reading(parse(server.url())) as redis:
        await redis.ask("PING")
        server.freeze()
        waiting = asyncio.create_task(redis.ask("PING"))
        await asyncio.sleep(0.05)
    with pytest.raises(asyncio.CancelledError):
        await waiting
