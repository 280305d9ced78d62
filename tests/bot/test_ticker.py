"""Does what is due fire in order, in spite of what fails, and in spite of a clock that jumps?"""

import asyncio
import logging

from bot import flow
from bot.errors import StoreBusy
from bot.ticker import LEASE_MS, Ticker
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.slack_pong import ended, until
from tests.fixtures.small_pong import SmallPong


async def test_what_is_due_fires_within_a_tick(small: SmallPong):
    await alert(small, alertmanager())
    ticking = asyncio.create_task(Ticker(small.pong, every_s=0.02).run())
    await until(lambda: has_measured(small))
    await ended(ticking)


async def test_one_timer_that_fails_stops_no_other_and_comes_again(small: SmallPong, monkeypatch, caplog):
    caplog.set_level(logging.CRITICAL)
    await alert(small, alertmanager())
    on_timer, failures = flow.on_timer, [RuntimeError("broken")]

    async def failing(pong, due):
        if due.kind == "unacknowledged" and failures:
            raise failures.pop()
        await on_timer(pong, due)

    monkeypatch.setattr(flow, "on_timer", failing)
    await small.ticks(10 * 60, every_s=10 * 60)
    assert len(await small.posted("⏳ UPDATE")) == 1
    assert not await small.posted("nobody has acknowledged for")
    await small.ticks(LEASE_MS / 1000 + 1, every_s=LEASE_MS / 1000 + 1)
    assert len(await small.posted("nobody has acknowledged for")) == 1


async def test_a_busy_store_at_one_tick_does_not_end_the_ticking(small: SmallPong, caplog):
    caplog.set_level(logging.CRITICAL, logger="apscheduler")
    await alert(small, alertmanager())
    write, failures = small.pong.store.write, [StoreBusy("full"), StoreBusy("full")]

    async def busy(work):
        if "Ticker.tick" in work.__qualname__ and failures:
            raise failures.pop()
        return await write(work)

    small.pong.store.write = busy  # type: ignore[method-assign]
    ticking = asyncio.create_task(Ticker(small.pong, every_s=0.02).run())
    await until(lambda: has_measured(small))
    assert not ticking.done()
    await ended(ticking)
    assert not failures


async def test_a_clock_that_jumps_by_two_seconds_is_noticed_once(small: SmallPong):
    ticker = Ticker(small.pong)
    small.clock.advance(3600)
    assert not ticker._clock_jumped()
    small.clock._now_ms -= 3_600_000
    small.clock._start_ms -= 3_600_000  # the monotonic clock does not go back
    assert ticker._clock_jumped()
    assert not ticker._clock_jumped()


async def test_what_a_dead_process_had_claimed_fires_after_the_next_start(small: SmallPong):
    await alert(small, alertmanager())
    now_ms = small.clock.now_ms()
    claimed = await small.pong.store.write(
        lambda records: records.timers.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=5)
    )
    assert claimed
    ticking = asyncio.create_task(Ticker(small.pong, every_s=0.02).run())
    await until(lambda: has_measured(small))
    await ended(ticking)


async def test_of_two_who_claimed_a_timer_one_does_its_work(small: SmallPong):
    await alert(small, alertmanager())
    small.clock.advance(11 * 60)
    now_ms, dues = small.clock.now_ms(), []
    for _ in range(2):
        dues += await small.pong.store.write(
            lambda records: records.timers.claim(now_ms=now_ms, lease_ms=0, most=20)
        )
    for due in dues:
        await flow.on_timer(small.pong, due)
    assert [event.kind for event in small.noted].count("update.missed") == 1


async def has_measured(small: SmallPong) -> bool:
    return (await the_incident(small)).outcome is not None
