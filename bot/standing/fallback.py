"""Who is reminded that the application does without Redis? Everybody in the thread, every 30 minutes.

The runbook's step 12: "Fallback mode reduces performance and DDoS protection. Restore Redis ASAP."
"""

from bot import timers
from bot.approvals.offer import Offer
from bot.incident import Incident
from bot.pong import Pong
from bot.promises.handler import Handler
from bot.remediations.plan import Plan, Wait
from bot.slack.render import incident as draw
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.text import outside
from bot.thread import say, thread_of
from bot.watching.look import Look

NAME = "fallback"
REMIND_EVERY_MS = 30 * 60_000


async def note(records: Records, pong: Pong, offer: Offer) -> None:
    """A plan succeeded: the reminders begin when it switched the mode on, and end when it switched it off."""
    if offer.plan.remediation != NAME:
        return
    incident_id = offer.approval.incident_id
    await records.timers.cancel_on(offer.plan.target, timers.FALLBACK)
    if "on" in offer.words:
        await _schedule(records, incident_id, due_ms=pong.clock.now_ms() + REMIND_EVERY_MS)


def switches_at(plan: Plan) -> int:
    """The step after which the mode is switched: the application's own word comes later."""
    waits = [isinstance(step, Wait) and step.condition == "application-connected" for step in plan.steps]
    return max((number for number, is_word in enumerate(waits) if not is_word), default=0)


async def is_on(records: Records, incident: Incident) -> bool:
    """Whether a plan of this or an earlier incident on the same target switched it on, and none off again."""
    return await records.timers.waits_on(incident.target or "", timers.FALLBACK)


async def _remind(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    target = outside(incident.target or "")
    line = (
        "⚠️ Fallback mode is still on: slower, and less protected from floods. "
        f"Next: restore Redis, then /redis fallback off {target}."
    )
    place, name = thread_of(incident), f"fallback:{due.slot}"
    await say(records, pong, place, name, draw.said(line), klass=Class.INCIDENT)
    now_ms = pong.clock.now_ms()
    due_ms = timers.following(due.due_ms, REMIND_EVERY_MS, now_ms=now_ms)
    await _schedule(records, incident.id, due_ms=due_ms)


async def _schedule(records: Records, incident_id: int, *, due_ms: int) -> None:
    slot = await records.timers.next_slot(incident_id, timers.FALLBACK)
    await records.timers.schedule(incident_id, timers.FALLBACK, slot, due_ms=due_ms)


HANDLERS: dict[str, Handler] = {timers.FALLBACK: _remind}
