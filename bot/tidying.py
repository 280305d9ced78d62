"""How long are the words kept of what has been worked on and said?

Incidents, timelines, approvals and executions are kept for ever, and so are the names by which a repeat is
known and a message is edited.
"""

import logging

from bot.errors import StoreBusy
from bot.pong import Pong

DAY_MS = 86_400_000
EVERY_S = 3_600.0
AT_ONCE = 50  # bodies in one write: whoever wants to write in between waits for some milliseconds
REST_S = 1.0

log = logging.getLogger(__name__)


class Tidying:
    """Empties what is older than `store.keep_days`, an hour apart, until it is cancelled."""

    def __init__(self, pong: Pong) -> None:
        self._pong = pong

    async def run(self) -> None:
        while self._pong.settings.store.keep_days:
            await self._pong.clock.sleep(EVERY_S)
            try:
                while await self.tidy():
                    await self._pong.clock.sleep(REST_S)
            except StoreBusy as error:
                log.warning("%s", error)
            except Exception:  # nothing waits for this, and the next hour may do better
                log.exception("what is old could not be emptied")

    async def tidy(self) -> int:
        """One portion; how many bodies and payloads were emptied."""
        before_ms = self._pong.clock.now_ms() - self._pong.settings.store.keep_days * DAY_MS
        return await self._pong.store.write(
            lambda records: records.old.empty(before_ms=before_ms, most=AT_ONCE)
        )
