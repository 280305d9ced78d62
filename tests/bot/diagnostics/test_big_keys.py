"""Is a key that is too big to read whole found, and only its class named?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.big_keys import judge, read
from bot.diagnostics.finding import Severity
from bot.diagnostics.samples import Samples
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.recorded import RecordedSubject
from tests.fixtures.redis_fixtures import StartServer


async def test_big_keys_of_a_real_server_are_named_by_class_alone(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        client.hset("maria@example.com", mapping={str(number): number for number in range(6_000)})
        client.set("cache:page", "x" * (2 * 2**20))
        for number in range(40):
            client.set(f"cache:{number}", "x")
    async with reading(parse(server.url())) as redis:
        subject = RecordedSubject(Samples({}, {}))
        subject.redis = redis
        (finding,) = judge(await read(subject), ThresholdsTable())
        await subject.close()
    assert finding.severity is Severity.NOTICE
    assert finding.title == (
        "2 of 42 sampled keys are big: a string of 2 MB (cache); a hash of 6,000 fields (other)"
    )


@pytest.mark.parametrize(("length", "found"), [(5_000, False), (5_001, True)])
def test_the_limit_is_5000_elements(length: int, found: bool) -> None:
    big = [{"class": "jobs", "kind": "list", "length": length}] if found else []
    (finding,) = judge({"sampled": 10, "big": big}, ThresholdsTable())
    assert finding.severity.is_finding is found
