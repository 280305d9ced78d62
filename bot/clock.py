"""What time is it? The only place that asks the machine."""

import asyncio
import time
from datetime import UTC, datetime
from typing import Protocol


class Clock(Protocol):
    """Times are whole milliseconds since 1970 in UTC; `monotonic_s` only measures lengths."""

    def now_ms(self) -> int: ...
    def monotonic_s(self) -> float: ...
    async def sleep(self, seconds: float) -> None: ...


class SystemClock:
    """The machine's own clock."""

    def now_ms(self) -> int:
        return time.time_ns() // 1_000_000

    def monotonic_s(self) -> float:
        return time.monotonic()

    async def sleep(self, seconds: float) -> None:
        await asyncio.sleep(seconds)


class DrivenClock:
    """A clock that moves only when it is told to; who sleeps on it wakes when its time has come."""

    def __init__(self, start_ms: int = 1_767_229_860_000) -> None:
        self._now_ms = start_ms
        self._start_ms = start_ms
        self._sleepers: list[tuple[int, asyncio.Future[None]]] = []

    def now_ms(self) -> int:
        return self._now_ms

    def monotonic_s(self) -> float:
        return (self._now_ms - self._start_ms) / 1000

    async def sleep(self, seconds: float) -> None:
        wakes: asyncio.Future[None] = asyncio.get_running_loop().create_future()
        self._sleepers.append((self._now_ms + round(seconds * 1000), wakes))
        self._wake()
        await wakes

    def advance(self, seconds: float) -> None:
        """Move on by `seconds` and wake whoever was waiting for that."""
        self._now_ms += round(seconds * 1000)
        self._wake()

    def _wake(self) -> None:
        due = [sleeper for sleeper in self._sleepers if sleeper[0] <= self._now_ms]
        self._sleepers = [sleeper for sleeper in self._sleepers if sleeper[0] > self._now_ms]
        for _, wakes in sorted(due, key=lambda sleeper: sleeper[0]):
            if not wakes.done():
                wakes.set_result(None)


def iso(at_ms: int) -> str:
    """`at_ms` as 2026-01-01T02:11:00Z."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def clock_time(at_ms: int) -> str:
    """`at_ms` as 02:11 UTC, for places that cannot show the reader's own zone."""
    return datetime.fromtimestamp(at_ms / 1000, UTC).strftime("%H:%M UTC")


def length(ms: int) -> str:
    """A length of time in words: `40 s`, `22 min`, `2 h 5 min`."""
    seconds = max(0, ms) // 1000
    if seconds < 60:
        return f"{seconds} s"
    minutes = seconds // 60
    if minutes < 60:
        return f"{minutes} min"
    return f"{minutes // 60} h {minutes % 60} min" if minutes % 60 else f"{minutes // 60} h"
