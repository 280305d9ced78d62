"""Is what a provider says of its database a finding, and what it does not say none?"""

from typing import Any

import httpx
import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.database import judge, read
from bot.diagnostics.finding import Severity
from bot.diagnostics.question import NotSet
from bot.providers.database import State, Usage
from tests.fixtures.recorded import RecordedSubject, recorded

LIMITS = {"bytes stored": 250 * 2**20, "clients": 1_000}


def judged(**said: Any) -> tuple[Severity, str]:
    state = State(**said)
    first, *_ = judge({"provider": "Upstash", **vars(state)}, ThresholdsTable())
    return first.severity, first.title


def usage(name: str, share: float) -> Usage:
    return Usage(name=name, used=share * LIMITS[name], limit=LIMITS[name])


@pytest.mark.parametrize(
    ("said", "severity", "title"),
    [
        ({"status": "active", "is_well": True}, Severity.OK, "Upstash says it is active"),
        (
            {"status": "active", "is_well": True, "usages": (usage("clients", 0.2),)},
            Severity.OK,
            "Upstash says it is active: clients 20 %",
        ),
        ({"status": "suspended"}, Severity.CRITICAL, "Upstash says this database is suspended"),
        (
            {"status": "active", "is_well": True, "usages": (usage("bytes stored", 0.95),)},
            Severity.CRITICAL,
            "bytes stored: 95 % of 250 MB that the plan allows",
        ),
        (
            {"status": "active", "is_well": True, "usages": (usage("clients", 0.85),)},
            Severity.WARNING,
            "clients: 85 % of 1,000 that the plan allows",
        ),
        (
            {"status": "online", "is_well": True, "notes": ("maintenance is due",)},
            Severity.NOTICE,
            "Upstash: maintenance is due",
        ),
        ({"fault": "Upstash answered HTTP 401"}, Severity.UNKNOWN, "Upstash answered HTTP 401"),
    ],
)
def test_what_the_provider_says_is_judged(said: dict[str, Any], severity: Severity, title: str) -> None:
    assert judged(**said) == (severity, title)


async def test_without_a_database_nothing_is_asked() -> None:
    async with httpx.AsyncClient() as http:
        with pytest.raises(NotSet):
            await read(RecordedSubject(recorded("redis-healthy"), http=http))
