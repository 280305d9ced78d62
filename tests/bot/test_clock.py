"""Does the driven clock move only when it is told to, and do lengths read well?"""

import asyncio
import time

import pytest

from bot.clock import DrivenClock, SystemClock, clock_time, iso, length

AT_MS = 1_767_229_860_000


async def test_a_driven_clock_stands_still() -> None:
    clock = DrivenClock(AT_MS)
    before = (clock.now_ms(), clock.monotonic_s())
    await asyncio.sleep(0.01)
    assert (clock.now_ms(), clock.monotonic_s()) == before == (AT_MS, 0.0)


async def test_a_sleeper_wakes_when_its_time_has_come_and_not_before() -> None:
    clock = DrivenClock(AT_MS)
    sleeps = asyncio.create_task(clock.sleep(10))
    await asyncio.sleep(0)
    clock.advance(9.999)
    await asyncio.sleep(0)
    assert not sleeps.done()
    clock.advance(0.001)
    await asyncio.wait_for(sleeps, 1)
    assert clock.now_ms() == AT_MS + 10_000
    assert clock.monotonic_s() == 10.0


async def test_sleepers_wake_in_the_order_of_their_times() -> None:
    clock = DrivenClock()
    woken: list[int] = []

    async def sleeper(seconds: int) -> None:
        await clock.sleep(seconds)
        woken.append(seconds)

    tasks = [asyncio.create_task(sleeper(seconds)) for seconds in (3, 1, 2)]
    await asyncio.sleep(0)
    clock.advance(5)
    await asyncio.gather(*tasks)
    assert woken == [1, 2, 3]


async def test_sleeping_for_nothing_is_over_at_once() -> None:
    await asyncio.wait_for(DrivenClock().sleep(0), 1)
    await asyncio.wait_for(DrivenClock().sleep(-1), 1)


async def test_a_sleeper_that_was_cancelled_harms_nobody() -> None:
    clock = DrivenClock()
    leaves = asyncio.create_task(clock.sleep(1))
    stays = asyncio.create_task(clock.sleep(1))
    await asyncio.sleep(0)
    leaves.cancel()
    clock.advance(1)
    await asyncio.wait_for(stays, 1)


async def test_the_system_clock_tells_the_machines_time() -> None:
    clock = SystemClock()
    assert abs(clock.now_ms() - time.time() * 1000) < 5_000
    before_s = clock.monotonic_s()
    await clock.sleep(0.01)
    assert clock.monotonic_s() - before_s >= 0.009


def test_moments_are_shown_in_utc() -> None:
    assert iso(AT_MS) == "2026-01-01T01:11:00Z"
    assert clock_time(AT_MS) == "01:11 UTC"


@pytest.mark.parametrize(
    ("ms", "words"),
    [
        (-5, "0 s"),
        (0, "0 s"),
        (59_999, "59 s"),
        (60_000, "1 min"),
        (3_599_999, "59 min"),
        (3_600_000, "1 h"),
        (7_500_000, "2 h 5 min"),
        (90_000_000, "25 h"),
    ],
)
def test_lengths_are_said_in_words(ms: int, words: str) -> None:
    assert length(ms) == words
