"""Are commands that kept others waiting named, and never what they were about?"""

import json

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.samples import Samples, take
from bot.diagnostics.slow_log import judge, read
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.recorded import RecordedSubject
from tests.fixtures.redis_fixtures import StartServer

COUNTS = "local i = 0; while i < tonumber(ARGV[1]) do i = i + 1 end"


async def test_a_slow_script_on_a_real_server_is_named_without_its_text(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        client.eval(COUNTS, 0, 5_000_000)
        client.config_set("slowlog-log-slower-than", 0)
        client.execute_command("GET", "session:maria@example.com")
    async with reading(parse(server.url())) as redis:
        subject = RecordedSubject(await take(redis))
        subject.redis = redis
        measured = await read(subject)
    (finding,) = judge(measured, ThresholdsTable())
    assert "EVAL" in finding.title
    told = json.dumps([measured, finding.title, finding.figure])
    assert "maria" not in told
    assert "while" not in told


@pytest.mark.parametrize(("took_ms", "severity"), [(100.0, Severity.OK), (101.0, Severity.WARNING)])
def test_over_100_ms_warns(took_ms: float, severity: Severity) -> None:
    (finding,) = judge({"commands": {"KEYS": [took_ms, 3.0]}}, ThresholdsTable())
    assert finding.severity is severity
    assert finding.title == f"2 slow commands in the last 10 min: 2 × KEYS, up to {took_ms:,.0f} ms"


async def test_what_is_no_command_and_what_is_old_is_left_out() -> None:
    class Redis:
        async def ask(self, *words: object) -> object:
            recent, old = 1_700_000_000, 1_699_000_000
            return [
                [2, recent, 150_000, [b"<!channel> secret"], b"127.0.0.1:1", b""],
                [1, old, 999_000, [b"KEYS", b"*"], b"127.0.0.1:1", b""],
            ]

    subject = RecordedSubject(Samples({}, {"server_time_usec": 1_700_000_001_000_000}))
    subject.redis = Redis()  # type: ignore[assignment]
    assert await read(subject) == {"commands": {"another command": [150.0]}}
