"""Are severities in order, and what could not be checked no finding?"""

from bot.diagnostics.finding import Severity


def test_the_worst_comes_first() -> None:
    assert sorted(Severity, key=lambda severity: severity.rank)[0] is Severity.CRITICAL


def test_what_is_unknown_or_fine_is_no_finding() -> None:
    assert not Severity.UNKNOWN.is_finding
    assert not Severity.OK.is_finding
