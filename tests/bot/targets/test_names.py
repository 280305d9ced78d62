"""Are names looked up without holding anything up?"""

import asyncio
import socket
import threading
import time

import pytest

from bot.targets.names import is_number, resolve


async def test_localhost_has_an_address() -> None:
    assert any(place[0] == "127.0.0.1" for _, place in await resolve("localhost", 1))


async def test_an_unknown_name_raises() -> None:
    with pytest.raises(socket.gaierror):
        await resolve("redis.invalid", 1)


@pytest.mark.parametrize(
    ("host", "is_one"), [("127.0.0.1", True), ("::1", True), ("redis", False), ("1.2", False)]
)
def test_numbers_are_told_from_names(host: str, is_one: bool) -> None:
    assert is_number(host) is is_one


def test_a_silent_name_server_delays_no_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    answers = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: answers.wait(20) and [])

    async def give_up() -> None:
        async with asyncio.timeout(0.05):
            await resolve("redis.example", 1)

    began_s = time.monotonic()
    with pytest.raises(TimeoutError):
        asyncio.run(give_up())
    assert time.monotonic() - began_s < 5
    answers.set()
