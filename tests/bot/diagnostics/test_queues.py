"""Are waiting jobs counted, whatever kind of key their queue is?"""

from dataclasses import replace

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.question import NotSupported
from bot.diagnostics.queues import judge, read
from bot.diagnostics.samples import Samples
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded
from tests.fixtures.redis_fixtures import StartServer


async def test_lists_streams_and_empty_queues_of_a_real_server_are_counted(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        client.rpush("jobs:letters", *range(3))
        client.xadd("jobs:events", {"a": 1})
    async with reading(parse(server.url())) as redis:
        names = ("jobs:events", "jobs:letters", "jobs:none")
        subject = RecordedSubject(Samples({}, {}), target=replace(TARGET, queues=names))
        subject.redis = redis
        measured = await read(subject)
    assert measured == {"depths": {"jobs:letters": 3, "jobs:events": 1, "jobs:none": 0}}
    (finding,) = judge(measured, ThresholdsTable())
    assert finding.title == "Jobs that wait: jobs:letters 3, jobs:events 1, jobs:none 0"


@pytest.mark.parametrize(("depth", "severity"), [(1_000, Severity.OK), (1_001, Severity.WARNING)])
def test_over_the_limit_warns(depth: int, severity: Severity) -> None:
    (finding,) = judge({"depths": {"jobs": depth}}, ThresholdsTable())
    assert finding.severity is severity


async def test_without_queues_nothing_is_asked() -> None:
    with pytest.raises(NotSupported, match="no queues"):
        await read(RecordedSubject(recorded("redis-healthy")))
