"""What follows when one person breaks the glass? A loud post, a delay in which others can stop it, a review.

The delay is counted from when Slack took the post: nobody can stop what nobody was told of.
"""

from dataclasses import replace

from bot import timers
from bot.approval import State
from bot.card import Phase, redraw_card, view_of
from bot.errors import IllegalMove
from bot.incident import Incident
from bot.look import Look
from bot.offer import Offer, load, save
from bot.pong import Pong
from bot.promises import Handler
from bot.reviews import COUNTED, open_reviews
from bot.slack.render.glass import announced, reminder
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.thread import Place, parent_id, redraw, say, thread_of
from bot.timeline import PONG

ASKED_AGAIN_EVERY_MS = 5_000
GIVES_UP_AFTER_MS = 10 * 60_000
AWAY = "Pong was away while others could have stopped it"
UNHEARD = "Slack did not take the post that tells others of it"


async def broken(records: Records, pong: Pong, offer: Offer, *, why: str) -> None:
    """Somebody has just voted so: tell everybody, and let the delay begin."""
    approval = offer.approval
    incident_id = approval.incident_id
    await records.timers.cancel_slot(incident_id, timers.APPROVE_BY, offer.id)
    due_ms = approval.glass_counts_ms or 0
    await records.timers.schedule(incident_id, timers.GLASS, offer.id, due_ms=due_ms)
    message = announced(view_of(offer, Phase.DECIDING, {}), reason=why)
    place = Place(pong.lane, parent_id(incident_id))
    await say(records, pong, place, _name(offer), message, klass=Class.URGENT, broadcast=True)


async def cancelled(records: Records, pong: Pong, offer: Offer, *, by: str, why: str = "") -> None:
    """It does not start. Raises IllegalMove when nothing waits for its delay."""
    if not (offer.approval.is_open and offer.approval.alone):
        raise IllegalMove("Nothing waits here any more: it has started, or somebody has ended it.")
    ended = replace(offer, approval=offer.approval.cancelled())
    await save(records, ended)
    incident_id, now_ms = offer.approval.incident_id, pong.clock.now_ms()
    for kind in (timers.GLASS, timers.EXECUTE_BY):
        await records.timers.cancel_slot(incident_id, kind, offer.id)
    await records.timeline.note(
        incident_id, "glass.cancelled", actor=by, at_ms=now_ms, approval=offer.id, why=why or None
    )
    facts = {"cancelled_by": by, "why": why}
    await redraw_card(records, pong, ended, Phase.ENDED, facts, news=True)


async def _delay_is_over(records: Records, pong: Pong, incident: Incident, due: Due, _: Look | None) -> None:
    offer, now_ms = await load(records, due.slot), pong.clock.now_ms()
    ballot = offer.approval.glass
    if ballot is None or offer.approval.state is not State.PENDING:
        return
    ts = await records.outbox.ts_of(f"{parent_id(incident.id)}/{_name(offer)}")
    if timers.late_by_ms(due.due_ms, now_ms):
        await cancelled(records, pong, offer, by=PONG, why=AWAY)
    elif ts is None and now_ms - ballot.at_ms >= GIVES_UP_AFTER_MS:
        await cancelled(records, pong, offer, by=PONG, why=UNHEARD)
    elif ts is None:
        await records.timers.again(due, due_ms=now_ms + ASKED_AGAIN_EVERY_MS)
    elif now_ms < (heard_ms := int(float(ts) * 1000) + offer.approval.policy.glass_delay_ms):
        await records.timers.again(due, due_ms=heard_ms)
    else:
        await _count(records, pong, incident, offer)


async def _count(records: Records, pong: Pong, incident: Incident, offer: Offer) -> None:
    """Approved by one alone: it may start, and somebody else has to look at it afterwards."""
    now_ms = pong.clock.now_ms()
    counted = replace(offer, approval=offer.approval.glass_counted(at_ms=now_ms))
    await save(records, counted)
    await records.approvals.make_ready(offer.id)
    due_ms = counted.approval.execute_by_ms
    await records.timers.schedule(incident.id, timers.EXECUTE_BY, offer.id, due_ms=due_ms)
    why = await _why(records, offer)
    await records.timeline.note(
        incident.id,
        COUNTED,
        actor=PONG,
        at_ms=now_ms,
        approval=offer.id,
        ref=offer.approval.ref,
        title=offer.plan.title,
        by=counted.approval.alone,
        why=why,
    )
    await _remind_tomorrow(records, pong, incident)
    await redraw_card(records, pong, counted)
    await redraw(records, pong, incident)


async def _remind(records: Records, pong: Pong, incident: Incident, due: Due, _: Look | None) -> None:
    await _remind_tomorrow(records, pong, incident)
    if reviews := await open_reviews(records, incident.id):
        message = reminder(reviews)
        await say(records, pong, thread_of(incident), f"review:{due.slot}", message, broadcast=True)


async def _remind_tomorrow(records: Records, pong: Pong, incident: Incident) -> None:
    await records.timers.cancel(incident.id, timers.REVIEW)
    slot = await records.timers.next_slot(incident.id, timers.REVIEW)
    due_ms = timers.next_morning(pong.clock.now_ms(), pong.settings.slack.time_zone)
    await records.timers.schedule(incident.id, timers.REVIEW, slot, due_ms=due_ms)


async def _why(records: Records, offer: Offer) -> str:
    """What they typed, as the timeline has it."""
    events = await records.timeline.of(offer.approval.incident_id)
    said = [event for event in events if event.kind == "approval.break-glass"]
    return next((str(one.data.get("why")) for one in said if one.data.get("approval") == offer.id), "")


def _name(offer: Offer) -> str:
    return f"glass:{offer.id}"


HANDLERS: dict[str, Handler] = {timers.GLASS: _delay_is_over, timers.REVIEW: _remind}
