"""Is a pause of the server itself found and named?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.latency import judge, read
from bot.diagnostics.question import NotSupported
from bot.diagnostics.samples import take
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.recorded import RecordedSubject
from tests.fixtures.redis_fixtures import StartServer
from tests.fixtures.redis_server import RedisServer

COUNTS = "local i = 0; while i < tonumber(ARGV[1]) do i = i + 1 end"


async def measured(server: RedisServer) -> dict[str, object]:
    async with reading(parse(server.url())) as redis:
        subject = RecordedSubject(await take(redis))
        subject.redis = redis
        return await read(subject)


async def test_a_pause_on_a_real_server_is_found(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        client.config_set("latency-monitor-threshold", 1)
        client.eval(COUNTS, 0, 5_000_000)
    (finding,) = judge(await measured(server), ThresholdsTable(response_ms=10))
    assert finding.severity is Severity.WARNING
    assert finding.title.endswith("one slow command")


async def test_a_monitor_that_is_off_is_not_called_healthy(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        client.config_set("latency-monitor-threshold", 0)
    with pytest.raises(NotSupported, match="latency-monitor-threshold is 0"):
        await measured(server)


def test_a_short_pause_is_fine() -> None:
    (finding,) = judge({"pauses": {"fork": 40.0}}, ThresholdsTable())
    assert finding.severity is Severity.OK
    (finding,) = judge({"pauses": {}}, ThresholdsTable())
    assert finding.title == "No pause in the last 10 min"
