"""What makes the timers run? APScheduler ticks in memory; what is due stands in the store.

https://apscheduler.readthedocs.io/en/3.x/userguide.html
"""

import asyncio
import logging

from apscheduler.schedulers.asyncio import AsyncIOScheduler
from apscheduler.triggers.interval import IntervalTrigger

from bot import flow
from bot.pong import Pong
from bot.store.timers import Due

LEASE_MS = 60_000
EVERY_S = 1.0
AT_ONCE = 20
CLOCKS_DISAGREE_MS = 2_000

log = logging.getLogger(__name__)


class Ticker:
    """Fires what is due, every second, until it is cancelled."""

    def __init__(self, pong: Pong, *, every_s: float = EVERY_S) -> None:
        self._pong = pong
        self._every_s = every_s
        self._wall_ms = pong.clock.now_ms()
        self._monotonic_s = pong.clock.monotonic_s()

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

    async def tick(self) -> None:
        """Fire all that is due now, the earliest first."""
        now_ms = self._pong.clock.now_ms()
        dues = await self._pong.store.write(
            lambda records: records.timers.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=AT_ONCE)
        )
        by_incident: dict[int, list[Due]] = {}
        for due in dues:
            by_incident.setdefault(due.incident_id, []).append(due)
        await asyncio.gather(*(self._fire_in_order(dues) for dues in by_incident.values()))

    async def _fire_in_order(self, dues: list[Due]) -> None:
        for due in dues:
            try:
                await flow.on_timer(self._pong, due)
            except Exception:
                # The lease ends by itself, and then the timer is claimed again.
                log.exception("timer %s of incident %s failed", due.kind, due.incident_id)

    def _schedule(self, scheduler: AsyncIOScheduler) -> None:
        scheduler.add_job(
            self.tick,
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
