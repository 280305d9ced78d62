"""Are figures, gaps and restarts drawn and told as they were?"""

import struct
from dataclasses import replace

import pytest

from bot.charts.trend import Mark, alternative, draw, panels, with_absences
from bot.watching.sample import Sample

START_MS = 1_767_229_800_000  # 2026-01-01T01:10:00Z


def samples(*facts: dict[str, object]) -> list[Sample]:
    begin = {"run_id": "a", "used_bytes": 2**20, "limit_bytes": 4 * 2**20, "ops_per_s": 5.0, "clients": 3}
    made = []
    for number, one in enumerate(facts):
        at_ms = START_MS + 15_000 * number
        made.append(Sample(at_ms=at_ms, **(begin | one if one != GAP else {})))  # type: ignore[arg-type]
    return made


GAP: dict[str, object] = {"run_id": ""}


def values(title: str, *facts: dict[str, object]) -> list[float | None]:
    return list(next(panel for panel in panels(samples(*facts)) if panel.title == title).values)


def test_counters_become_rates_within_one_life() -> None:
    grown = values(
        "Evicted keys a second",
        {"evicted": 10},
        {"evicted": 40},
        {"evicted": 5},
        {"evicted": 5, "run_id": "b"},
    )
    assert grown == [None, 2.0, None, None]


def test_a_gap_is_a_gap_in_every_panel() -> None:
    for panel in panels(samples({}, GAP, {})):
        assert panel.values[1] is None


def test_the_hit_rate_is_of_the_look_ups_between_two_samples() -> None:
    rates = values(
        "Hit rate", {"hits": 100, "misses": 100}, {"hits": 190, "misses": 110}, {"hits": 190, "misses": 110}
    )
    assert rates == [None, pytest.approx(0.9), None]


def test_the_alternative_text_tells_first_most_and_last() -> None:
    seen = samples({}, {"used_bytes": 3 * 2**20}, GAP, {"used_bytes": 2 * 2**20})
    said = alternative("redis-prod", seen, panels(seen), "Europe/Berlin")
    assert said.startswith(
        "redis-prod from 02:10 to 02:10. Memory: 1 MB at first, 3 MB at most, 2 MB at last."
    )
    assert "Hit rate: not known." in said
    assert said.endswith("It could not be reached at 1 of 4 looks.")


def test_no_line_crosses_a_time_in_which_nobody_looked() -> None:
    early, late = samples({}, {}, {}), samples({"evicted": 900}, {"evicted": 900})
    seen = [*early, *(replace(one, at_ms=one.at_ms + 20 * 60_000) for one in late)]
    assert [one.is_gap for one in with_absences(seen)] == [False, False, False, True, False, False]
    evicted = next(one for one in panels(with_absences(seen)) if one.title == "Evicted keys a second")
    assert list(evicted.values) == [None, 0.0, 0.0, None, None, 0.0]
    assert "Nobody looked between 01:10 and 01:30." in alternative("r", seen, panels(seen), "UTC")
    assert "could not be reached" not in alternative("r", seen, panels(seen), "UTC")


def test_a_slow_rhythm_is_no_absence() -> None:
    seen = [replace(one, at_ms=START_MS + 300_000 * number) for number, one in enumerate(samples({}, {}, {}))]
    assert with_absences(seen) == seen
    assert with_absences([]) == []


def test_a_picture_comes_out_whatever_the_samples() -> None:
    marks = [Mark(START_MS + 20_000, "alert", is_alert=True), Mark(START_MS - 1, "long before")]
    for seen in (
        samples({}, {}, {}, {}),
        samples(GAP, GAP, GAP, GAP),
        samples({"limit_bytes": 0}, GAP, {}, {}),
    ):
        chart = draw("redis-prod", seen, marks, "UTC")
        assert chart.png.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", chart.png[16:24])
        assert (width, height) == (840, 1200)
        assert chart.alt
