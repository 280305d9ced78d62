"""What has Pong promised for which moment, and what does it do when the moment comes?

Each handler is the transaction that fires one timer: what it does and what it schedules next happen
together, or not at all.
"""

from collections.abc import Awaitable, Callable
from dataclasses import replace

from bot import timers
from bot.errors import IllegalMove
from bot.incident import AlertState, Incident, Status
from bot.look import Look
from bot.pong import Pong
from bot.protection import stands
from bot.slack.render import alerts
from bot.slack.render import incident as draw
from bot.slack.render.protection import still_on
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.thread import keep, redraw, runbook_of, say, thread_of
from bot.timeline import PONG

Handler = Callable[[Records, Pong, Incident, Due, Look | None], Awaitable[None]]


async def promise(records: Records, pong: Pong, incident: Incident) -> Incident:
    """Schedule the updates and the escalation of an incident that begins, or begins anew."""
    now_ms, escalation = pong.clock.now_ms(), pong.settings.escalation
    dues = {
        timers.UPDATE: now_ms + timers.minutes(escalation.update_every_min),
        timers.UNRESOLVED: now_ms + timers.minutes(escalation.unresolved_after_min),
    }
    if incident.status is Status.TRIGGERED:
        dues[timers.UNACKNOWLEDGED] = now_ms + timers.minutes(escalation.unacknowledged_after_min)
    for kind in (timers.UPDATE, timers.UNRESOLVED, timers.UNACKNOWLEDGED, timers.RECHECK, timers.ASK_AGAIN):
        await records.timers.cancel(incident.id, kind)
    for kind, due_ms in dues.items():
        slot = await records.timers.next_slot(incident.id, kind)
        await records.timers.schedule(incident.id, kind, slot, due_ms=due_ms)
    next_rung_ms = min(due_ms for kind, due_ms in dues.items() if kind != timers.UPDATE)
    return replace(incident, next_update_ms=dues[timers.UPDATE], next_rung_ms=next_rung_ms, held_rung=0)


async def release(records: Records, incident: Incident) -> Incident:
    """Take back every promise: it is over, or a person is asked whether it is."""
    for kind in (timers.UPDATE, timers.UNRESOLVED, timers.UNACKNOWLEDGED, timers.RECHECK, timers.ASK_AGAIN):
        await records.timers.cancel(incident.id, kind)
    return replace(incident, is_paused=True, next_update_ms=None, next_rung_ms=None)


async def acknowledge(
    records: Records, pong: Pong, incident: Incident, *, by: str | None, called: str | None = None
) -> Incident:
    """Somebody has it: the next rung is no longer for want of an acknowledgement."""
    changed = incident.acknowledged(by=by, at_ms=pong.clock.now_ms(), called=called)
    await records.timers.cancel(incident.id, timers.UNACKNOWLEDGED)
    rungs = [due.due_ms for due in await records.timers.waiting(incident.id) if due.kind == timers.UNRESOLVED]
    return replace(changed, next_rung_ms=min(rungs, default=None))


async def hold(records: Records, pong: Pong, incident: Incident) -> Incident:
    """Put the next rung off, once a rung. Raises IllegalMove when it was, or when none waits."""
    waiting = [due for due in await records.timers.waiting(incident.id) if due.kind == timers.UNRESOLVED]
    if not waiting or incident.next_rung_ms is None:
        raise IllegalMove("No escalation waits, so there is nothing to hold.")
    if incident.held_rung == waiting[0].slot:
        raise IllegalMove("This escalation was held once already: each can be held once.")
    due_ms = incident.next_rung_ms + timers.minutes(pong.settings.escalation.hold_min)
    await records.timers.postpone(incident.id, timers.UNRESOLVED, due_ms=due_ms)
    return replace(incident, next_rung_ms=due_ms, held_rung=waiting[0].slot)


async def updated(records: Records, pong: Pong, incident: Incident) -> Incident:
    """A person gave an update: the next one is due a whole interval from now."""
    due_ms = pong.clock.now_ms() + timers.minutes(pong.settings.escalation.update_every_min)
    if await records.timers.postpone(incident.id, timers.UPDATE, due_ms=due_ms):
        return replace(incident, next_update_ms=due_ms)
    return incident


def measured(incident: Incident, look: Look | None) -> Incident:
    """The incident with what was just measured in it."""
    if look is None:
        return incident
    now = replace(incident, outcome=look.outcome, outcome_checked_ms=look.at_ms)
    if look.platform is not None:
        now = replace(now, platform=look.platform, platform_checked_ms=look.at_ms)
    return replace(now, healthy_since_ms=(now.healthy_since_ms or look.at_ms) if look.is_healthy else None)


async def _looked(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    changed = measured(incident, look)
    await keep(records, pong, changed, "incident.measured", actor=PONG, **(look.facts() if look else {}))


async def _update(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    now_ms = pong.clock.now_ms()
    every_ms = timers.minutes(pong.settings.escalation.update_every_min)
    next_ms = timers.following(due.due_ms, every_ms, now_ms=now_ms)
    changed = replace(measured(incident, look), next_update_ms=next_ms)
    await records.timers.schedule(incident.id, timers.UPDATE, due.slot + 1, due_ms=next_ms)
    late_ms = timers.late_by_ms(due.due_ms, now_ms)
    changed = await keep(records, pong, changed, "update.missed", actor=PONG, late_ms=late_ms)
    message = draw.progress(changed, runbook_of(pong, changed), now_ms=now_ms, late_ms=late_ms)
    await say(records, pong, thread_of(changed), f"update:{due.slot}", message)


async def _unacknowledged(
    records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None
) -> None:
    if incident.status is not Status.TRIGGERED:
        return
    escalation = pong.settings.escalation
    why = f"nobody has acknowledged for {escalation.unacknowledged_after_min:g} minutes"
    rungs = [
        other.due_ms for other in await records.timers.waiting(incident.id) if other.kind == timers.UNRESOLVED
    ]
    changed = replace(incident, next_rung_ms=min(rungs, default=None))
    await _escalate(records, pong, changed, due, escalation.next_rung, why=why)


async def _unresolved(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    escalation = pong.settings.escalation
    why = f"not resolved after {escalation.unresolved_after_min:g} minutes"
    await _escalate(records, pong, replace(incident, next_rung_ms=None), due, escalation.senior, why=why)


async def _escalate(
    records: Records, pong: Pong, incident: Incident, due: Due, people: tuple[str, ...], *, why: str
) -> None:
    late_ms = timers.late_by_ms(due.due_ms, pong.clock.now_ms())
    await keep(
        records, pong, incident, "escalated", actor=PONG, people=list(people), why=why, late_ms=late_ms
    )
    message = draw.escalated(incident, people, why=why, late_ms=late_ms)
    name = f"escalated:{due.kind}:{due.slot}"
    await say(records, pong, thread_of(incident), name, message, klass=Class.URGENT, broadcast=True)


async def _recheck(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    if incident.alert is not AlertState.RESOLVED or incident.is_paused:
        return
    changed = measured(incident, look)
    if await records.approvals.is_running(incident.id):
        due_ms = pong.clock.now_ms() + timers.RECHECK_SOON_MS
        await records.timers.schedule(incident.id, timers.RECHECK, due.slot + 1, due_ms=due_ms)
        return
    if look is None or look.is_healthy:
        await _pause(records, pong, changed, due)
        return
    due_ms = pong.clock.now_ms() + timers.RECHECK_EVERY_MS
    await records.timers.schedule(incident.id, timers.RECHECK, due.slot + 1, due_ms=due_ms)
    changed = await records.incidents.save(changed)
    await redraw(records, pong, changed)
    message = alerts.still_sick(changed, look.outcome)
    await say(records, pong, thread_of(changed), f"still-sick:{changed.alert_ended_ms}", message)


async def _pause(records: Records, pong: Pong, incident: Incident, due: Due) -> None:
    now_ms = pong.clock.now_ms()
    changed = await release(records, incident)
    if changed.status is not Status.MITIGATED:
        changed = changed.mitigated(at_ms=now_ms)
    changed = await keep(records, pong, changed, "incident.healthy", actor=PONG, outcome=incident.outcome)
    await _ask(records, pong, changed, f"healthy:{due.slot}")
    morning_ms = timers.next_morning(now_ms, pong.settings.slack.time_zone)
    slot = await records.timers.next_slot(changed.id, timers.ASK_AGAIN)
    await records.timers.schedule(changed.id, timers.ASK_AGAIN, slot, due_ms=morning_ms)


async def _ask_again(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    if incident.is_paused:
        await _ask(records, pong, incident, f"ask-again:{due.slot}")


async def _ask(records: Records, pong: Pong, incident: Incident, name: str) -> None:
    cleared = await _last_action(records, incident)
    message = alerts.healthy(incident, cleared=cleared)
    await say(records, pong, thread_of(incident), name, message, klass=Class.URGENT)
    if on := await stands(records, incident.target):
        protected = still_on(on, incident.target or "")
        await say(records, pong, thread_of(incident), f"{name}:protection", protected)


async def _last_action(records: Records, incident: Incident) -> str | None:
    done = [event for event in await records.timeline.of(incident.id) if event.kind == "execution.succeeded"]
    return str(done[-1].data.get("title", "the last action")) if done else None


HANDLERS: dict[str, Handler] = {
    timers.LOOK: _looked,
    timers.UPDATE: _update,
    timers.UNACKNOWLEDGED: _unacknowledged,
    timers.UNRESOLVED: _unresolved,
    timers.RECHECK: _recheck,
    timers.ASK_AGAIN: _ask_again,
}
MEASURES_FIRST = frozenset({timers.LOOK, timers.UPDATE, timers.RECHECK})
