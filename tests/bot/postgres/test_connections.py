"""Are the connections counted for whoever asks, and held against both thresholds?"""

import pytest

from bot.diagnostics.finding import Severity
from bot.postgres.connections import judge, read
from bot.postgres.session import session
from bot.postgres.table import DatabaseThresholdsTable
from tests.bot.postgres.test_triage import orders
from tests.fixtures.postgres_server import PostgresServer


@pytest.mark.parametrize(
    ("used", "severity"),
    [(80, Severity.OK), (81, Severity.WARNING), (90, Severity.WARNING), (91, Severity.CRITICAL)],
)
def test_the_share_of_the_most_counts(used: int, severity: Severity) -> None:
    [finding] = judge({"used": used, "most": 100}, DatabaseThresholdsTable())
    assert (finding.severity, finding.figure) == (severity, f"{used} of 100 connections ({used} %)")
    assert bool(finding.next_step) == severity.is_finding
    assert finding.threshold == "warning over 80 %, critical over 90 %"


async def test_a_user_with_few_rights_counts_those_of_others_too(server: PostgresServer) -> None:
    with server.connect(), server.connect():
        async with session(orders(server.url(user="pong", password="looks-only")), "127.0.0.1") as one:
            measured = await read(one)
    assert measured["used"] >= 3
    assert measured["most"] == 12
