"""Who is told that what the public reads has grown old? Whoever speaks for the incident, while it goes on.

A page that says "Investigating" for an hour tells people that nobody looks after it.
"""

from bot import timers
from bot.incident import Incident
from bot.pong import Pong
from bot.promises.handler import Handler
from bot.providers.statuspage import statuspage
from bot.public.known import public_of
from bot.slack.render import public as draw
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.thread import edit, say, thread_of
from bot.watching.look import Look


async def begin(records: Records, pong: Pong, incident: Incident) -> None:
    """The public reads a text from now on: the time until the next one is wanted begins anew."""
    waiting = await records.timers.waiting(incident.id)
    old = [due.slot for due in waiting if due.kind == timers.PUBLIC_OLD]
    await records.timers.cancel(incident.id, timers.PUBLIC_OLD)
    for slot in old:
        await _answer(records, pong, incident, slot - 1, "The public reads a newer text by now.")
    public = await public_of(records, incident.id)
    if public and public.stands and incident.is_open:
        every_ms = timers.minutes(pong.settings.statuspage.again_after_min)
        due_ms = max(pong.clock.now_ms(), (public.told_ms or 0) + every_ms)
        await _schedule(records, incident, due_ms=due_ms)


async def _remind(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    public, now_ms = await public_of(records, incident.id), pong.clock.now_ms()
    if public is None or not public.stands or not incident.is_open:
        return
    # What is healthy, on its way or asked about already is no matter for another message.
    if not (incident.is_paused or public.is_pending or public.is_asking):
        is_connected = statuspage(pong.settings) is not None and public.published is not None
        message = draw.grown_old(
            incident, public, is_connected=is_connected, late_ms=timers.late_by_ms(due.due_ms, now_ms)
        )
        await _answer(records, pong, incident, due.slot - 1, "Asked again below.")
        place, name = thread_of(incident), _id(incident, due.slot).partition("/")[2]
        await say(records, pong, place, name, message, klass=Class.URGENT)
    every_ms = timers.minutes(pong.settings.statuspage.again_after_min)
    await _schedule(records, incident, due_ms=timers.following(due.due_ms, every_ms, now_ms=now_ms))


async def _answer(records: Records, pong: Pong, incident: Incident, slot: int, sentence: str) -> None:
    if await records.outbox.is_posted(_id(incident, slot)):
        await edit(records, pong, _id(incident, slot), draw.answered(sentence))


async def _schedule(records: Records, incident: Incident, *, due_ms: int) -> None:
    slot = await records.timers.next_slot(incident.id, timers.PUBLIC_OLD)
    await records.timers.schedule(incident.id, timers.PUBLIC_OLD, slot, due_ms=due_ms)


def _id(incident: Incident, slot: int) -> str:
    return f"incident:{incident.id}/public-old:{slot}"


HANDLERS: dict[str, Handler] = {timers.PUBLIC_OLD: _remind}
