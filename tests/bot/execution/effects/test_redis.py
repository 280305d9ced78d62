"""Is it always known whether a command happened, and are secrets never repeated?"""

import asyncio
import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from pydantic import SecretStr
from redis.asyncio import Redis
from redis.asyncio.retry import Retry
from redis.backoff import NoBackoff

from bot.execution.effects.redis import Effect, Outcome, remediation_client, run
from bot.playground.ports import free_port
from bot.remediations.plan import RedisCommand, Repeat
from bot.remediations.secret import NewSecret, SecretRef
from bot.targets.address import Address, parse
from tests.fixtures.redis_server import RedisServer


def command(*arguments: str | SecretRef | NewSecret) -> RedisCommand:
    return RedisCommand(arguments=arguments, undo="none", repeat=Repeat.NEVER)


def reveal(secret: SecretRef | NewSecret) -> str:
    return f"hunter2-{secret.name}"


async def test_done_with_its_number_or_ok(redis: Redis) -> None:
    assert await run(redis, command("SET", "a", "1"), reveal) == Effect(Outcome.DONE, "answered OK")
    assert await run(redis, command("INCRBY", "a", "41"), reveal) == Effect(Outcome.DONE, "answered 42")


async def test_values_are_not_repeated(redis: Redis) -> None:
    await redis.set("session:1", "hunter2")
    assert await run(redis, command("GET", "session:1"), reveal) == Effect(Outcome.DONE, "answered")


async def test_secrets_are_resolved_only_when_sent(redis: Redis) -> None:
    effect = await run(redis, command("SET", "a", SecretRef("TOKEN")), reveal)
    assert effect.outcome is Outcome.DONE
    assert await redis.get("a") == b"hunter2-TOKEN"


async def test_refusal_did_nothing_and_quotes_nothing(redis: Redis) -> None:
    effect = await run(redis, command("NOSUCH", NewSecret("PASSWORD")), reveal)
    assert effect.outcome is Outcome.REFUSED
    assert "hunter2" not in effect.detail


async def test_dead_server_was_not_sent_anything() -> None:
    redis = remediation_client(Address(scheme="redis", host="127.0.0.1", port=free_port()))
    assert await run(redis, command("FLUSHALL"), reveal) == Effect(Outcome.NOT_SENT, "the connection failed")
    await redis.aclose()


async def test_frozen_server_was_not_sent_anything(server: RedisServer) -> None:
    redis = remediation_client(parse(server.url()), timeout_s=0.2)
    await redis.set("n", 1)
    server.freeze()
    assert (await run(redis, command("INCR", "n"), reveal)).outcome is Outcome.NOT_SENT
    server.thaw()
    assert await redis.get("n") == b"1"
    await redis.aclose()


async def test_lost_answer_is_unknown_and_not_sent_twice(server: RedisServer) -> None:
    with lossy_proxy(server.port, loses=b"INCR") as port:
        redis = remediation_client(Address(scheme="redis", host="127.0.0.1", port=port), timeout_s=0.5)
        effect = await run(redis, command("INCR", "n"), reveal)
        await redis.aclose()
    assert effect == Effect(Outcome.UNKNOWN, "it does not answer in time")
    assert server.command("GET", "n") == b"1"


async def test_client_never_retries_and_leaves_no_error_behind(server: RedisServer) -> None:
    redis = remediation_client(parse(server.url()))
    assert redis.get_retry().get_retries() == 0
    assert await redis.info("errorstats") == {}
    await redis.aclose()


async def test_client_reaches_a_socket_and_a_database_with_a_password(server: RedisServer) -> None:
    server.command("ACL", "SETUSER", "pong", "on", ">hunter2", "~*", "+@all")
    secret = SecretStr("hunter2")
    for address in (
        Address(scheme="redis", host="127.0.0.1", port=server.port, user="pong", password=secret, db=3),
        Address(scheme="unix", path=str(server.socket_path), user="pong", password=secret, db=3),
    ):
        redis = remediation_client(address)
        await redis.set("a", 1)
        assert (await redis.client_info())["db"] == 3
        assert (await redis.client_info())["user"] == "pong"
        await redis.aclose()


@pytest.mark.parametrize("code", ["LOADING Redis is loading", "NOAUTH Authentication required."])
async def test_answer_that_is_an_error_is_a_refusal(code: str) -> None:
    is_left = asyncio.Event()

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while data := await reader.read(4_096):
            writer.write(b"$4\r\npong\r\n" if b"ECHO" in data else f"-{code}\r\n".encode())
        writer.close()
        is_left.set()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    port = server.sockets[0].getsockname()[1]
    redis = Redis(port=port, protocol=2, driver_info=None, retry=Retry(NoBackoff(), 0))
    assert (await run(redis, command("SET", "a", "1"), reveal)).outcome is Outcome.REFUSED
    await redis.aclose()
    await is_left.wait()
    server.close()
    await server.wait_closed()


@contextmanager
def lossy_proxy(port: int, *, loses: bytes) -> Iterator[int]:
    """Passes everything on, but the answer to a request that holds `loses`."""
    listener = socket.create_server(("127.0.0.1", 0))

    def serve() -> None:
        client, _ = listener.accept()
        with client, socket.create_connection(("127.0.0.1", port)) as server:
            while request := client.recv(65_536):
                server.sendall(request)
                answer = server.recv(65_536)
                if loses not in request:
                    client.sendall(answer)

    thread = threading.Thread(target=serve, daemon=True)
    thread.start()
    yield listener.getsockname()[1]
    thread.join(timeout=5)
    listener.close()
