"""Are clients counted by address, and those found who do not read their answers?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.clients import counted, judge, parsed, read
from bot.diagnostics.finding import Severity
from bot.diagnostics.question import NotSupported
from bot.diagnostics.samples import Samples, take
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.recorded import RecordedSubject
from tests.fixtures.redis_fixtures import StartServer


async def test_clients_of_a_real_server_are_counted_by_address(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as one, server.client() as two:
        one.ping()
        two.ping()
        async with reading(parse(server.url())) as redis:
            subject = RecordedSubject(await take(redis))
            subject.redis = redis
            measured = await read(subject)
    assert measured["addresses"] == {"127.0.0.1": 3}
    (finding,) = judge(measured, ThresholdsTable())
    assert finding.title.startswith("3 clients by address: 127.0.0.1 3; by user default 3; by name ")


def test_a_name_that_may_be_anything_is_not_told() -> None:
    listed = parsed(
        b"addr=a:1 name=shop-1 user=app\naddr=a:2 name=session:5f2aa1 user=app\naddr=a:3 name= user=\n"
    )
    assert counted(listed, "name") == {"shop-1": 1, "another": 1}
    assert counted(listed, "user") == {"app": 2}


async def test_above_2000_clients_nobody_is_listed() -> None:
    with pytest.raises(NotSupported, match="2,001 clients"):
        await read(RecordedSubject(Samples({}, {"connected_clients": 2_001})))


def test_a_client_that_does_not_read_is_found_and_a_replica_may_lag() -> None:
    measured = {
        "clients": 3,
        "addresses": {"10.0.0.1": 3},
        "users": {},
        "names": {},
        "buffers": [300 * 1024],
        "blocked": 0,
    }
    found = judge(measured, ThresholdsTable())
    assert [one.severity for one in found] == [Severity.WARNING, Severity.OK]
    assert "up to 300 KB" in found[0].title


def test_the_raw_list_is_read() -> None:
    raw = b"id=3 addr=10.0.0.1:5000 name=a=b flags=N omem=12\nid=4 addr=[::1]:6 name= flags=S omem=0\n"
    assert [client["addr"] for client in parsed(raw)] == ["10.0.0.1:5000", "[::1]:6"]
