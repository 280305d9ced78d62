"""When is the next update due, who is reminded before it, and what if nobody gives one?"""

from dataclasses import replace

from bot import timers
from bot.elsewhere import on_call
from bot.errors import IllegalMove
from bot.incident import Incident, Status
from bot.pong import Pong
from bot.promises.handler import Handler
from bot.slack.render import updates as draw
from bot.slack.render.blocks import date, mention
from bot.slack.render.updates import End
from bot.store.outbox import Unheard
from bot.store.records import Records
from bot.store.timers import Due
from bot.thread import edit, keep, parent_id, runbook_of, say, thread_of
from bot.timeline import PONG
from bot.watching.look import Look, measured

# What a person's update is called in the timeline, and that nobody gave one.
GIVEN, MISSED = ("update.posted", "update.no_change"), "update.missed"


def every_ms(pong: Pong, incident: Incident) -> int:
    return timers.minutes(pong.settings.escalation.every_min(incident.severity))


async def due(records: Records, pong: Pong, incident: Incident, *, due_ms: int) -> Incident:
    """Promise the next update for `due_ms`, in place of whatever was promised, and the reminder before it."""
    await withdraw(records, incident)
    slot = await records.timers.next_slot(incident.id, timers.UPDATE)
    await records.timers.schedule(incident.id, timers.UPDATE, slot, due_ms=due_ms)
    before_ms = timers.minutes(pong.settings.escalation.remind_before_min)
    # Shorter than that, a reminder would come with the update before.
    if before_ms and due_ms - before_ms > pong.clock.now_ms():
        slot = await records.timers.next_slot(incident.id, timers.REMIND)
        await records.timers.schedule(incident.id, timers.REMIND, slot, due_ms=due_ms - before_ms)
    return replace(incident, next_update_ms=due_ms)


async def withdraw(records: Records, incident: Incident) -> None:
    """No update is promised any more."""
    for kind in (timers.UPDATE, timers.REMIND):
        await records.timers.cancel(incident.id, kind)


async def settle(
    records: Records, pong: Pong, incident: Incident, end: End, *, by: str | None = None
) -> Incident:
    """The reminder asks nothing any more: it is redrawn without its buttons, and says why."""
    if incident.reminder_slot is None:
        return incident
    await edit(records, pong, _reminder_id(incident), draw.answered(end, by=by))
    return replace(incident, reminder_slot=None)


async def given(
    records: Records, pong: Pong, incident: Incident, *, by: str, end: End = End.POSTED
) -> Incident:
    """A person gave an update: the next one is due a whole interval from now."""
    changed = await settle(records, pong, incident, end, by=by)
    if changed.next_update_ms is None:
        return changed
    return await due(records, pong, changed, due_ms=pong.clock.now_ms() + every_ms(pong, changed))


async def no_change(records: Records, pong: Pong, incident: Incident, *, by: str) -> Incident:
    """A person says by one press that all is as it was. Raises IllegalMove where none is asked for."""
    if incident.next_update_ms is None:
        raise IllegalMove(f"Incident #{incident.id} awaits no update.")
    if incident.reminder_slot is None:
        raise IllegalMove(await _answered_already(records, incident, incident.next_update_ms))
    return await given(records, pong, incident, by=by, end=End.NO_CHANGE)


async def _answered_already(records: Records, incident: Incident, next_ms: int) -> str:
    ends = [e for e in await records.timeline.of(incident.id) if e.kind in (*GIVEN, MISSED)]
    is_done = bool(ends) and ends[-1].kind in GIVEN
    first = f"That is done, by {mention(ends[-1].actor)}" if is_done else "Nobody is asked right now"
    return f"{first}: the next update is due at {date(next_ms)}."


async def rated(records: Records, pong: Pong, incident: Incident) -> Incident:
    """Its severity is another: the next update comes in the new rhythm, never later than was promised."""
    if incident.next_update_ms is None:
        return incident
    due_ms = min(incident.next_update_ms, pong.clock.now_ms() + every_ms(pong, incident))
    return await due(records, pong, incident, due_ms=due_ms)


async def _missed(records: Records, pong: Pong, incident: Incident, fired: Due, look: Look | None) -> None:
    now_ms = pong.clock.now_ms()
    every, late_ms = every_ms(pong, incident), timers.late_by_ms(fired.due_ms, now_ms)
    # A late one starts the rhythm anew: nobody wants the next one a minute after it.
    next_ms = now_ms + every if late_ms else timers.following(fired.due_ms, every, now_ms=now_ms)
    changed = await due(records, pong, measured(incident, look), due_ms=next_ms)
    unheard = await _unheard(records, incident)
    if unheard and unheard.message_id == _reminder_id(changed):
        changed = replace(changed, reminder_slot=None)  # nobody was asked
    changed = await settle(records, pong, changed, End.MISSED)
    changed = await keep(records, pong, changed, MISSED, actor=PONG, late_ms=late_ms)
    message = draw.progress(
        changed,
        runbook_of(pong, changed),
        now_ms=now_ms,
        late_ms=late_ms,
        on_call=on_call.known(pong, changed),
        unheard_since_ms=unheard.since_ms if unheard else None,
    )
    if unheard:
        await edit(records, pong, unheard.message_id, message)
    else:
        await say(records, pong, thread_of(changed), f"update:{fired.slot}", message)


async def _unheard(records: Records, incident: Incident) -> Unheard | None:
    """What Slack has not taken while it is away: the next update takes its place, or they would come in a
    burst when it is back."""
    thread = parent_id(incident.id)
    return await records.outbox.unheard((f"{thread}/update:", f"{thread}/remind:"))


def _reminder_id(incident: Incident) -> str:
    return f"{parent_id(incident.id)}/remind:{incident.reminder_slot}"


async def _remind(records: Records, pong: Pong, incident: Incident, fired: Due, look: Look | None) -> None:
    """Whoever has it, in time to say something; who is on call, where somebody whom Slack does not know has
    it. Where nobody has it, the escalation calls people already."""
    is_nobodys = incident.owner is None and incident.status is Status.TRIGGERED
    if is_nobodys or incident.next_update_ms is None:
        return
    if pong.clock.now_ms() >= incident.next_update_ms:
        return  # Pong was away: the update itself says so
    if await _unheard(records, incident):
        return  # Slack is away: nobody would read it in time
    message = draw.reminder(incident, on_call=on_call.known(pong, incident))
    await say(records, pong, thread_of(incident), f"remind:{fired.slot}", message)
    await records.incidents.save(replace(incident, reminder_slot=fired.slot))


HANDLERS: dict[str, Handler] = {timers.UPDATE: _missed, timers.REMIND: _remind}
