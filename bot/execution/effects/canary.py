"""Do others still get their answers in time while keys are deleted?

A PING every 50 ms on a connection of its own, judged against the latency before.
https://redis.io/docs/latest/operate/oss_and_stack/management/optimization/latency/
"""

import asyncio
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from statistics import median
from typing import Self

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.clock import Clock

BASELINE_PINGS = 5
REMEMBERED_PINGS = 200


@dataclass(frozen=True, kw_only=True)
class Budget:
    """How much slower than before a PING may be: over `slow_ms` slows the work down, over `stop_ms` for
    `stop_after` PINGs in a row ends it."""

    slow_ms: float = 25
    stop_ms: float = 250
    stop_after: int = 3
    every_s: float = 0.05


class Verdict(StrEnum):
    FINE = "fine"
    SLOW = "slow"
    SICK = "sick"


class Canary:
    """Use it as `async with`; entering raises redis-py's errors when the first PINGs fail."""

    def __init__(self, redis: Redis, clock: Clock, budget: Budget) -> None:
        self._redis = redis
        self._clock = clock
        self._budget = budget
        self._latencies_ms: deque[float] = deque(maxlen=REMEMBERED_PINGS)
        self._asked_s: float | None = None
        self._baseline_ms = 0.0
        self._sick_in_a_row = 0
        self._error: Exception | None = None
        self._task: asyncio.Task[None] | None = None
        self._is_over = False

    async def __aenter__(self) -> Self:
        before = [await self._ping() for _ in range(BASELINE_PINGS)]
        self._baseline_ms = median(before)
        self._task = asyncio.create_task(self._go())
        return self

    async def __aexit__(self, *_: object) -> None:
        self._is_over = True  # a client that connects just now may swallow the cancellation
        if self._task:
            self._task.cancel()
            with suppress(asyncio.CancelledError):
                await self._task

    @property
    def p99_ms(self) -> float:
        """Of the last 200 PINGs, some ten seconds."""
        ordered = sorted(self._latencies_ms)
        return ordered[min(len(ordered) - 1, round(0.99 * len(ordered)))] if ordered else 0.0

    def verdict(self) -> Verdict:
        """Raises the error that ended the PINGs, if one did."""
        if self._error:
            raise self._error
        if self._sick_in_a_row >= self._budget.stop_after:
            return Verdict.SICK
        latest = max(self._latencies_ms[-1], self._waiting_ms())
        return Verdict.SLOW if latest > self._baseline_ms + self._budget.slow_ms else Verdict.FINE

    def _waiting_ms(self) -> float:
        """How long the PING under way has been waiting."""
        return 0.0 if self._asked_s is None else (self._clock.monotonic_s() - self._asked_s) * 1000

    async def _go(self) -> None:
        try:
            while not self._is_over:
                await self._clock.sleep(self._budget.every_s)
                self._judge(await self._ping())
        except (RedisError, OSError) as error:
            self._error = error

    async def _ping(self) -> float:
        self._asked_s = self._clock.monotonic_s()
        await self._redis.ping()
        took_ms = self._waiting_ms()
        self._asked_s = None
        self._latencies_ms.append(took_ms)
        return took_ms

    def _judge(self, took_ms: float) -> None:
        is_sick = took_ms > self._baseline_ms + self._budget.stop_ms
        self._sick_in_a_row = self._sick_in_a_row + 1 if is_sick else 0
