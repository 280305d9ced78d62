"""Where do an application's log lines come from? The contract of every source.

Lines are read to be counted and dated, and go no further: what stands in them is people's data.
"""

import asyncio
import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Protocol

import httpx

TAIL_MOST_BYTES = 2 * 1024 * 1024
LINE_MOST_BYTES = 10_000
DATED_WITHIN = 80  # bytes of a line in which its time stands
_TIME = re.compile(rb"(\d{4}-\d\d-\d\d)[T ](\d\d:\d\d:\d\d)(?:[.,]\d+)?\s?(Z|[+-]\d\d:?\d\d)?")
# As the usual clients write it: "Redis connected", "redis client is ready".
_CONNECTED = re.compile(rb"redis\b.{0,60}?(?<!not )\b(?:connected|ready)\b", re.IGNORECASE)


@dataclass(frozen=True)
class Tail:
    """The last lines, oldest first, each cut to 10 kB; or why there are none, in words."""

    lines: tuple[bytes, ...] = ()
    fault: str = ""


class LogSource(Protocol):
    """One place where an application's log stands."""

    async def tail(self, http: httpx.AsyncClient) -> Tail:
        """At most the last 2 MiB, within 2 s. Raises nothing."""


def lines_of(raw: bytes, *, is_cut: bool) -> tuple[bytes, ...]:
    """`raw` as lines; the first of one that is cut off in front is left out."""
    lines: Sequence[bytes] = raw.splitlines()
    return tuple(line[:LINE_MOST_BYTES] for line in lines[1 if is_cut else 0 :] if line.strip())


def time_of(line: bytes) -> int | None:
    """When a line was written, ms since 1970, by the time near its beginning; UTC where it names no zone."""
    found = _TIME.search(line[:DATED_WITHIN])
    if found is None:
        return None
    zone = (found[3] or b"Z").decode().replace("Z", "+00:00")
    try:
        at = datetime.fromisoformat(f"{found[1].decode()}T{found[2].decode()}{zone}")
    except ValueError:
        return None
    return round(at.astimezone(UTC).timestamp() * 1000)


async def times_connected(
    sources: Sequence[LogSource], http: httpx.AsyncClient, *, since_ms: int
) -> int | None:
    """How many lines since `since_ms` say that Redis is connected or ready; None where none is dated."""
    tails = await asyncio.gather(*(source.tail(http) for source in sources))
    dated = [(time_of(line), line) for tail in tails for line in tail.lines]
    if not any(at_ms is not None for at_ms, _ in dated):
        return None
    # Most logs tell whole seconds.
    since_s = since_ms // 1000
    return sum(
        at_ms is not None and at_ms // 1000 >= since_s and says_connected(line) for at_ms, line in dated
    )


def says_connected(line: bytes) -> bool:
    return _CONNECTED.search(line) is not None
