"""Is a service asked once, and is its answer told apart from no answer?"""

import asyncio
import json
import re
from collections.abc import AsyncIterator, Awaitable, Callable
from contextlib import asynccontextmanager

import httpx
import pytest

from bot.execution.effects import http as effect
from bot.execution.effects.effect import Effect, Outcome
from bot.playground.ports import free_port
from bot.providers.services import Service
from bot.remediations.plan import HttpCall, Repeat
from bot.remediations.secret import NewSecret, SecretRef

STEP = HttpCall(
    service="DigitalOcean",
    method="POST",
    path="/v2/apps/a/restart",
    undo="",
    repeat=Repeat.CHECK,
    fields=(("components", ("web",)), ("token", SecretRef("TOKEN"))),
)
Answers = Callable[[bytes, asyncio.StreamWriter], Awaitable[None]]


def reveal(secret: SecretRef | NewSecret) -> str:
    return f"value of {secret.name}"


@asynccontextmanager
async def listening(answers: Answers) -> AsyncIterator[tuple[str, list[bytes]]]:
    """A server that hands each request to `answers`; its address, and the requests that came."""
    heard: list[bytes] = []

    async def serve(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        head = await reader.readuntil(b"\r\n\r\n")
        found = re.search(rb"content-length: *(\d+)", head.lower())
        length = int(found[1]) if found else 0
        heard.append(head + await reader.readexactly(length))
        await answers(heard[-1], writer)
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", free_port())
    async with server:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}", heard


def with_status(status: int) -> Answers:
    async def answer(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.write(f"HTTP/1.1 {status} X\r\nContent-Length: 2\r\nConnection: close\r\n\r\n{{}}".encode())
        await writer.drain()

    return answer


async def called(url: str) -> Effect:
    service = Service("DigitalOcean", url, {"Authorization": "Bearer sesame"})
    async with httpx.AsyncClient() as http:
        return await effect.call(http, service, STEP, reveal)


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        (200, Outcome.DONE),
        (202, Outcome.DONE),
        (302, Outcome.REFUSED),
        (401, Outcome.REFUSED),
        (404, Outcome.REFUSED),
        (408, Outcome.UNKNOWN),
        (429, Outcome.REFUSED),
        (500, Outcome.UNKNOWN),
        (503, Outcome.UNKNOWN),
    ],
)
async def test_each_answer_says_what_is_known(status: int, outcome: Outcome) -> None:
    async with listening(with_status(status)) as (url, heard):
        told = await called(url)
    assert told.outcome is outcome
    assert str(status) in told.detail
    assert len(heard) == 1


@pytest.mark.parametrize(
    ("status", "says"),
    [
        (401, "the key in Pong's settings is wrong"),
        (403, "may not do that"),
        (404, "look at the ids in pong.toml"),
        (409, "busy with another change"),
        (422, "does not take that now"),
        (429, "wait a minute"),
    ],
)
async def test_a_refusal_says_who_can_mend_it(status: int, says: str) -> None:
    async with listening(with_status(status)) as (url, _):
        assert says in (await called(url)).detail


async def test_secrets_are_looked_up_only_to_be_sent() -> None:
    async with listening(with_status(200)) as (url, heard):
        told = await called(url)
    head, _, body = heard[0].partition(b"\r\n\r\n")
    assert json.loads(body) == {"components": ["web"], "token": "value of TOKEN"}
    assert b"Bearer sesame" in head
    assert "value of" not in told.detail
    assert "sesame" not in repr(Service("x", url, {"Authorization": "Bearer sesame"}))


async def test_service_that_cannot_be_reached_did_nothing() -> None:
    assert (await called(f"http://127.0.0.1:{free_port()}")).outcome is Outcome.NOT_SENT


async def test_answer_that_is_lost_is_unknown_and_not_asked_for_twice() -> None:
    async def hangs_up(_: bytes, writer: asyncio.StreamWriter) -> None:
        writer.transport.abort()

    async with listening(hangs_up) as (url, heard):
        told = await called(url)
    assert told.outcome is Outcome.UNKNOWN
    assert len(heard) == 1


async def test_service_that_never_answers_is_unknown(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(effect, "ANSWERS_WITHIN_S", 0.2)
    never = asyncio.Event()

    async def silent(_: bytes, __: asyncio.StreamWriter) -> None:
        await never.wait()

    async with listening(silent) as (url, _):
        assert (await called(url)).outcome is Outcome.UNKNOWN
        never.set()
