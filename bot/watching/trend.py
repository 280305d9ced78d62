"""How does a target do while an incident is open on it?

A small look every 15 s: one INFO on a connection of its own, within a second; a server that cannot be reached
is left alone for a minute. https://redis.io/docs/latest/commands/info/
"""

import asyncio
import logging
from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import Any

from redis.exceptions import RedisError

from bot.clock import Clock
from bot.errors import PongError, StoreBusy
from bot.pong import Pong
from bot.targets.endpoint import Endpoint, Server
from bot.targets.outcomes import NotRedis
from bot.targets.reach import locate
from bot.targets.read_only import ReadOnly, reading
from bot.watching.sample import Sample, sample_of

log = logging.getLogger(__name__)

LOOKS_WITHIN_S = 1.0
AGAIN_WHEN_DOWN_S = 60.0


class Trend:
    """Looks at the targets of open incidents until it is cancelled."""

    def __init__(self, pong: Pong) -> None:
        self._pong = pong
        self._not_before_s: dict[str, float] = {}

    async def run(self) -> None:
        every_s = self._pong.settings.trend.every_s
        while every_s:
            await self._pong.clock.sleep(every_s)
            try:
                await self.look()
            except StoreBusy as error:
                log.warning("%s", error)
            except Exception:  # the next look may do better, and nothing else waits for this one
                log.exception("a look failed")

    async def look(self) -> None:
        """One sample for each open incident whose target is known."""
        incidents = await self._pong.store.read(lambda records: records.incidents.all_open())
        names = sorted({incident.target for incident in incidents if incident.target})
        taken = dict(zip(names, await asyncio.gather(*map(self._sample, names)), strict=True))
        kept = [(one.id, sample) for one in incidents if one.target and (sample := taken[one.target])]
        if kept:
            await self._pong.store.write(lambda records: records.samples.keep(kept))

    async def _sample(self, name: str) -> Sample | None:
        """None while it is not this target's turn, or nobody knows the target."""
        now_s = self._pong.clock.monotonic_s()
        if now_s < self._not_before_s.get(name, 0.0):
            return None
        try:
            address = self._pong.targets.get(name).address
        except PongError:
            return None
        sample = await taken(address, self._pong)
        if sample.is_gap:
            self._not_before_s[name] = now_s + AGAIN_WHEN_DOWN_S
        return sample


async def taken(endpoint: Endpoint, pong: Pong, *, pings: bool = False) -> Sample:
    """A look at `endpoint` now, with a PING if it is wanted. Raises nothing: what cannot be reached is a
    gap, and so is a sum of which a part is missing."""
    located = await locate(endpoint, pong.clock)
    at_ms = pong.clock.now_ms()
    looks = await asyncio.gather(*(_look_at(node, pong.clock, pings) for node in located.nodes))
    known = [look for look in looks if look and look.info]
    if not known or len(known) < len(looks) or not located.is_whole:
        return Sample(at_ms=at_ms)
    sample = sample_of([look.info for look in known], at_ms=at_ms)
    return replace(
        sample, ping_ms=max((look.ping_ms for look in known if look.ping_ms is not None), default=None)
    )


@dataclass(frozen=True)
class _Look:
    info: Mapping[str, Any]
    ping_ms: float | None


async def _look_at(node: Server, clock: Clock, pings: bool) -> _Look | None:
    try:
        async with asyncio.timeout(LOOKS_WITHIN_S), reading(node, budget_s=LOOKS_WITHIN_S) as redis:
            # Not "everything": that has percentiles reckoned for each command, at twice the price.
            reply = await redis.ask("INFO")
            ping_ms = await _ping_ms(redis, clock) if pings else None
    except (RedisError, NotRedis, OSError, TimeoutError):
        return None
    return _Look(reply, ping_ms) if isinstance(reply, dict) else None


async def _ping_ms(redis: ReadOnly, clock: Clock) -> float:
    """On a connection that stands: how long one answer takes."""
    began_s = clock.monotonic_s()
    await redis.ask("PING")
    return 1000 * (clock.monotonic_s() - began_s)
