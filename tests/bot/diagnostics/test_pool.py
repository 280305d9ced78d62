"""Are the pool's errors and hit rate held against the runbook's figures?"""

import pytest

from bot.diagnostics.finding import Severity
from bot.diagnostics.pool import judge
from bot.settings import ThresholdsTable


def measured(**said: object) -> dict[str, object]:
    empty = {
        "application": "shop",
        "fault": "",
        "connections": 5.0,
        "connection_errors": None,
        "cache_hit_rate": None,
    }
    return empty | said


@pytest.mark.parametrize(
    ("rate", "severity"),
    [
        (0.85, Severity.OK),
        (0.7, Severity.OK),
        (0.69, Severity.NOTICE),
        (0.49, Severity.WARNING),
        (0.0, Severity.WARNING),
    ],
)
def test_the_cache_hit_rate_has_two_thresholds(rate: float, severity: Severity) -> None:
    (finding,) = judge(measured(cache_hit_rate=rate), ThresholdsTable())
    assert finding.severity is severity


@pytest.mark.parametrize(("errors", "severity"), [(0.0, Severity.OK), (3.0, Severity.WARNING)])
def test_any_connection_error_warns(errors: float, severity: Severity) -> None:
    (finding,) = judge(measured(connection_errors=errors), ThresholdsTable())
    assert finding.severity is severity


def test_what_it_does_not_say_is_unknown() -> None:
    assert judge(measured(), ThresholdsTable())[0].severity is Severity.UNKNOWN
    assert judge(measured(fault="answered HTTP 404"), ThresholdsTable())[0].severity is Severity.UNKNOWN
