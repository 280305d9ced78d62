"""What makes the timers run? APScheduler ticks in memory; what is due stands in the store.

Nobody waits for a service that hangs: a tick begins what is due and goes on, and what is done elsewhere for
an incident is a line of its own beside its promises.
https://apscheduler.readthedocs.io/en/3.x/userguide.html
"""

import asyncio
import logging

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot import flow, timers
from bot.pong import Pong
from bot.store.timers import Due
from bot.tasks import end_tasks

LEASE_MS = 60_000
EVERY_S = 1.0
AT_ONCE = 20
CLOCKS_DISAGREE_MS = 2_000

Line = tuple[int, bool]  # of which incident, and whether it is done elsewhere

log = logging.getLogger(__name__)


class Ticker:
    """Fires what is due, every second, until it is cancelled."""

    def __init__(self, pong: Pong, *, every_s: float = EVERY_S) -> None:
        self._pong = pong
        self._every_s = every_s
        self._wall_ms = pong.clock.now_ms()
        self._monotonic_s = pong.clock.monotonic_s()
        self._tasks: set[asyncio.Task[None]] = set()
        self._last: dict[Line, asyncio.Task[None]] = {}

    async def run(self) -> None:
        await self._pong.store.write(lambda records: records.timers.release_all())
        scheduler = AsyncIOScheduler(timezone="UTC")
        scheduler.start()
        try:
            self._schedule(scheduler)
            while True:
                await asyncio.sleep(self._every_s)
                if self._clock_jumped():
                    # After the wall clock went back, APScheduler would wait until it had caught up.
                    self._schedule(scheduler)
        finally:
            scheduler.shutdown(wait=False)
            # What was not finished is claimed again after the next start.
            await end_tasks(*self._tasks)

    async def tick(self) -> None:
        """Fire all that is due now, the earliest first, and wait for it."""
        await asyncio.gather(*await self.begin())

    async def begin(self) -> list[asyncio.Task[None]]:
        """The same without waiting: what it began, a task for each line."""
        now_ms = self._pong.clock.now_ms()
        dues = await self._pong.store.write(
            lambda records: records.timers.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=AT_ONCE)
        )
        lines: dict[Line, list[Due]] = {}
        for due in dues:
            lines.setdefault((due.incident_id, due.kind == timers.ERRAND), []).append(due)
        return [self._start(line, dues, until_ms=now_ms + LEASE_MS) for line, dues in lines.items()]

    def _start(self, line: Line, dues: list[Due], *, until_ms: int) -> asyncio.Task[None]:
        firing = self._fire_in_order(dues, after=self._last.get(line), until_ms=until_ms)
        task = asyncio.create_task(firing, name=f"timers of incident {line[0]}")
        self._last[line] = task
        self._tasks.add(task)
        task.add_done_callback(lambda done: self._ended(line, done))
        return task

    def _ended(self, line: Line, task: asyncio.Task[None]) -> None:
        self._tasks.discard(task)
        if self._last.get(line) is task:
            del self._last[line]

    async def _fire_in_order(
        self, dues: list[Due], *, after: asyncio.Task[None] | None, until_ms: int
    ) -> None:
        if after:
            await asyncio.wait([after])
        for due in dues:
            if self._pong.clock.now_ms() >= until_ms:
                return  # the lease has ended while it waited: another tick has claimed it, or will
            try:
                await flow.on_timer(self._pong, due)
            except Exception:
                # The lease ends by itself, and then the timer is claimed again.
                log.exception("timer %s of incident %s failed", due.kind, due.incident_id)

    def _schedule(self, scheduler: AsyncIOScheduler) -> None:
        scheduler.add_job(
            self.begin,
            IntervalTrigger(seconds=self._every_s),
            id="tick",
            replace_existing=True,
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
        )

    def _clock_jumped(self) -> bool:
        wall_ms, monotonic_s = self._pong.clock.now_ms(), self._pong.clock.monotonic_s()
        drift_ms = (wall_ms - self._wall_ms) - (monotonic_s - self._monotonic_s) * 1000
        self._wall_ms, self._monotonic_s = wall_ms, monotonic_s
        return abs(drift_ms) >= CLOCKS_DISAGREE_MS
