"""Who works what was accepted, and what if that fails?"""

import asyncio
import logging

from bot import flow
from bot.errors import Overtaken, StoreBusy, Transient
from bot.pong import Pong
from bot.refusing import set_aside
from bot.store.inbox import Accepted
from bot.tasks import end_tasks

LEASE_MS = 60_000
AT_ONCE = 16
TRIES = 5
IDLE_S = 1.0

log = logging.getLogger(__name__)


class InboxWorker:
    """Works the inbox, oldest first, up to 16 rows at once, until it is cancelled."""

    def __init__(self, pong: Pong) -> None:
        self._pong = pong
        self._tasks: dict[int, asyncio.Task[None]] = {}

    async def run(self) -> None:
        await self._pong.store.write(lambda records: records.inbox.release_all())
        changes = self._pong.store.changes()
        try:
            while True:
                claimed = await self._claim()
                for accepted in claimed:
                    self._start(accepted)
                if not claimed:
                    await changes.wait(IDLE_S)
        finally:
            # What was not finished is claimed again after the next start.
            await end_tasks(*self._tasks.values())

    async def _claim(self) -> list[Accepted]:
        # A lease ends early when the machine slept or its clock was set: what runs here still runs.
        here, now_ms = list(self._tasks), self._pong.clock.now_ms()
        free = AT_ONCE - len(here)
        try:
            next_ms = await self._pong.store.read(lambda records: records.inbox.next_ms(but=here))
            if not free or next_ms is None or next_ms > now_ms:
                return []
            return await self._pong.store.write(
                lambda records: records.inbox.claim(now_ms=now_ms, lease_ms=LEASE_MS, most=free, but=here)
            )
        except StoreBusy as error:
            log.warning("%s", error)
            return []

    def _start(self, accepted: Accepted) -> None:
        task = asyncio.create_task(self._work(accepted), name=f"inbox {accepted.id}")
        self._tasks[accepted.id] = task
        task.add_done_callback(lambda _: self._tasks.pop(accepted.id))

    async def _work(self, accepted: Accepted) -> None:
        try:
            await flow.on_accepted(self._pong, accepted)
        except Overtaken as error:
            log.warning("%s", error)
        except Exception as error:
            log.exception("inbox %s from %s failed, try %s", accepted.id, accepted.source, accepted.attempts)
            try:
                await self._again_or_aside(accepted, error)
            except (StoreBusy, Overtaken) as unkept:
                log.warning("%s", unkept)  # its lease ends by itself, and then it is claimed again

    async def _again_or_aside(self, accepted: Accepted, error: Exception) -> None:
        if accepted.attempts >= TRIES and not isinstance(error, Transient):
            await set_aside(self._pong, accepted, error)
            return
        id, attempt, why = accepted.id, accepted.attempts, type(error).__name__
        at_ms = self._pong.clock.now_ms() + min(60_000, 500 * 2**attempt)
        await self._pong.store.write(
            lambda records: records.inbox.again(id, attempt=attempt, at_ms=at_ms, error=why)
        )
