"""Do figures read as people say them?"""

import pytest

from bot.diagnostics.units import count, in_bytes, in_minutes, percent, seconds


@pytest.mark.parametrize(
    ("number", "words"),
    [(0, "0 bytes"), (2048, "2 KB"), (268_435_456, "256 MB"), (1_600_000, "1.5 MB"), (2**31, "2 GB")],
)
def test_bytes_are_counted_as_redis_does(number: int, words: str) -> None:
    assert in_bytes(number) == words


@pytest.mark.parametrize(
    ("share", "words"),
    [(0, "0 %"), (0.004, "under 1 %"), (0.97, "97 %"), (0.999, "99 %"), (1, "100 %"), (1.02, "102 %")],
)
def test_percent_never_rounds_to_all_or_nothing(share: float, words: str) -> None:
    assert percent(share) == words


def test_one_is_not_many() -> None:
    assert (count(1, "key", "keys"), count(1204, "key", "keys")) == ("1 key", "1,204 keys")
    assert (in_minutes(1), in_minutes(2.5)) == ("1 minute", "2.5 minutes")


def test_seconds_are_round() -> None:
    assert (seconds(1.004), seconds(10.2), seconds(0.25)) == ("1 s", "10 s", "0.2 s")
    assert (seconds(179), seconds(712), seconds(86_400)) == ("179 s", "12 min", "24 h")
