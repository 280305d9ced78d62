"""What does a cluster's own map mean?"""

from typing import Any

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.cluster import judge, read
from bot.diagnostics.finding import Severity
from bot.diagnostics.question import NotSet
from tests.fixtures.recorded import RecordedSubject, recorded

WELL: dict[str, Any] = {
    "is_told": True,
    "is_ok": True,
    "slots_ok": 16384,
    "primaries": 3,
    "failed": [],
    "without_replica": [],
}


@pytest.mark.parametrize(
    ("changes", "severity", "says"),
    [
        ({}, Severity.OK, "All 16,384 slots are served by 3 primaries"),
        (
            {"is_ok": False, "slots_ok": 10922},
            Severity.CRITICAL,
            "5,462 of 16,384 slots are served",
        ),
        (
            {"failed": [*["a", "b", "c", "d"]]},
            Severity.WARNING,
            "others: a, b, c and 1",
        ),
        ({"without_replica": ["a:1"]}, Severity.NOTICE, "1 of 3 primaries has no replica: a:1"),
        ({"is_told": False}, Severity.UNKNOWN, "no node tells"),
    ],
)
def test_the_map_is_judged(changes: dict[str, Any], severity: Severity, says: str) -> None:
    worst = judge(WELL | changes, ThresholdsTable())[0]
    assert worst.severity is severity
    assert says in worst.title


async def test_one_server_is_none() -> None:
    with pytest.raises(NotSet):
        await read(RecordedSubject(recorded("redis-healthy")))
