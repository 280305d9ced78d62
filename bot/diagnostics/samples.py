"""What do two looks at INFO, a second or more apart, say about now?

A counter of INFO counts since the server started; only its growth between two looks is about the incident.
https://redis.io/docs/latest/commands/info/
"""

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from bot.targets.read_only import ReadOnly

Info = Mapping[str, Any]

APART_S = 1.0


@dataclass(frozen=True)
class Samples:
    """Two INFOs of one server, older first, as redis-py reads them."""

    first: Info
    second: Info

    @property
    def window_s(self) -> float:
        """How far apart they are by the server's own clock; what was asked for when it shows none."""
        ends = number(self.second, "server_time_usec"), number(self.first, "server_time_usec")
        if None in ends or (between := (ends[0] or 0) - (ends[1] or 0)) <= 0:
            return APART_S
        return between / 1_000_000

    @property
    def is_one_life(self) -> bool:
        """False when the server restarted in between: no counter can be compared then."""
        return bool(self.first.get("run_id") == self.second.get("run_id"))

    def growth(self, name: str) -> float | None:
        """By how much the counter `name` grew; None when nobody can say (restarted, reset, not there)."""
        before, after = number(self.first, name), number(self.second, name)
        if not self.is_one_life or before is None or after is None or after < before:
            return None
        return after - before

    def errors_growth(self, code: str) -> float | None:
        """How many replies were the error `code`; a server that never gave one does not list it."""
        before, after = errors(self.first, code), errors(self.second, code)
        if not self.is_one_life or after < before:
            return None
        return after - before


async def look(redis: ReadOnly) -> Info:
    """One INFO. Raises what redis-py raises."""
    info: Info = await redis.ask("INFO", "everything")
    return info


async def take(redis: ReadOnly, first: Info | None = None) -> Samples:
    """Two samples of `redis`, a second apart; `first` where it was taken already."""
    first = first or await look(redis)
    await asyncio.sleep(APART_S)  # the server's second: no clock of ours can shorten it
    return Samples(first, await look(redis))


def number(info: Info, name: str) -> float | None:
    """The figure `name`, None when it is missing or is no number."""
    value = info.get(name)
    return float(value) if isinstance(value, int | float) else None


def errors(info: Info, code: str) -> float:
    """How many replies since the start were the error `code`."""
    stat = info.get(f"errorstat_{code}")
    return float(stat.get("count", 0)) if isinstance(stat, Mapping) else 0.0
