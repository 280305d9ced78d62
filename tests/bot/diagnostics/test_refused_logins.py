"""Are refused logins counted, and nobody's name told?"""

import json

import pytest
import redis as sync_redis

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.refused_logins import judge, read
from bot.diagnostics.samples import Samples
from bot.targets.address import parse
from bot.targets.read_only import reading
from tests.fixtures.recorded import RecordedSubject
from tests.fixtures.redis_fixtures import StartServer


async def test_wrong_passwords_at_a_real_server_are_counted(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        client.acl_setuser("shop", enabled=True, passwords=["+right"], commands=["+ping"])
        for _ in range(3):
            with pytest.raises(sync_redis.AuthenticationError):
                client.execute_command("AUTH", "hunter2-as-a-name", "wrong")
    async with reading(parse(server.url())) as redis:
        subject = RecordedSubject(Samples({}, {}))
        subject.redis = redis
        measured = await read(subject)
    (finding,) = judge(measured, ThresholdsTable())
    assert finding.severity is Severity.WARNING
    assert finding.title == "Refused in the last 10 min: 3 wrong passwords"
    assert "hunter2" not in json.dumps([measured, finding.title])


def test_a_right_that_is_lacking_is_a_notice_and_nothing_is_fine() -> None:
    (finding,) = judge({"reasons": {"command": 1}, "auth_age_s": 600.0}, ThresholdsTable())
    assert (finding.severity, finding.figure) == (Severity.NOTICE, "1 command not permitted")
    (finding,) = judge({"reasons": {}}, ThresholdsTable())
    assert finding.severity is Severity.OK
