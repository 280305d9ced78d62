"""Does an empty server's ratio of 13 alarm nobody?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.fragmentation import judge, read
from tests.fixtures.recorded import FLAVOURS, RecordedSubject, recorded

MB = 2**20


@pytest.mark.parametrize(
    ("ratio", "wasted_bytes", "severity"),
    [(13.7, 10 * MB, Severity.OK), (1.3, 900 * MB, Severity.OK), (1.8, 900 * MB, Severity.NOTICE)],
)
def test_fragmentation_counts_only_over_its_floor(
    ratio: float, wasted_bytes: int, severity: Severity
) -> None:
    (finding,) = judge({"ratio": ratio, "wasted_bytes": wasted_bytes}, ThresholdsTable())
    assert finding.severity is severity


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_an_empty_server_is_fine(flavour: str) -> None:
    measured = await read(RecordedSubject(recorded(f"{flavour}-healthy")))
    assert judge(measured, ThresholdsTable())[0].severity is Severity.OK
