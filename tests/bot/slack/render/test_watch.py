"""Do the figures of a watch read right, restarts and gaps too?"""

from dataclasses import replace

from bot.slack.render.watch import watch_message
from bot.watching.sample import Sample

NOW = Sample(
    at_ms=15_000, run_id="a", used_bytes=97, limit_bytes=100, ops_per_s=1240, clients=203,
    hits=90, misses=10, evicted=30, refused=4,
)  # fmt: skip
BEFORE = Sample(at_ms=0, run_id="a")


def text(*samples: Sample, **how: object) -> str:
    return watch_message("redis-prod", samples, until_ms=300_000, ref="1", **how).text  # type: ignore[arg-type]


def test_two_looks_give_rates() -> None:
    said = text(BEFORE, NOW)
    for figure in ("Memory 97 % of 100 bytes", "Commands 1,240 a second", "Clients 203", "Hit rate 90 %"):
        assert figure in said
    assert "Evicted keys 2 a second" in said
    assert "Refused writes 4 in 15 s" in said


def test_how_long_an_answer_takes_is_said_where_it_was_measured() -> None:
    assert "PING" not in text(NOW)
    assert "Answers a PING in 12 ms." in text(replace(NOW, ping_ms=12.3))
    assert "Answers a PING in under 1 ms." in text(replace(NOW, ping_ms=0.2))


def test_one_look_gives_no_rate() -> None:
    assert "Hit rate" not in text(NOW)


def test_a_restart_is_said_and_no_rate_made_of_it() -> None:
    said = text(Sample(at_ms=0, run_id="b", hits=1_000), NOW)
    assert "It restarted, or was away, since the look before" in said
    assert "Hit rate" not in said


def test_counters_that_were_reset_give_no_rate() -> None:
    said = text(Sample(at_ms=0, run_id="a", hits=500, evicted=900), NOW)
    assert "Its counters were reset since the look before" in said
    assert "Hit rate" not in said


def test_a_gap_is_said_alone() -> None:
    assert text(BEFORE, Sample(at_ms=15_000)) == "👁 redis-prod: 🔴 It cannot be reached."
