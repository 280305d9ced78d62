"""Is the hit rate judged on enough look-ups, and is it said over what?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.hit_rate import judge, read
from tests.fixtures.recorded import FLAVOURS, RecordedSubject, recorded

NONE = {"hits": 0.0, "misses": 0.0, "hits_ever": 0.0, "misses_ever": 0.0, "window_s": 10.0}


def test_a_low_rate_over_the_window_is_a_notice() -> None:
    (finding,) = judge(NONE | {"hits": 41.0, "misses": 59.0}, ThresholdsTable())
    assert finding.severity is Severity.NOTICE
    assert (finding.title, finding.threshold) == ("Hit rate 41 % over the last 10 s", "under 70 %")


def test_a_good_rate_is_fine() -> None:
    (finding,) = judge(NONE | {"hits": 85.0, "misses": 15.0}, ThresholdsTable())
    assert finding.severity is Severity.OK


def test_too_few_look_ups_fall_back_to_the_lifetime_and_say_so() -> None:
    few = NONE | {"hits": 1.0, "hits_ever": 900.0, "misses_ever": 100.0}
    assert judge(few, ThresholdsTable())[0].title == "Hit rate 90 % over the server's lifetime"


def test_void_deltas_fall_back_too() -> None:
    void = NONE | {"hits": None, "misses": None, "hits_ever": 900.0, "misses_ever": 100.0}
    assert "lifetime" in judge(void, ThresholdsTable())[0].title


def test_without_look_ups_nothing_is_judged() -> None:
    assert judge(NONE, ThresholdsTable())[0].severity is Severity.UNKNOWN


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_the_recorded_look_ups_are_over_the_window(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-evicting"))), ThresholdsTable())
    assert "over the last 1 s" in finding.title
