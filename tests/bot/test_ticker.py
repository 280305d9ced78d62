"""Does what is due fire in order, in spite of what fails or hangs, and in spite of a clock that jumps?"""

import asyncio
import logging
from dataclasses import replace

import httpx
import pytest

from bot import flow
from bot.errors import StoreBusy
from bot.pong import Pong
from bot.providers import alertmanager as at_alertmanager
from bot.providers import pagerduty as at_pagerduty
from bot.store.timers import Due
from bot.ticker import LEASE_MS, Ticker
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager, pagerduty
from tests.fixtures.asking import asked
from tests.fixtures.pagerduty import FROM, TOKEN
from tests.fixtures.slack_pong import ended, until
from tests.fixtures.small_pong import SmallPong, asks, small_pong


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
        if "Ticker.begin" in work.__qualname__ and failures:
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


# -- what hangs ----------------------------------------------------------------------------------------------


class Hanging:
    """A service that takes a request and never answers; `held` counts who waits for it."""

    def __init__(self) -> None:
        self.held = 0

    async def answer(self, request: httpx.Request) -> httpx.Response:
        self.held += 1
        try:
            await asyncio.Event().wait()
        finally:
            self.held -= 1
        raise AssertionError


OF_SERVICES = {
    "secrets": {
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PAGERDUTY_API_TOKEN": TOKEN,
        "PAGERDUTY_FROM": FROM,
    },
    "alertmanager_url": "http://am-1.test:9093",
    "alerts": {"rules": [{"source": "pagerduty", "name": "*Redis*", "target": "redis-prod"}]},
    "targets": {name: {"labels": {"target": name}} for name in ("redis-prod", "redis-jobs")},
}


@pytest.mark.parametrize("verb", [("ack",), ("silence", "1h")], ids=["PagerDuty", "Alertmanager"])
async def test_a_service_that_hangs_delays_nobodys_promises(tmp_path, monkeypatch, verb) -> None:
    for module, name in ((at_pagerduty, "WRITTEN_WITHIN_S"), (at_alertmanager, "ANSWERS_WITHIN_S")):
        monkeypatch.setattr(module, name, 100)  # longer than this test
    hanging = Hanging()
    async with (
        small_pong(tmp_path, tables=OF_SERVICES) as small,
        httpx.AsyncClient(transport=httpx.MockTransport(hanging.answer)) as http,
    ):
        small = replace(small, pong=replace(small.pong, http=http))
        await alert(small, alertmanager())
        await alert(small, pagerduty(), "pagerduty")
        await alert(small, alertmanager(labels={"target": "redis-jobs"}))
        name, *words = verb
        await asked(small, asks(name, words=("#1", *words)))
        ticking = asyncio.create_task(Ticker(small.pong, every_s=0.02).run())
        await until(lambda: hanging.held > 0)
        small.clock.advance(10 * 60)
        await until(lambda: has_posted(small, "⏳ UPDATE", 2))
        assert hanging.held > 0
        await ended(ticking)
        assert hanging.held == 0


async def test_what_is_done_elsewhere_for_one_incident_is_done_in_order(open_one, monkeypatch) -> None:
    begun, goes_on = [], asyncio.Event()

    async def slow(pong: Pong, due: Due) -> None:
        begun.append(due.slot)
        await goes_on.wait()
        await pong.store.write(lambda records: records.timers.fire(due))

    monkeypatch.setattr(flow, "on_timer", slow)
    ticker = Ticker(open_one.pong)
    for slot in (901, 902):
        await open_one.pong.store.write(
            lambda records, slot=slot: records.timers.schedule(1, "errand", slot, due_ms=0)
        )
        tasks = await ticker.begin()
        await until(lambda: 901 in begun)
    assert 902 not in begun
    goes_on.set()
    await asyncio.gather(*tasks)
    assert begun[-1] == 902


async def test_what_waited_longer_than_its_lease_is_left_to_whoever_claims_it_next(open_one, monkeypatch):
    begun, goes_on = [], asyncio.Event()

    async def slow(pong: Pong, due: Due) -> None:
        begun.append(due.slot)
        await goes_on.wait()
        await pong.store.write(lambda records: records.timers.fire(due))

    monkeypatch.setattr(flow, "on_timer", slow)
    for slot in (901, 902):
        await open_one.pong.store.write(
            lambda records, slot=slot: records.timers.schedule(1, "errand", slot, due_ms=0)
        )
    ticker = Ticker(open_one.pong)
    tasks = await ticker.begin()
    await until(lambda: 901 in begun)
    open_one.clock.advance(LEASE_MS / 1000 + 1)
    goes_on.set()
    await asyncio.gather(*tasks)
    assert 902 not in begun
    await ticker.tick()
    assert begun.count(902) == 1


async def has_posted(small: SmallPong, part: str, times: int) -> bool:
    return len(await small.posted(part)) == times


async def has_measured(small: SmallPong) -> bool:
    return (await the_incident(small)).outcome is not None
