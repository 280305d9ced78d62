"""Who works what was accepted, and what if that fails?"""

import asyncio
import logging

from bot import flow
from bot.errors import StoreBusy, Transient
from bot.pong import Pong
from bot.store.inbox import Accepted

LEASE_MS = 60_000
AT_ONCE = 16
TRIES = 5
IDLE_S = 1.0

log = logging.getLogger(__name__)


class InboxWorker:
    """Works the inbox, oldest first, up to 16 rows at once, until it is cancelled."""

    def __init__(self, pong: Pong) -> None:
        self._pong = pong
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> None:
        store, clock = self._pong.store, self._pong.clock
        await store.write(lambda records: records.inbox.release_all())
        changes = store.changes()
        while True:
            free = AT_ONCE - len(self._tasks)
            try:
                rows = (
                    await store.write(
                        lambda records, free=free: records.inbox.claim(  # type: ignore[misc]
                            now_ms=clock.now_ms(), lease_ms=LEASE_MS, most=free
                        )
                    )
                    if free
                    else []
                )
            except StoreBusy as error:
                log.warning("%s", error)
                rows = []
            for accepted in rows:
                self._start(accepted)
            if len(rows) < AT_ONCE:
                await changes.wait(IDLE_S)

    def _start(self, accepted: Accepted) -> None:
        task = asyncio.create_task(self._work(accepted), name=f"inbox {accepted.id}")
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _work(self, accepted: Accepted) -> None:
        try:
            await flow.on_accepted(self._pong, accepted)
        except Exception as error:
            log.exception("inbox %s from %s failed, try %s", accepted.id, accepted.source, accepted.attempts)
            await self._again_or_aside(accepted, error)

    async def _again_or_aside(self, accepted: Accepted, error: Exception) -> None:
        if accepted.attempts >= TRIES and not isinstance(error, Transient):
            await flow.set_aside(self._pong, accepted, error)
            return
        at_ms = self._pong.clock.now_ms() + min(60_000, 500 * 2**accepted.attempts)
        await self._pong.store.write(
            lambda records: records.inbox.again(accepted.id, at_ms=at_ms, error=type(error).__name__)
        )
