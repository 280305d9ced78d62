"""Is a slow answer found?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.response_time import judge


@pytest.mark.parametrize(
    ("ping_ms", "severity"), [(0.3, Severity.OK), (100, Severity.OK), (101, Severity.WARNING)]
)
def test_over_100_ms_is_slow(ping_ms: float, severity: Severity) -> None:
    (finding,) = judge({"ping_ms": ping_ms}, ThresholdsTable())
    assert finding.severity is severity
