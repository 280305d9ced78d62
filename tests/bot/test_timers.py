"""Is what is due computed rightly: rhythm, lateness, the next morning?"""

from datetime import UTC, datetime
from zoneinfo import ZoneInfo

import pytest

from bot.timers import following, late_by_ms, minutes, next_morning


def at(text: str, zone: str = "UTC") -> int:
    return int(datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).timestamp() * 1000)


@pytest.mark.parametrize(
    ("now_ms", "next_ms"), [(100, 200), (150, 200), (199, 200), (200, 300), (950, 1000), (50, 200)]
)
def test_what_was_missed_is_skipped_and_the_rhythm_is_kept(now_ms: int, next_ms: int):
    assert following(100, 100, now_ms=now_ms) == next_ms


def test_under_a_minute_nobody_is_told_that_it_is_late():
    assert late_by_ms(0, 59_999) == 0
    assert late_by_ms(0, 60_000) == 60_000
    assert late_by_ms(60_000, 0) == 0


def test_minutes_are_milliseconds():
    assert minutes(0.5) == 30_000


@pytest.mark.parametrize(
    ("now", "zone", "morning"),
    [
        ("2026-01-01T08:59:59", "UTC", "2026-01-01T09:00:00"),
        ("2026-01-01T09:00:00", "UTC", "2026-01-02T09:00:00"),
        ("2026-03-28T12:00:00", "Europe/Berlin", "2026-03-29T09:00:00"),
        ("2026-10-24T12:00:00", "Europe/Berlin", "2026-10-25T09:00:00"),
        ("2026-06-01T23:00:00", "Asia/Kathmandu", "2026-06-02T09:00:00"),
    ],
)
def test_the_next_morning_is_nine_o_clock_there_whatever_the_clocks_do(now: str, zone: str, morning: str):
    assert next_morning(at(now, zone), zone) == at(morning, zone)
    assert datetime.fromtimestamp(next_morning(at(now, zone), zone) / 1000, UTC) > datetime.fromisoformat(
        now
    ).replace(tzinfo=ZoneInfo(zone))
