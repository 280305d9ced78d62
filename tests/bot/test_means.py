"""Are the means taken of what is to be counted, and of nothing else?"""

from typing import Any

from bot.means import DAY_MS, by_week, means
from tests.bot.test_incident import incident

NOW_MS = 1_000 * DAY_MS


def ended(days_ago: float, *, took_ms: int | None, taken_ms: int | None = None) -> Any:
    at_ms = NOW_MS - round(days_ago * DAY_MS)
    return incident(
        opened_ms=at_ms,
        alert_started_ms=None,
        acknowledged_ms=None if taken_ms is None else at_ms + taken_ms,
        resolved_ms=None if took_ms is None else at_ms + took_ms,
    )


def test_only_the_days_asked_for_count() -> None:
    all_of_them = [ended(1, took_ms=10, taken_ms=2), ended(40, took_ms=30, taken_ms=4), ended(100, took_ms=9)]
    month, quarter = (means(all_of_them, days=days, now_ms=NOW_MS) for days in (30, 90))
    assert (month.opened, month.acknowledge_ms, month.resolve_ms) == (1, 2, 10)
    assert (quarter.opened, quarter.acknowledge_ms, quarter.resolve_ms) == (2, 3, 20)


def test_what_is_still_open_is_no_part_of_a_mean() -> None:
    told = means([ended(1, took_ms=None), ended(2, took_ms=8)], days=30, now_ms=NOW_MS)
    assert (told.opened, told.acknowledge_ms, told.resolve_ms) == (2, None, 8)


def test_weeks_come_oldest_first_and_an_empty_one_is_none() -> None:
    weeks = by_week([ended(1, took_ms=10), ended(15, took_ms=30)], weeks=4, now_ms=NOW_MS)
    assert weeks == [None, 30, None, 10]
