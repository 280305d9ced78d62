"""Is what is due done once, whoever else has claimed it and whatever fails beside it?"""

import pytest

from bot import flow, timers
from bot.store.records import Records
from bot.store.timers import Due
from bot.ticker import Ticker
from tests.bot.test_intake import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.small_pong import SmallPong


def kinds(small: SmallPong, kind: str) -> list[int]:
    """The incidents of all events of this kind, oldest first."""
    return [event.incident_id for event in small.noted if event.kind == kind]


async def claim(small: SmallPong) -> list[Due]:
    now_ms = small.clock.now_ms()
    return await small.pong.store.write(lambda r: r.timers.claim(now_ms=now_ms, lease_ms=0, most=20))


async def test_of_two_who_claimed_a_timer_one_does_its_work(small: SmallPong) -> None:
    await alert(small, alertmanager())
    small.clock.advance(11 * 60)
    for due in [*await claim(small), *await claim(small)]:
        await flow.on_timer(small.pong, due)
    assert kinds(small, "update.missed") == [1]
    assert kinds(small, "escalated") == [1]


async def test_nothing_is_done_before_its_time(small: SmallPong) -> None:
    await alert(small, alertmanager())
    ticker = Ticker(small.pong)
    await ticker.tick()
    small.clock.advance(9 * 60)
    await ticker.tick()
    assert kinds(small, "update.missed") == []


async def test_a_timer_that_fails_stops_no_other_and_comes_again(
    small: SmallPong, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def fails(*_: object) -> None:
        raise RuntimeError("this one is broken")

    await alert(small, alertmanager())
    monkeypatch.setitem(flow.HANDLERS, timers.UNACKNOWLEDGED, fails)
    small.clock.advance(11 * 60)
    ticker = Ticker(small.pong)
    await ticker.tick()
    assert kinds(small, "update.missed") == [1]
    monkeypatch.undo()
    small.clock.advance(2 * 60)
    await ticker.tick()
    assert kinds(small, "escalated") == [1]


async def test_what_the_last_process_had_claimed_is_done_after_a_start(small: SmallPong) -> None:
    await alert(small, alertmanager())
    small.clock.advance(11 * 60)
    now_ms = small.clock.now_ms()

    async def claim_and_die(records: Records) -> None:
        await records.timers.claim(now_ms=now_ms, lease_ms=3_600_000, most=20)

    await small.pong.store.write(claim_and_die)
    ticker = Ticker(small.pong)
    await ticker.tick()
    assert kinds(small, "update.missed") == []
    await small.pong.store.write(lambda records: records.timers.release_all())
    await ticker.tick()
    assert kinds(small, "update.missed") == [1]
