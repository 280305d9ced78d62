"""What is a read-only question, and what may it ask with?

Read, then judge: `read` does the I/O, `judge` is pure. The list of questions is in catalog.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.clock import Clock
from bot.diagnostics.finding import Finding
from bot.diagnostics.samples import Samples, take
from bot.settings import ThresholdsTable
from bot.targets.outcome import Outcome
from bot.targets.read_only import ReadOnly
from bot.targets.target import Target

Measured = dict[str, Any]


class NotSupported(Exception):
    """This server or application does not have what the question needs; the text says what."""


@dataclass
class Subject:
    """What questions are asked about, and with. `probing` ends in the outcome of the ping."""

    target: Target
    redis: ReadOnly
    http: httpx.AsyncClient
    clock: Clock
    probing: "asyncio.Future[Outcome]"
    _sampling: "asyncio.Task[Samples] | None" = field(default=None)

    async def samples(self) -> Samples:
        """Two INFOs, taken once for all who ask."""
        if self._sampling is None:
            self._sampling = asyncio.create_task(take(self.redis))
        return await asyncio.shield(self._sampling)

    async def outcome(self) -> Outcome:
        return await asyncio.shield(self.probing)

    async def close(self) -> None:
        """End what is still being read."""
        if self._sampling:
            self._sampling.cancel()
            await asyncio.gather(self._sampling, return_exceptions=True)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One check. One that does not need Redis is asked even when Redis cannot be reached."""

    check: str
    read: Callable[[Subject], Awaitable[Measured]]
    judge: Callable[[Measured, ThresholdsTable], list[Finding]]
    needs_redis: bool = True
