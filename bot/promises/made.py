"""What has Pong promised for which moment, and what does it do when it looks healthy again?

Updates and escalation have rooms of their own: updates.py, ladder.py.
"""

from collections.abc import Sequence
from dataclasses import replace

from bot import timers
from bot.elsewhere import on_call, slack_away
from bot.incident import AlertState, Incident, Status
from bot.intake import storm
from bot.pong import Pong
from bot.promises import ladder, updates
from bot.promises.handler import Handler
from bot.public import reminding
from bot.public.known import ask_later
from bot.slack.render import alerts
from bot.slack.render.alerts import Since
from bot.slack.render.protection import still_on
from bot.slack.render.updates import End
from bot.standing.protection import stands
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.thread import edit, keep, redraw, say, thread_of
from bot.timeline import PONG
from bot.watching.look import Look, measured


async def promise(records: Records, pong: Pong, incident: Incident) -> Incident:
    """Schedule the updates and the escalation of an incident that begins, or begins anew."""
    for kind in (timers.RECHECK, timers.ASK_AGAIN):
        await records.timers.cancel(incident.id, kind)
    await ask_later(records, pong, incident)
    await reminding.begin(records, pong, incident)
    await slack_away.begin(records, pong, incident)
    incident = await updates.settle(records, pong, incident, End.ANEW)
    incident = await unasked(records, pong, incident, Since.GOES_ON)
    await on_call.begin(records, pong, incident)
    due_ms = pong.clock.now_ms() + updates.every_ms(pong, incident)
    changed = await updates.due(records, pong, incident, due_ms=due_ms)
    return await ladder.begin(records, pong, changed)


async def release(records: Records, pong: Pong, incident: Incident) -> Incident:
    """Take back every promise: a person is asked whether it is over."""
    await updates.withdraw(records, incident)
    await ladder.withdraw(records, incident)
    for kind in (timers.RECHECK, timers.ASK_AGAIN):
        await records.timers.cancel(incident.id, kind)
    changed = await updates.settle(records, pong, incident, End.HEALTHY)
    return replace(changed, is_paused=True, next_update_ms=None, next_rung_ms=None)


async def acknowledge(records: Records, pong: Pong, incident: Incident, *, by: str) -> Incident:
    """Somebody has it. Raises IllegalMove when somebody had it before."""
    changed = incident.acknowledged(by=by, at_ms=pong.clock.now_ms())
    return await ladder.acknowledged(records, changed)


async def _looked(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    changed = measured(incident, look)
    await keep(records, pong, changed, "incident.measured", actor=PONG, **(look.facts() if look else {}))


async def _recheck(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    if incident.alert is not AlertState.RESOLVED or incident.is_paused:
        return
    changed = measured(incident, look)
    if await records.approvals.is_running(incident.id):
        due_ms = pong.clock.now_ms() + timers.RECHECK_SOON_MS
        await records.timers.schedule(incident.id, timers.RECHECK, due.slot + 1, due_ms=due_ms)
        return
    now_ms = pong.clock.now_ms()
    if look is None:
        # Nothing was measured, so nothing is said of it: whether it is over is a person's to say.
        message = alerts.unchecked(changed)
        await say(records, pong, thread_of(changed), f"unchecked:{changed.alert_ended_ms}", message)
        return
    flapped = [at_ms for name, at_ms in changed.refires if storm.flaps(changed, name, now_ms=now_ms)]
    if flapped and look.is_healthy:
        # It looks healthy every few minutes: whoever believed that each time would never be called.
        quiet_ms = flapped[-1] + storm.FLAPS_WITHIN_MS
        await records.timers.schedule(incident.id, timers.RECHECK, due.slot + 1, due_ms=quiet_ms)
        await records.incidents.save(changed)
        return
    if look.is_healthy:
        await _pause(records, pong, changed, due)
        return
    due_ms = pong.clock.now_ms() + timers.RECHECK_EVERY_MS
    await records.timers.schedule(incident.id, timers.RECHECK, due.slot + 1, due_ms=due_ms)
    changed = await records.incidents.save(changed)
    await redraw(records, pong, changed)
    if not flapped:  # what flaps is counted on the incident's message, and said no more
        message = alerts.still_sick(changed, look.outcome)
        await say(records, pong, thread_of(changed), f"still-sick:{changed.alert_ended_ms}", message)


async def _pause(records: Records, pong: Pong, incident: Incident, due: Due) -> None:
    now_ms = pong.clock.now_ms()
    changed = replace(await release(records, pong, incident), well_since_ms=now_ms)
    if changed.status is not Status.MITIGATED:
        changed = changed.mitigated(at_ms=now_ms)
    woken = await ladder.woken(records, incident)
    changed = await keep(records, pong, changed, "incident.healthy", actor=PONG, outcome=incident.outcome)
    await _ask(records, pong, changed, f"healthy:{due.slot}", woken=woken)
    await _in_the_morning(records, pong, changed)


async def _in_the_morning(records: Records, pong: Pong, incident: Incident) -> None:
    morning_ms = timers.next_morning(pong.clock.now_ms(), pong.settings.slack.time_zone)
    slot = await records.timers.next_slot(incident.id, timers.ASK_AGAIN)
    await records.timers.schedule(incident.id, timers.ASK_AGAIN, slot, due_ms=morning_ms)


async def _ask_again(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    """Every morning, until somebody says what it was: what looks well is soon forgotten."""
    if incident.is_paused:
        incident = await unasked(records, pong, incident, Since.ASKED_AGAIN)
        await _ask(records, pong, incident, f"ask-again:{due.slot}")
        await _in_the_morning(records, pong, incident)


async def unasked(records: Records, pong: Pong, incident: Incident, since: Since) -> Incident:
    """Whether it is over is asked no more: what asked is redrawn without its buttons, and says why."""
    if incident.well_asked_in:
        await edit(records, pong, incident.well_asked_in, alerts.looked_well(incident, since))
    return replace(incident, well_asked_in=None)


async def _ask(
    records: Records, pong: Pong, incident: Incident, name: str, *, woken: Sequence[str] = ()
) -> None:
    asked = on_call.known(pong, incident)
    known = [incident.owner] if incident.owner else asked
    others = [one for one in woken if one not in known]
    message = alerts.healthy(incident, on_call=asked, done=await _done(records, incident), woken=others)
    id = await say(records, pong, thread_of(incident), name, message, klass=Class.URGENT)
    incident = await records.incidents.save(replace(incident, well_asked_in=id))
    if on := await stands(records, incident.target):
        protected = still_on(on, incident.target or "")
        await say(records, pong, thread_of(incident), f"{name}:protection", protected)


async def _done(records: Records, incident: Incident) -> list[str]:
    """The actions of this bout that ran to their end, in order, each once."""
    since_ms = incident.open_since_ms
    events = await records.timeline.of(incident.id)
    done = [one for one in events if one.kind == "execution.succeeded" and one.at_ms >= since_ms]
    return list(dict.fromkeys(str(one.data.get("title", "an action")) for one in done))


HANDLERS: dict[str, Handler] = {
    **updates.HANDLERS,
    **ladder.HANDLERS,
    timers.LOOK: _looked,
    timers.RECHECK: _recheck,
    timers.ASK_AGAIN: _ask_again,
}
MEASURES_FIRST = frozenset({timers.LOOK, timers.UPDATE, timers.RECHECK})
