"""Which keys does a Redis hold, judged by a sample that costs it a few milliseconds?

One pass of SCAN over some 10,000 keys; MEMORY USAGE keeps its default of 5 nested samples.
https://redis.io/docs/latest/commands/scan/
"""

from collections.abc import Sequence
from dataclasses import dataclass, field
from math import sqrt
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import ResponseError

from bot.clock import Clock

MOST_KEYS = 10_000
MOST_MEASURED = 500
SCAN_COUNT = 1_000
PIPELINE_KEYS = 100
_Z_95 = 1.96

# Classes that the runbook speaks of; which of them a server holds is measured.
WELL_KNOWN = {"rate limits": "ratelimit:", "sessions": "session:", "jobs": "jobs:"}


@dataclass(frozen=True, kw_only=True)
class KeySample:
    """Names of keys, as bytes. They count as secrets, so even a traceback does not show them."""

    keys: tuple[bytes, ...] = field(repr=False)
    database_keys: int
    is_whole: bool

    def of(self, prefix: bytes) -> tuple[bytes, ...]:
        """Those that begin with `prefix`."""
        return tuple(key for key in self.keys if key.startswith(prefix))

    def estimate(self, matched: int) -> tuple[int, int]:
        """How many keys of the whole database `matched` of the sample stand for, and how far that may be
        off either way (95 %)."""
        size, total = len(self.keys), self.database_keys
        if self.is_whole or not size:
            return matched, 0
        share = matched / size
        left_out = max(0.0, 1 - size / max(total, 1))
        # Not zero even where all or none matched: the sample may have missed the exception.
        deviation = sqrt(max(share * (1 - share), 1 / size) / size * left_out)
        return round(share * total), round(_Z_95 * deviation * total)


@dataclass(frozen=True, kw_only=True)
class KeyFacts:
    """Of one sampled key: its type, whether it expires, its size; None where the server does not say."""

    type: str
    has_ttl: bool
    size_bytes: int | None


async def sample_keys(redis: Redis, clock: Clock, *, at_most_s: float = 0.5) -> KeySample:
    """Some 10,000 keys, or as many as SCAN gives in `at_most_s`. Raises redis-py's errors."""
    stop_at_s = clock.monotonic_s() + at_most_s
    keys: set[bytes] = set()
    cursor = 0
    while True:
        cursor, found = await redis.scan(cursor, count=SCAN_COUNT)
        keys.update(as_bytes(key) for key in found)
        if not cursor or len(keys) >= MOST_KEYS or clock.monotonic_s() >= stop_at_s:
            break
    total = len(keys) if not cursor else max(int(await redis.dbsize()), len(keys))
    return KeySample(keys=tuple(keys), database_keys=total, is_whole=not cursor)


async def measure_keys(
    redis: Redis, keys: Sequence[bytes], clock: Clock, *, at_most_s: float = 0.4
) -> tuple[KeyFacts, ...]:
    """TYPE, PTTL and MEMORY USAGE of at most 500 of `keys`, as far as it goes in `at_most_s`."""
    stop_at_s = clock.monotonic_s() + at_most_s
    facts: list[KeyFacts] = []
    measured = _spread(keys)
    for start in range(0, len(measured), PIPELINE_KEYS):
        facts += await _measure(redis, measured[start : start + PIPELINE_KEYS])
        if clock.monotonic_s() >= stop_at_s:
            break
    return tuple(facts)


def as_bytes(key: bytes | str) -> bytes:
    """A key as it is on the server, also from a client that decodes its replies."""
    return key if isinstance(key, bytes) else key.encode("utf-8", "surrogateescape")


def _spread(keys: Sequence[bytes]) -> Sequence[bytes]:
    return keys[:: max(1, len(keys) // MOST_MEASURED)][:MOST_MEASURED]


async def _measure(redis: Redis, keys: Sequence[bytes]) -> list[KeyFacts]:
    async with redis.pipeline(transaction=False) as pipeline:
        for key in keys:
            pipeline.type(key)
            pipeline.pttl(key)
            pipeline.memory_usage(key)
        replies = await pipeline.execute(raise_on_error=False)
    triples = zip(replies[0::3], replies[1::3], replies[2::3], strict=True)
    # A key that ended between SCAN and here has no type: it is not counted.
    return [_facts(*triple) for triple in triples if triple[0] not in (b"none", "none")]


def _facts(type: Any, pttl: Any, size: Any) -> KeyFacts:
    for reply in (type, pttl, size):
        if isinstance(reply, Exception) and not isinstance(reply, ResponseError):
            raise reply
    return KeyFacts(
        type=type.decode() if isinstance(type, bytes) else "unknown",
        has_ttl=isinstance(pttl, int) and pttl >= 0,
        size_bytes=size if isinstance(size, int) else None,
    )
