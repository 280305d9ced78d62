"""Does the runbook for a failing database say what it has to, and change nothing?"""

from bot.catalog import RUNBOOKS
from bot.runbooks.database_failure import DATABASE_FAILURE
from bot.runbooks.runbook import LooksAt


def test_its_alerts_lead_to_it() -> None:
    assert {"DatabaseDown", "PostgresDown", "PostgresConnectionFailed"} <= DATABASE_FAILURE.alerts
    assert RUNBOOKS["database-failure"] is DATABASE_FAILURE


def test_it_looks_at_a_database_and_allows_nothing() -> None:
    assert DATABASE_FAILURE.looks_at is LooksAt.DATABASE
    assert not DATABASE_FAILURE.allowed


def test_full_and_locked_are_told_in_other_words_than_dead() -> None:
    told = {DATABASE_FAILURE.says(name).impact for name in DATABASE_FAILURE.alerts}
    assert len(told) == 3
