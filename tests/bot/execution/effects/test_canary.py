"""Does the canary notice that others wait?"""

import asyncio
import time

import pytest
from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.clock import SystemClock
from bot.execution.effects.canary import BASELINE_PINGS, Budget, Canary, Verdict
from tests.fixtures.redis_server import RedisServer

OFTEN = Budget(slow_ms=100, stop_ms=200, stop_after=2, every_s=0.01)


async def until(canary: Canary, verdict: Verdict, *, within_s: float = 5) -> None:
    give_up_s = time.monotonic() + within_s
    while canary.verdict() is not verdict:
        assert time.monotonic() < give_up_s, f"still {canary.verdict()}"
        await asyncio.sleep(0.005)


async def test_idle_server_is_fine(canary: Redis) -> None:
    async with Canary(canary, SystemClock(), Budget(slow_ms=2_000)) as bird:
        assert bird.verdict() is Verdict.FINE
        assert 0 < bird.p99_ms < 2_000


async def test_waiting_ping_is_slow_before_it_is_answered(server: RedisServer, canary: Redis) -> None:
    async with Canary(canary, SystemClock(), OFTEN) as bird:
        server.freeze()
        await until(bird, Verdict.SLOW)
        server.thaw()
        await until(bird, Verdict.FINE)


async def test_several_late_answers_in_a_row_are_sick(server: RedisServer, canary: Redis) -> None:
    always = Budget(slow_ms=-1_000, stop_ms=-1_000, stop_after=3, every_s=0.01)
    async with Canary(canary, SystemClock(), always) as bird:
        await until(bird, Verdict.SICK)


async def test_one_late_answer_is_not_sick(server: RedisServer, canary: Redis) -> None:
    late_once = Budget(slow_ms=50, stop_ms=100, stop_after=2, every_s=0.01)
    async with Canary(canary, SystemClock(), late_once) as bird:
        server.command("CLIENT", "PAUSE", "300", "ALL")
        await until(bird, Verdict.SLOW)
        await until(bird, Verdict.FINE)
        assert bird.p99_ms > 100


async def test_error_of_the_canary_is_raised_by_its_verdict(server: RedisServer, canary: Redis) -> None:
    async with Canary(canary, SystemClock(), OFTEN) as bird:
        server.kill()
        with pytest.raises(RedisError):
            await until(bird, Verdict.SICK)


async def test_dead_server_is_noticed_on_entering(server: RedisServer, canary: Redis) -> None:
    server.kill()
    with pytest.raises(RedisError):
        async with Canary(canary, SystemClock(), OFTEN):
            pass


async def test_no_ping_is_under_way_after_leaving(canary: Redis) -> None:
    async with Canary(canary, SystemClock(), OFTEN):
        pass
    assert (await canary.info("commandstats"))["cmdstat_ping"]["calls"] <= BASELINE_PINGS + 1
