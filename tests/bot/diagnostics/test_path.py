"""Is an address that takes no connections found beside those that do?"""

import asyncio
import socket
import threading
import time
from dataclasses import replace

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics import path
from bot.diagnostics.finding import Severity
from bot.diagnostics.path import judge, read
from bot.diagnostics.question import NotSupported
from bot.playground.ports import free_port
from bot.targets.address import parse
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded


def subject_at(url: str) -> RecordedSubject:
    return RecordedSubject(recorded("redis-healthy"), target=replace(TARGET, address=parse(url)))


async def test_an_open_port_is_counted_and_timed() -> None:
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        listener.listen()
        measured = await read(subject_at(f"redis://127.0.0.1:{listener.getsockname()[1]}"))
    assert (measured["addresses"], measured["open"]) == (1, 1)
    (finding,) = judge(measured, ThresholdsTable())
    assert finding.severity is Severity.OK


async def test_what_the_ping_says_already_is_not_said_again() -> None:
    measured = await read(subject_at(f"redis://127.0.0.1:{free_port()}"))
    assert (measured["addresses"], measured["open"]) == (1, 0)
    (finding,) = judge(measured, ThresholdsTable())
    assert finding.severity is Severity.UNKNOWN


@pytest.mark.parametrize(
    ("opened", "severity"), [(3, Severity.OK), (2, Severity.WARNING), (0, Severity.CRITICAL)]
)
def test_some_closed_addresses_warn(opened: int, severity: Severity) -> None:
    (finding,) = judge({"addresses": 3, "open": opened, "slowest_ms": 2.0}, ThresholdsTable())
    assert finding.severity is severity


async def test_a_socket_file_has_no_path() -> None:
    with pytest.raises(NotSupported):
        await read(subject_at("unix:///tmp/redis.sock"))


def test_a_silent_name_server_is_told_in_time_and_holds_up_no_exit(monkeypatch: pytest.MonkeyPatch) -> None:
    answers, began_s = threading.Event(), time.monotonic()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_, **__: [answers.wait(15)][:0])
    monkeypatch.setattr(path, "RESOLVED_WITHIN_S", 0.05)
    with pytest.raises(NotSupported, match=r"its name was not resolved within 0\.05 s"):
        asyncio.run(read(subject_at("redis://redis.example:6379")))
    assert time.monotonic() - began_s < 10
    answers.set()
