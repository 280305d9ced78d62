"""Are clients judged by share and by number?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.connections import judge, read
from bot.diagnostics.finding import Severity
from tests.fixtures.recorded import FLAVOURS, RecordedSubject, recorded


@pytest.mark.parametrize(
    ("connected", "most", "severity"),
    [
        (90, 100, Severity.OK),
        (91, 100, Severity.CRITICAL),
        (10_001, 100_000, Severity.WARNING),
        (10_000, 100_000, Severity.OK),
        (5, 0, Severity.OK),
    ],
)
def test_clients_have_two_thresholds(connected: int, most: int, severity: Severity) -> None:
    (finding,) = judge({"connected_clients": connected, "maxclients": most}, ThresholdsTable())
    assert finding.severity is severity


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_server_with_all_clients_taken_is_critical(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-out-of-clients"))), ThresholdsTable())
    assert finding.severity is Severity.CRITICAL
    assert "of 10 clients" in finding.title
