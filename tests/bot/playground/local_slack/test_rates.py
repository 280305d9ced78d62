"""Are calls counted as Slack counts them, on the clock that was given?"""

import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack.rates import Rates
from bot.playground.local_slack.refusal import RateLimited


def post(rates: Rates, channel: str = "C1") -> None:
    rates.take("chat.postMessage", channel, calls_a_minute=None)


def test_posts_beyond_the_burst_wait_a_second_each(clock: DrivenClock) -> None:
    rates = Rates(clock, burst=2)
    post(rates)
    post(rates)
    with pytest.raises(RateLimited) as limited:
        post(rates)
    assert limited.value.retry_after_s == 1
    clock.advance(1)
    post(rates)
    with pytest.raises(RateLimited):
        post(rates)


def test_each_channel_has_its_own_pace(clock: DrivenClock) -> None:
    rates = Rates(clock, burst=1)
    post(rates, "C1")
    post(rates, "C2")


def test_whole_workspace_may_post_three_hundred_times_a_minute(clock: DrivenClock) -> None:
    rates = Rates(clock, burst=1)
    for number in range(300):
        post(rates, f"C{number}")
    with pytest.raises(RateLimited):
        post(rates, "C300")


def test_method_is_refused_beyond_its_tier_until_the_minute_is_over(clock: DrivenClock) -> None:
    rates = Rates(clock)
    for _ in range(50):
        rates.take("chat.update", "C1", calls_a_minute=50)
    clock.advance(20)
    with pytest.raises(RateLimited) as limited:
        rates.take("chat.update", "C1", calls_a_minute=50)
    assert limited.value.retry_after_s == 40
    clock.advance(40)
    rates.take("chat.update", "C1", calls_a_minute=50)


def test_nothing_is_refused_when_not_strict(clock: DrivenClock) -> None:
    rates = Rates(clock, strict=False)
    for _ in range(500):
        post(rates)
