"""Are rate limits and caches that never end found?"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.expiry import judge, read
from bot.diagnostics.finding import Severity
from bot.diagnostics.samples import Samples
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.recorded import RecordedSubject
from tests.fixtures.redis_fixtures import StartServer


async def test_what_never_ends_on_a_real_server_is_found(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        for number in range(40):
            client.set(f"ratelimit:{number}", 1, ex=None if number < 10 else 60)
            client.set(f"cache:{number}", 1)
            client.set(f"profile:{number}", 1)
    async with reading(parse(server.url())) as redis:
        subject = RecordedSubject(Samples({}, {}))
        subject.redis = redis
        found = judge(await read(subject), ThresholdsTable())
        await subject.close()
    assert [(one.severity, one.title) for one in found] == [
        (Severity.WARNING, "10 of 40 sampled ratelimit keys never end"),
        (Severity.NOTICE, "100 % of cache keys never end"),
    ]


def test_keys_that_end_are_fine_and_others_may_stay() -> None:
    classes = {"cache": {"keys": 50, "with_expiry": 50}, "profile": {"keys": 50, "with_expiry": 0}}
    (finding,) = judge({"classes": classes}, ThresholdsTable())
    assert finding.severity is Severity.OK
    assert finding.title == "Keys with an expiry: cache 100 %, profile 0 %"


def test_an_empty_database_is_fine() -> None:
    (finding,) = judge({"classes": {}}, ThresholdsTable())
    assert (finding.severity, finding.title) == (Severity.OK, "No key to look at")
