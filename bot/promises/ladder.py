"""Who is called next, and when, while an incident is not over?

First whoever was not on call, for want of an acknowledgement; then rung by rung, as pong.toml has them; after
the last one whoever is on call, again and again, until somebody has it.
"""

from dataclasses import dataclass, replace

from bot import timers
from bot.clock import length
from bot.config.tables import RungTable
from bot.diagnostics.units import in_minutes
from bot.elsewhere import on_call, paging
from bot.errors import IllegalMove
from bot.incident import Incident, Status
from bot.pong import Pong
from bot.promises.handler import Handler
from bot.slack.render import escalation as draw
from bot.slack.render.blocks import mention
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.thread import keep, say, thread_of
from bot.timeline import PONG
from bot.watching.look import Look

ESCALATED = "escalated"
NO_SUPPORT = "no provider’s support to write to is known for this target"
_BEGINS_ANEW = ("incident.healthy", "incident.reopened", "drill.is_real")


@dataclass(frozen=True, kw_only=True)
class Call:
    """Who calls people, why, and by which message. `why` is safe already."""

    actor: str
    why: str
    name: str
    late_ms: int = 0


async def begin(records: Records, pong: Pong, incident: Incident) -> Incident:
    """Schedule the first rung of an incident that begins, or begins anew."""
    await withdraw(records, incident)
    now_ms, escalation = pong.clock.now_ms(), pong.settings.escalation
    is_ack_due = incident.status is Status.TRIGGERED
    if is_ack_due:
        slot = await records.timers.next_slot(incident.id, timers.UNACKNOWLEDGED)
        due_ms = now_ms + timers.minutes(escalation.unacknowledged_after_min)
        await records.timers.schedule(incident.id, timers.UNACKNOWLEDGED, slot, due_ms=due_ms)
    await _schedule(records, incident, due_ms=now_ms + timers.minutes(escalation.unresolved_after_min))
    changed = replace(incident, rung=0, held_rung=0, is_ack_due=is_ack_due)
    return await _with_next(records, changed)


async def withdraw(records: Records, incident: Incident) -> None:
    for kind in (timers.UNRESOLVED, timers.UNACKNOWLEDGED):
        await records.timers.cancel(incident.id, kind)


async def acknowledged(records: Records, incident: Incident) -> Incident:
    """Somebody has it: the next rung is no longer for want of an acknowledgement."""
    await records.timers.cancel(incident.id, timers.UNACKNOWLEDGED)
    return await _with_next(records, replace(incident, is_ack_due=False))


async def hold(records: Records, pong: Pong, incident: Incident) -> Incident:
    """Put the next rung off, once a rung. Raises IllegalMove when it was, or when none waits."""
    waiting = await _waiting(records, incident, timers.UNRESOLVED)
    if not waiting or incident.next_rung_ms is None:
        raise IllegalMove("No escalation waits, so there is nothing to hold.")
    if incident.held_rung == waiting[0].slot:
        raise IllegalMove("This escalation was held once already: each can be held once.")
    due_ms = incident.next_rung_ms + timers.minutes(pong.settings.escalation.hold_min)
    await records.timers.postpone(incident.id, timers.UNRESOLVED, due_ms=due_ms)
    return replace(incident, next_rung_ms=due_ms, held_rung=waiting[0].slot)


async def call_now(records: Records, pong: Pong, incident: Incident, *, by: str, name: str) -> Incident:
    """A person does not wait for the next rung. Raises IllegalMove when there is none left."""
    call = Call(actor=by, why=f"{mention(by)} asks for help", name=name)
    if incident.is_ack_due:
        return await _call_for_acknowledgement(records, pong, incident, call)
    if incident.rung >= len(pong.settings.escalation.ladder):
        raise IllegalMove("Everybody on the ladder was called already: call people yourself.")
    await records.timers.cancel(incident.id, timers.UNRESOLVED)
    return await _climb(records, pong, incident, call)


async def woken(records: Records, incident: Incident) -> list[str]:
    """Whom this bout of it has called by escalation, each once."""
    people: dict[str, None] = {}
    for event in await records.timeline.of(incident.id):
        if event.kind in _BEGINS_ANEW:
            people = {}
        elif event.kind == ESCALATED:
            people |= dict.fromkeys(event.data.get("people") or ())
    return list(people)


async def _unacknowledged(
    records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None
) -> None:
    if incident.status is not Status.TRIGGERED:
        return
    if not incident.is_ack_due:
        await _call_again(records, pong, incident, due)
        return
    minutes = pong.settings.escalation.unacknowledged_after_min
    why = f"nobody has acknowledged for {in_minutes(minutes)}"
    await _call_for_acknowledgement(records, pong, incident, _by_the_clock(pong, due, why))


async def _call_for_acknowledgement(records: Records, pong: Pong, incident: Incident, call: Call) -> Incident:
    """Nobody has it: whoever is next on call."""
    escalation = pong.settings.escalation
    named = escalation.next_rung
    people = (*named, *(user for user in incident.on_call_called if user not in named))
    next_rung = RungTable(after_min=escalation.unacknowledged_after_min, people=people)
    await records.timers.cancel(incident.id, timers.UNACKNOWLEDGED)
    if call.late_ms:
        await _have_time(records, pong, incident)
    return await _called(records, pong, replace(incident, is_ack_due=False), next_rung, call)


async def _call_again(records: Records, pong: Pong, incident: Incident, due: Due) -> None:
    """Everybody was called and nobody has it: on call and the rung after it, again."""
    escalation = pong.settings.escalation
    people = dict.fromkeys([*on_call.known(pong, incident), *escalation.next_rung])
    unheld = incident.counted(length(due.due_ms - incident.open_since_ms))
    why = f"everybody was called, and nobody has it {unheld}"
    rung = RungTable(after_min=escalation.unresolved_after_min, people=tuple(people))
    await _called(records, pong, incident, rung, _by_the_clock(pong, due, why))


async def _again_where_nobody_has_it(records: Records, pong: Pong, incident: Incident) -> None:
    """Once there is no further rung: what nobody has is never quiet."""
    escalation = pong.settings.escalation
    is_at_end = incident.rung >= len(escalation.ladder) and not incident.is_ack_due
    if is_at_end and incident.status is Status.TRIGGERED and not incident.is_drill:
        due_ms = pong.clock.now_ms() + timers.minutes(escalation.unresolved_after_min)
        slot = await records.timers.next_slot(incident.id, timers.UNACKNOWLEDGED)
        await records.timers.schedule(incident.id, timers.UNACKNOWLEDGED, slot, due_ms=due_ms)


async def _have_time(records: Records, pong: Pong, incident: Incident) -> None:
    """Who is called late has as long as always before the next rung is."""
    escalation = pong.settings.escalation
    gap_min = max(0.0, escalation.unresolved_after_min - escalation.unacknowledged_after_min)
    due_ms = pong.clock.now_ms() + timers.minutes(gap_min)
    if any(one.due_ms < due_ms for one in await _waiting(records, incident, timers.UNRESOLVED)):
        await records.timers.postpone(incident.id, timers.UNRESOLVED, due_ms=due_ms)


async def _unresolved(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    ladder = pong.settings.escalation.ladder
    if incident.rung >= len(ladder):
        return  # pong.toml has fewer rungs by now
    open_min = round((due.due_ms - incident.open_since_ms - incident.well_ms) / 60_000)
    why = f"not resolved {incident.counted(in_minutes(open_min))}"
    await _climb(records, pong, incident, _by_the_clock(pong, due, why))


def _by_the_clock(pong: Pong, due: Due, why: str) -> Call:
    late_ms = timers.late_by_ms(due.due_ms, pong.clock.now_ms())
    return Call(actor=PONG, why=why, name=f"escalated:{due.kind}:{due.slot}", late_ms=late_ms)


async def _climb(records: Records, pong: Pong, incident: Incident, call: Call) -> Incident:
    """Call the people of the next rung, and schedule the one after it as far from now as pong.toml has it."""
    ladder = pong.settings.escalation.ladder
    rung = ladder[incident.rung]
    if incident.rung + 1 < len(ladder):
        gap_min = ladder[incident.rung + 1].after_min - rung.after_min
        await _schedule(records, incident, due_ms=pong.clock.now_ms() + timers.minutes(gap_min))
    if not rung.people and support_of(pong, incident, rung) is None:
        before = next((one.people for one in reversed(ladder[: incident.rung]) if one.people), ())
        rung = rung.model_copy(update={"people": before})
        if not incident.is_drill:
            call = replace(call, why=f"{call.why}; {NO_SUPPORT}")
    return await _called(records, pong, replace(incident, rung=incident.rung + 1), rung, call)


async def _called(records: Records, pong: Pong, incident: Incident, rung: RungTable, call: Call) -> Incident:
    """Kept, and said by a message that notifies."""
    facts = {"people": list(rung.people), "why": call.why, "late_ms": call.late_ms}
    await _again_where_nobody_has_it(records, pong, incident)
    changed = await _with_next(records, incident)
    changed = await keep(records, pong, changed, ESCALATED, actor=call.actor, **facts)
    support = support_of(pong, changed, rung)
    message = draw.escalated(changed, rung.people, why=call.why, late_ms=call.late_ms, support=support)
    message = await paging.offered(records, pong, changed, message)
    await say(records, pong, thread_of(changed), call.name, message, klass=Class.URGENT, broadcast=True)
    return changed


def support_of(pong: Pong, incident: Incident, rung: RungTable) -> draw.Support | None:
    """Where the target's provider wants mail, where this rung is for that and it is known."""
    table = pong.settings.targets.get(incident.target or "")
    if incident.is_drill or not rung.provider_support or table is None or table.provider is None:
        return None
    provider = pong.settings.providers.get(table.provider)
    if provider is None or provider.support_email is None:
        return None
    id = table.upstash_database_id or table.digitalocean_database_id or ""
    return draw.Support(provider=table.provider, email=provider.support_email, database_id=id)


async def _schedule(records: Records, incident: Incident, *, due_ms: int) -> None:
    slot = await records.timers.next_slot(incident.id, timers.UNRESOLVED)
    await records.timers.schedule(incident.id, timers.UNRESOLVED, slot, due_ms=due_ms)


async def _with_next(records: Records, incident: Incident) -> Incident:
    kinds = (timers.UNRESOLVED, timers.UNACKNOWLEDGED)
    waiting = [due.due_ms for kind in kinds for due in await _waiting(records, incident, kind)]
    return replace(incident, next_rung_ms=min(waiting, default=None))


async def _waiting(records: Records, incident: Incident, kind: str) -> list[Due]:
    return [due for due in await records.timers.waiting(incident.id) if due.kind == kind]


HANDLERS: dict[str, Handler] = {timers.UNACKNOWLEDGED: _unacknowledged, timers.UNRESOLVED: _unresolved}
