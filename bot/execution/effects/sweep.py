"""How are many keys deleted without hurting the server, or any key outside the prefix?

Bytes from SCAN to UNLINK, the prefix checked again, one pipeline in flight, paced by a canary.
https://redis.io/docs/latest/commands/scan/
"""

import re
from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.clock import Clock
from bot.errors import BadInput
from bot.execution.effects.batch import Wanted, batches
from bot.execution.effects.canary import Budget, Canary, Verdict
from bot.execution.effects.effect import STOPPED
from bot.execution.effects.server_watch import ServerWatch
from bot.remediations.trouble import in_words

# Without `gentle` it does not rest: between two batches the server answers everybody who waits.
GENTLE_DUTY = 0.25
GENTLE_COUNT = 100
# A sleep is a millisecond longer than it was asked to be: many short ones would be most of the time.
LEAST_REST_S = 0.002
MOST_SLOWDOWN = 16.0
# Where there are replicas, so that they keep up: about 0.7 MB of replication stream a second, and the usual
# backlog holds 1 MB. Writes work again from the first batch on, so nobody waits for the last.
MOST_KEYS_PER_S = 30_000
REPORT_EVERY_S = 1.0
WATCH_EVERY_S = 1.0
FREED_WITHIN_S = 2.0


@dataclass(frozen=True, kw_only=True)
class Sweep:
    """Which keys to delete: those that begin with `prefix`, going on from `cursor` in the process `run_id`:
    in another one a cursor means nothing."""

    prefix: bytes
    cursor: int = 0
    count: int = 500
    gentle: bool = False
    run_id: str | None = None
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
    run_id: str | None = None


@dataclass(frozen=True, kw_only=True)
class SweepResult:
    """`stopped_because` is a clause for people, None when the whole key space was seen; `cursor` is where
    a rerun goes on; `freed_bytes` is the fall of used_memory, None where the server does not say;
    `canary_p99_ms` is how long others waited."""

    deleted: int
    freed_bytes: int | None
    took_ms: int
    stopped_because: str | None
    cursor: int
    canary_p99_ms: float = 0.0


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
    others = Canary(canary, clock, work.budget)
    stopped_because = await _until_stopped(run, others)
    took_ms = round((clock.monotonic_s() - began_s) * 1000)
    return SweepResult(
        deleted=run.deleted,
        freed_bytes=await watch.freed_bytes(clock, at_most_s=FREED_WITHIN_S),
        took_ms=took_ms,
        stopped_because=stopped_because,
        cursor=run.cursor,
        canary_p99_ms=others.p99_ms,
    )


async def _until_stopped(run: "_Run", canary: Canary) -> str | None:
    try:
        if trouble := await run.watch.begin(run_id=run.run_id):
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
        self.run_id = work.run_id
        self._redis = redis
        self._work = work
        self._clock = clock
        self._listener = listener
        self._slowdown = 1.0
        self._owed_s = 0.0
        self._watched_s = self._said_s = clock.monotonic_s()
        self._said_deleted = 0

    async def go(self, canary: Canary) -> str | None:
        """Until every key was seen (None) or something says stop (a clause)."""
        wanted = Wanted(
            prefix=self._work.prefix,
            pattern=self._work.pattern,
            count=GENTLE_COUNT if self._work.gentle else self._work.count,
            cursor=self._work.cursor,
        )
        found = await batches(self._redis, wanted, is_cluster=self.watch.is_cluster)
        while True:
            if reason := await self._reason_to_stop(canary):
                return reason
            began_s = self._clock.monotonic_s()
            try:
                deleted = await found.turn()
            finally:
                self.deleted += found.in_vain
            self.cursor = found.cursor
            if deleted is None:
                # Once more: what came after the last look would make "every key" untrue.
                return await self.watch.trouble()
            self.deleted += deleted
            await self._rest(self._clock.monotonic_s() - began_s, keys=deleted)
            await self._say(canary)

    async def _reason_to_stop(self, canary: Canary) -> str | None:
        if await self._listener.asked_to_stop():
            return f"{STOPPED} it"
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
        duty = GENTLE_DUTY if self._work.gentle else 1.0
        for_others_s = worked_s * (self._slowdown / duty - 1)
        for_replicas_s = keys / MOST_KEYS_PER_S - worked_s if self.watch.has_replicas else 0.0
        self._owed_s += max(for_others_s, for_replicas_s)
        if self._owed_s < LEAST_REST_S:
            return
        began_s = self._clock.monotonic_s()
        await self._clock.sleep(self._owed_s)
        self._owed_s = max(-LEAST_REST_S, self._owed_s - (self._clock.monotonic_s() - began_s))

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
                run_id=self.watch.run_id,
            )
        )
