"""Is an address that takes no connections found beside those that do?"""

import socket
from dataclasses import replace

import pytest

from bot.config.tables import ThresholdsTable
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
