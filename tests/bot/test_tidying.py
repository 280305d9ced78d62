"""Is what is old emptied by itself, and only as the settings say?"""

import asyncio
from dataclasses import replace
from pathlib import Path

import pytest

from bot.clock import DrivenClock
from bot.tidying import AT_ONCE, DAY_MS, EVERY_S, REST_S, Tidying
from tests.bot.store.test_old import full, taken_in
from tests.fixtures.small_pong import SmallPong, small_pong


async def take_in(small: SmallPong, name: str) -> None:
    at_ms = small.clock.now_ms()
    await small.pong.store.write(lambda records: taken_in(records, name, at_ms=at_ms))


async def test_what_is_older_than_the_setting_is_emptied(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables={"store": {"keep_days": 7}}) as small:
        await take_in(small, "old")
        small.clock.advance(DAY_MS / 1000)
        await take_in(small, "newer")
        small.clock.advance(6 * DAY_MS / 1000 + 1)
        assert await Tidying(small.pong).tidy() == 1
        assert await full(small.pong.store) == ["newer"]


class Hurrying(DrivenClock):
    """Time passes at once for who sleeps, `most` times; then whoever sleeps is cancelled."""

    def __init__(self, start_ms: int, *, most: int) -> None:
        super().__init__(start_ms)
        self._most = most
        self.slept: list[float] = []

    async def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        if len(self.slept) > self._most:
            raise asyncio.CancelledError
        self.advance(seconds)


async def test_it_rests_between_portions_and_looks_again_in_an_hour(tmp_path: Path) -> None:
    async with small_pong(tmp_path) as small:
        for number in range(AT_ONCE + 1):
            await take_in(small, str(number))
        clock = Hurrying(small.clock.now_ms() + 91 * DAY_MS, most=3)
        with pytest.raises(asyncio.CancelledError):
            await Tidying(replace(small.pong, clock=clock)).run()
        assert await full(small.pong.store) == []
    assert clock.slept == [EVERY_S, REST_S, REST_S, EVERY_S]


async def test_a_store_that_takes_nothing_is_tried_again_in_an_hour(tmp_path: Path) -> None:
    async with small_pong(tmp_path) as small:
        await small.pong.store.close()
        clock = Hurrying(small.clock.now_ms(), most=2)
        with pytest.raises(asyncio.CancelledError):
            await Tidying(replace(small.pong, clock=clock)).run()
    assert clock.slept == [EVERY_S] * 3


async def test_a_setting_of_0_keeps_everything(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables={"store": {"keep_days": 0}}) as small:
        async with asyncio.timeout(5):
            await Tidying(small.pong).run()
