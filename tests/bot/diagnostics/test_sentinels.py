"""What do the Sentinels' answers mean?"""

from typing import Any

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.question import NotSet
from bot.diagnostics.sentinels import judge, read
from tests.fixtures.recorded import RecordedSubject, recorded

WELL: dict[str, Any] = {
    "sentinels": 3,
    "reachable": 3,
    "naming": {"10.0.0.1:6379": 3},
    "down": 0,
    "can_fail_over": True,
}


@pytest.mark.parametrize(
    ("changes", "severity", "says"),
    [
        ({}, Severity.OK, "3 Sentinels name 10.0.0.1:6379 and can fail over"),
        ({"naming": {"a:1": 2, "b:1": 1}}, Severity.CRITICAL, "do not agree: 2 say a:1, 1 say b:1"),
        ({"down": 2}, Severity.CRITICAL, "2 of 3 Sentinels cannot reach the primary"),
        ({"can_fail_over": False}, Severity.WARNING, "could not fail over now"),
        ({"reachable": 2}, Severity.NOTICE, "1 of 3 Sentinels do not answer"),
        ({"reachable": 1}, Severity.WARNING, "2 of 3 Sentinels do not answer"),
    ],
)
def test_what_they_say_is_judged(changes: dict[str, Any], severity: Severity, says: str) -> None:
    worst = judge(WELL | changes, ThresholdsTable())[0]
    assert worst.severity is severity
    assert says in worst.title


async def test_one_server_has_none() -> None:
    with pytest.raises(NotSet):
        await read(RecordedSubject(recorded("redis-healthy")))
