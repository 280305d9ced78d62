"""How does a message go on to show a target's figures, until its time is over or somebody stops it?

What is watched stands in the store, so that it goes on after a restart.
"""

import asyncio
import logging

from bot.errors import PongError, StoreBusy
from bot.pong import Pong
from bot.slack.render.watch import watch_message
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.watches import Watch
from bot.thread import edit
from bot.watching.sample import Sample
from bot.watching.trend import taken

log = logging.getLogger(__name__)

EVERY_S = 15.0


def ref_of(number: int) -> str:
    """What the button of a watch carries; a bare number would be taken for an incident's."""
    return f"watch-{number}"


class Watching:
    """Edits every live message, until it is cancelled."""

    def __init__(self, pong: Pong) -> None:
        self._pong = pong

    async def run(self) -> None:
        while True:
            await self._pong.clock.sleep(EVERY_S)
            try:
                await self.look()
            except StoreBusy as error:
                log.warning("%s", error)
            except Exception:  # the next look may do better, and nothing else waits for this one
                log.exception("a look failed")

    async def look(self) -> None:
        """One look at each target that is watched."""
        by_target: dict[str, list[Watch]] = {}
        for watch in await self._pong.store.read(lambda records: records.watches.all_on()):
            by_target.setdefault(watch.target, []).append(watch)
        await asyncio.gather(*(_look_at(self._pong, *one) for one in by_target.items()))


async def _look_at(pong: Pong, target: str, watches: list[Watch]) -> None:
    """A target is asked once, however many watch it."""
    sample = await _sample(pong, target)
    for watch in watches:
        await _show(pong, watch, sample)


async def _show(pong: Pong, watch: Watch, sample: Sample) -> None:
    """Edit the message; the last time it says that it is over."""
    is_over = pong.clock.now_ms() >= watch.until_ms

    async def shown(records: Records) -> None:
        now = await records.watches.get(watch.id)
        if now is None:
            return  # it was stopped meanwhile
        await records.watches.seen(watch.id, sample)
        if is_over:
            await records.watches.end(watch.id)
        await _draw(records, pong, now, sample, is_over=is_over)

    await pong.store.write(shown)


async def stopped(records: Records, pong: Pong, watch: Watch, *, by: str) -> None:
    """The message keeps the last figures, and says who stopped it."""
    await records.watches.end(watch.id)
    await _draw(records, pong, watch, None, is_over=True, by=by)


async def _draw(
    records: Records, pong: Pong, watch: Watch, sample: Sample | None, *, is_over: bool, by: str = ""
) -> None:
    seen = tuple(one for one in (watch.last, sample) if one)
    message = watch_message(
        watch.target, seen, until_ms=watch.until_ms, ref=ref_of(watch.id), is_over=is_over, by=by
    )
    await edit(records, pong, watch.message_id, message, klass=Class.ANSWER)


async def _sample(pong: Pong, target: str) -> Sample:
    try:
        return await taken(pong.targets.get(target).address, pong, pings=True)
    except PongError:  # it stands in pong.toml no longer
        return Sample(at_ms=pong.clock.now_ms())
