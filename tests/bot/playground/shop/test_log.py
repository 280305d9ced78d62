from bot.clock import DrivenClock
from bot.playground.shop.log import ShopLog


def test_a_line_that_repeats_within_a_minute_is_written_once() -> None:
    clock = DrivenClock()
    log = ShopLog(clock)
    for _ in range(90):
        log.write("error", "Redis connection refused")
        clock.advance(1)
    assert [entry["line"] for entry in log.last(10)] == ["Redis connection refused"] * 2


def test_the_last_lines_are_kept_oldest_first() -> None:
    log = ShopLog(DrivenClock())
    for number in range(300):
        log.write("info", f"line {number}")
    assert [entry["line"] for entry in log.last(2)] == ["line 298", "line 299"]
    assert len(log.last(1_000)) == 200
