"""How are many keys deleted without hurting the server, or any key outside the prefix?

Bytes from SCAN to UNLINK, the prefix checked again, one pipeline in flight, paced by a canary.
https://redis.io/docs/latest/commands/scan/
"""

import re
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.clock import Clock
from bot.errors import BadInput
from bot.execution.effects.canary import Budget, Canary, Verdict
from bot.execution.effects.server_watch import ServerWatch
from bot.remediations.sample import as_bytes
from bot.remediations.trouble import in_words

HALF_DUTY = 0.5
GENTLE_DUTY = 0.25
MOST_SLOWDOWN = 16.0
# However fast the server is: a person has time to press Stop, and replicas keep up (about 0.7 MB a second).
# Writes work again from the first batch on, so nobody waits for the last.
MOST_KEYS_PER_S = 30_000
REPORT_EVERY_S = 1.0
WATCH_EVERY_S = 1.0
FREED_WITHIN_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Which keys to delete: those that begin with `prefix`, going on from `cursor`."""

    prefix: bytes
    cursor: int = 0
    count: int = 250
    gentle: bool = False
    budget: Budget = field(default_factory=Budget)

    @property
    def pattern(self) -> bytes:
        return escape_glob(self.prefix) + b"*"


@dataclass(frozen=True, kw_only=True)
class Progress:
    """How far it has come. A rerun from `cursor` misses no key."""

    deleted: int
    cursor: int
    keys_per_s: float
    canary_p99_ms: float


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """`stopped_because` is a clause for people, None when the whole key space was seen; `cursor` is where
    a rerun goes on; `freed_bytes` is the fall of used_memory, None where the server does not say."""

    deleted: int
    freed_bytes: int | None
    took_ms: int
    stopped_because: str | None
    cursor: int


@dataclass(frozen=True, kw_only=True)
class Listener:
    """Whom the sweep asks and tells: `asked_to_stop` before every batch, `on_progress` once a second."""

    asked_to_stop: Callable[[], Awaitable[bool]]
    on_progress: Callable[[Progress], Awaitable[None]]


def escape_glob(prefix: bytes) -> bytes:
    """`prefix` so that MATCH takes it letter by letter."""
    return re.sub(rb"[*?\[\]\\]", rb"\\\g<0>", prefix)


async def sweep(redis: Redis, canary: Redis, work: Sweep, *, clock: Clock, listener: Listener) -> SweepResult:
    """Delete the keys of `work`; `canary` is another client of the same server.

    An error is why it stopped: redis-py's are not raised. Raises BadInput for an empty prefix.
    """
    if not work.prefix:
        raise BadInput("An empty prefix is every key: nothing was deleted.")
    began_s = clock.monotonic_s()
    watch = ServerWatch(canary)
    run = _Run(redis, work, watch, clock=clock, listener=listener)
    stopped_because = await _until_stopped(run, Canary(canary, clock, work.budget))
    took_ms = round((clock.monotonic_s() - began_s) * 1000)
    return SweepResult(
        deleted=run.deleted,
        freed_bytes=await watch.freed_bytes(clock, at_most_s=FREED_WITHIN_S),
        took_ms=took_ms,
        stopped_because=stopped_because,
        cursor=run.cursor,
    )


async def _until_stopped(run: "_Run", canary: Canary) -> str | None:
    try:
        if trouble := await run.watch.begin():
            return trouble
        async with canary:
            return await run.go(canary)
    except (RedisError, OSError) as error:
        return in_words(error)


class _Run:
    """One sweep while it goes on. `cursor` is the one whose keys are not yet deleted."""

    def __init__(
        self, redis: Redis, work: Sweep, watch: ServerWatch, *, clock: Clock, listener: Listener
    ) -> None:
        self.watch = watch
        self.deleted = 0
        self.cursor = work.cursor
        self._redis = redis
        self._work = work
        self._clock = clock
        self._listener = listener
        self._slowdown = 1.0
        self._watched_s = self._said_s = clock.monotonic_s()
        self._said_deleted = 0

    async def go(self, canary: Canary) -> str | None:
        """Until every key was seen (None) or something says stop (a clause)."""
        keys: Sequence[bytes] = ()
        following: int | None = self._work.cursor
        while keys or following is not None:
            if reason := await self._reason_to_stop(canary):
                return reason
            began_s, number = self._clock.monotonic_s(), len(keys)
            keys, following = await self._turn(keys, following)
            await self._rest(self._clock.monotonic_s() - began_s, keys=number)
            await self._say(canary)
        return None

    async def _turn(self, keys: Sequence[bytes], following: int | None) -> tuple[Sequence[bytes], int | None]:
        """Delete `keys` and read the next batch in one round trip; that batch, and the cursor after it."""
        async with self._redis.pipeline(transaction=False) as pipeline:
            if keys:
                pipeline.unlink(*keys)
            if following is not None:
                pipeline.scan(following, match=self._work.pattern, count=self._work.count)
            # An error raised by the pipeline itself would quote the keys.
            replies = await pipeline.execute(raise_on_error=False)
        _raise_first(replies)
        if keys:
            self.deleted += int(replies[0])
        self.cursor = following or 0
        if following is None:
            return (), None
        cursor, found = replies[-1]
        return self._inside(found), int(cursor) or None

    def _inside(self, found: Sequence[bytes | str]) -> tuple[bytes, ...]:
        """Only what begins with the prefix, whatever MATCH made of the pattern."""
        return tuple(key for key in map(as_bytes, found) if key.startswith(self._work.prefix))

    async def _reason_to_stop(self, canary: Canary) -> str | None:
        if await self._listener.asked_to_stop():
            return "a person stopped it"
        verdict = canary.verdict()
        if verdict is Verdict.SICK:
            return "others waited too long for their answers"
        is_slow = verdict is Verdict.SLOW
        self._slowdown = min(MOST_SLOWDOWN, self._slowdown * 2) if is_slow else max(1.0, self._slowdown / 2)
        now_s = self._clock.monotonic_s()
        if now_s - self._watched_s < WATCH_EVERY_S:
            return None
        self._watched_s = now_s
        return await self.watch.trouble()

    async def _rest(self, worked_s: float, *, keys: int) -> None:
        duty = GENTLE_DUTY if self._work.gentle else HALF_DUTY
        for_others_s = worked_s * (1 / duty - 1) * self._slowdown
        await self._clock.sleep(max(for_others_s, keys / MOST_KEYS_PER_S - worked_s))

    async def _say(self, canary: Canary) -> None:
        now_s = self._clock.monotonic_s()
        passed_s = now_s - self._said_s
        if passed_s < REPORT_EVERY_S:
            return
        rate = (self.deleted - self._said_deleted) / passed_s
        self._said_s, self._said_deleted = now_s, self.deleted
        await self._listener.on_progress(
            Progress(
                deleted=self.deleted,
                cursor=self.cursor,
                keys_per_s=rate,
                canary_p99_ms=canary.p99_ms,
            )
        )


def _raise_first(replies: Sequence[Any]) -> None:
    for reply in replies:
        if isinstance(reply, Exception):
            raise reply
