"""Is what an approval binds resolved in time, or said not to be?"""

import asyncio
import socket
import threading
import time
from typing import Any

import pytest

from bot.approvals import prepare
from bot.approvals.prepare import resolved
from bot.errors import ServiceUnavailable
from bot.targets.address import parse
from bot.targets.endpoint import Cluster

NAMED = parse("redis://redis.example:6379")


def test_a_silent_name_server_is_told_in_time_and_holds_up_no_exit(monkeypatch: pytest.MonkeyPatch):
    answers, began_s = threading.Event(), time.monotonic()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [answers.wait(15)][:0])
    monkeypatch.setattr(prepare, "RESOLVED_WITHIN_S", 0.05)
    with pytest.raises(ServiceUnavailable, match=r"was not resolved within 0\.05 s: check DNS"):
        asyncio.run(resolved(NAMED))
    assert time.monotonic() - began_s < 10
    answers.set()


async def test_several_servers_are_resolved_together(monkeypatch: pytest.MonkeyPatch):
    both = threading.Barrier(2, timeout=10)

    def looked_up(host: str, port: int, **_: Any) -> list[Any]:
        both.wait()  # nobody comes by alone
        return [(socket.AF_INET, socket.SOCK_STREAM, 6, "", ("192.0.2.1", port))]

    monkeypatch.setattr(socket, "getaddrinfo", looked_up)
    servers = (NAMED, parse("redis://other.example:6379"))
    bound = await prepare._bound(Cluster(seeds=servers), servers)
    assert bound.count("192.0.2.1") == 2


async def test_what_is_no_name_is_said():
    with pytest.raises(ServiceUnavailable, match=r"cannot be resolved"):
        await resolved(parse("redis://" + "a" * 64 + ".example:6379"))
