"""What is a read-only question, and what may it ask with?

Read, then judge: `read` does the I/O, `judge` is pure. The list of questions is in catalog.py.
"""

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import Any

import httpx

from bot.clock import Clock
from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding
from bot.diagnostics.key_sample import KeySample, take_keys
from bot.diagnostics.samples import Info, Samples, look, take
from bot.targets.outcome import Outcome
from bot.targets.probe import Probed
from bot.targets.reach import Located
from bot.targets.read_only import ReadOnly
from bot.targets.target import Target

Measured = dict[str, Any]


class NotSupported(Exception):
    """This server or application does not have what the question needs; the text says what."""


class NotSet(NotSupported):
    """pong.toml does not say what the question needs; the text says what."""


@dataclass
class Subject:
    """What questions are asked about, and with. `probing` is the ping under way, `located` the servers."""

    target: Target
    redis: ReadOnly
    http: httpx.AsyncClient
    clock: Clock
    probing: "asyncio.Future[Probed]"
    located: Located = field(default_factory=Located)
    _looking: "asyncio.Task[Info] | None" = field(default=None)
    _sampling: "asyncio.Task[Samples] | None" = field(default=None)
    _taking_keys: "asyncio.Task[KeySample] | None" = field(default=None)

    async def info(self) -> Info:
        """The first INFO, for what needs no second: the ping's own where it saw one."""
        if info := (await asyncio.shield(self.probing)).info:
            return info
        if self._looking is None:
            self._looking = asyncio.create_task(look(self.redis))
        return await asyncio.shield(self._looking)

    async def samples(self) -> Samples:
        """Two INFOs a second apart, taken once for all who ask."""
        first = await self.info()
        if self._sampling is None:
            self._sampling = asyncio.create_task(take(self.redis, first))
        return await asyncio.shield(self._sampling)

    async def key_sample(self) -> KeySample:
        """A bounded look at the keys, taken once for all who ask."""
        if self._taking_keys is None:
            self._taking_keys = asyncio.create_task(take_keys(self.redis, self.clock))
        return await asyncio.shield(self._taking_keys)

    async def outcome(self) -> Outcome:
        return (await asyncio.shield(self.probing)).outcome

    async def close(self) -> None:
        """End what is still being read."""
        going_on = [task for task in (self._looking, self._sampling, self._taking_keys) if task]
        for task in going_on:
            task.cancel()
        await asyncio.gather(*going_on, return_exceptions=True)


@dataclass(frozen=True, kw_only=True)
class Question:
    """One check. One that does not need Redis is asked even when Redis cannot be reached.

    One whose answer takes a second (a second look at INFO, a sample of the keys) comes `later`.
    One that is `alone` is asked before the others: beside them it would measure how they wait for each other.
    """

    check: str
    read: Callable[[Subject], Awaitable[Measured]]
    judge: Callable[[Measured, ThresholdsTable], list[Finding]]
    needs_redis: bool = True
    later: bool = False
    alone: bool = False
