"""What follows when one person breaks the glass? A loud post, a delay in which others can stop it, a review.

The delay is counted from when Slack took the post, and from when on what people press has reached Pong
without a break: nobody can stop what they were not told of, or cannot press.
"""

from dataclasses import replace

from bot import timers
from bot.approvals.approval import State
from bot.approvals.card import Phase, post_of, redraw_card, view_of
from bot.approvals.offer import Offer, load, save
from bot.approvals.reviews import COUNTED, still_open
from bot.errors import IllegalMove, Unread
from bot.incident import Incident
from bot.pong import Pong
from bot.promises.handler import Handler
from bot.slack.render.glass import announced, reminder
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.thread import Place, edit, parent_id, say, thread_of
from bot.timeline import PONG
from bot.watching.look import Look

ASKED_AGAIN_EVERY_MS = 5_000
GIVES_UP_AFTER_MS = 13 * 60_000
SAID_WHEN_LATER_BY_MS = 20_000
UNHEARD = "others could not be told of it and stop it, for Slack or Pong was away"


async def broken(records: Records, pong: Pong, offer: Offer, *, why: str) -> None:
    """Somebody has just voted so: tell everybody, and let the delay begin."""
    approval = offer.approval
    incident_id = approval.incident_id
    await records.timers.cancel_slot(incident_id, timers.APPROVE_BY, offer.id)
    due_ms = approval.glass_counts_ms or 0
    await records.timers.schedule(incident_id, timers.GLASS, offer.id, due_ms=due_ms)
    message = announced(view_of(offer, Phase.DECIDING, {}), reason=why)
    place = Place(pong.lane, parent_id(incident_id))
    await say(records, pong, place, post_of(offer), message, klass=Class.URGENT, broadcast=True)


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
    try:
        offer, now_ms = await load(records, due.slot), pong.clock.now_ms()
    except Unread:
        return  # nothing can run it
    ballot = offer.approval.glass
    if ballot is None or offer.approval.state is not State.PENDING:
        return
    starts_ms = await _starts_ms(records, pong, incident, offer)
    if starts_ms is not None and now_ms >= starts_ms:
        await _count(records, pong, incident, offer)
    elif now_ms - ballot.at_ms >= offer.approval.policy.glass_delay_ms + GIVES_UP_AFTER_MS:
        await cancelled(records, pong, offer, by=PONG, why=UNHEARD)
    else:
        await records.timers.again(due, due_ms=starts_ms or now_ms + ASKED_AGAIN_EVERY_MS)
        if starts_ms is not None and starts_ms - due.due_ms >= SAID_WHEN_LATER_BY_MS:
            await _say_when(records, pong, offer, starts_ms=starts_ms)


async def _starts_ms(records: Records, pong: Pong, incident: Incident, offer: Offer) -> int | None:
    """The delay after others were told and from when on they could stop it without a break; None while they
    cannot."""
    ts = await records.outbox.ts_of(f"{parent_id(incident.id)}/{post_of(offer)}")
    hears_since_ms = pong.slack.hears_since_ms
    if ts is None or hears_since_ms is None:
        return None
    told_ms = int(float(ts) * 1000)
    could_ms = max(told_ms, hears_since_ms, offer.approval.glass.at_ms if offer.approval.glass else 0)
    return could_ms + offer.approval.policy.glass_delay_ms


async def _say_when(records: Records, pong: Pong, offer: Offer, *, starts_ms: int) -> None:
    """It starts later than was said: the card and the post follow."""
    facts = {"starts_ms": starts_ms}
    await redraw_card(records, pong, offer, facts=facts)
    message = announced(view_of(offer, Phase.DECIDING, facts), reason=await _why(records, offer))
    id = f"{parent_id(offer.approval.incident_id)}/{post_of(offer)}"
    await edit(records, pong, id, message, klass=Class.URGENT)


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


async def _remind(records: Records, pong: Pong, incident: Incident, due: Due, _: Look | None) -> None:
    if reviews := still_open(await records.timeline.of(incident.id)):
        await _remind_tomorrow(records, pong, incident)
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


HANDLERS: dict[str, Handler] = {timers.GLASS: _delay_is_over, timers.REVIEW: _remind}
