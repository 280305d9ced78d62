"""How does a plan's card follow what becomes of it?

One message, edited in place; what people must notice is said in a new one too.
"""

from enum import StrEnum
from typing import Any

from bot.approvals.approval import State
from bot.approvals.offer import Offer
from bot.pong import Pong
from bot.slack.render.glass import settled
from bot.slack.render.incident import said
from bot.slack.render.plan import plan_message
from bot.slack.render.plan_outcome import PlanView, outcome_line
from bot.standing.protection import REMEDIATION
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import Place, edit, parent_id, redraw, say


class Phase(StrEnum):
    """Beyond the approval's own state: how its execution stands."""

    DECIDING = "deciding"
    RUNNING = "running"
    SUCCEEDED = "succeeded"
    STOPPED = "stopped"
    FAILED = "failed"
    UNKNOWN = "unknown"
    SETTLED = "settled"
    REFUSED = "refused"
    ENDED = "ended"


# What a broken glass came to is decided then; how its plan runs stands on the card.
DECIDED = (Phase.DECIDING, Phase.ENDED, Phase.REFUSED)


def post_of(offer: Offer) -> str:
    """The name of the message that tells everybody of broken glass."""
    return f"glass:{offer.id}"


async def redraw_card(
    records: Records,
    pong: Pong,
    offer: Offer,
    phase: Phase = Phase.DECIDING,
    facts: dict[str, Any] | None = None,
    *,
    news: bool = False,
) -> None:
    """Bring the card up to date, posting it first; `news` says the outcome in a message of its own too."""
    place = Place(pong.lane, parent_id(offer.approval.incident_id))
    message = plan_message(shown(pong, offer, phase, facts))
    id = f"{place.parent_id}/plan:{offer.id}"
    if await records.outbox.is_posted(id):
        await edit(records, pong, id, message, klass=Class.URGENT)
    else:
        await say(records, pong, place, f"plan:{offer.id}", message, klass=Class.URGENT)
    if offer.approval.glass and offer.approval.state is not State.PENDING and phase in DECIDED:
        await edit(records, pong, f"{place.parent_id}/{post_of(offer)}", settled(view_of(offer, phase, {})))
    if news:
        line = said(outcome_line(view_of(offer, phase, facts or {})))
        name = "settled" if phase is Phase.SETTLED else "outcome"
        await say(records, pong, place, f"{name}:{offer.id}", line, klass=Class.URGENT)


async def redraw_parent(records: Records, pong: Pong, offer: Offer) -> None:
    """The incident's own message tells what a plan put on or took back, also one that broke off half-way, and
    what somebody does alone."""
    incident = await records.incidents.get(offer.approval.incident_id)
    if incident and (offer.plan.remediation == REMEDIATION or offer.approval.alone):
        await redraw(records, pong, incident)


def view_of(offer: Offer, phase: Phase, facts: dict[str, Any]) -> PlanView:
    return PlanView(
        approval=offer.approval,
        plan=offer.plan,
        preview=offer.preview,
        why=offer.why,
        phase=phase.value,
        facts=facts,
    )


def shown(
    pong: Pong, offer: Offer, phase: Phase = Phase.DECIDING, facts: dict[str, Any] | None = None
) -> PlanView:
    """The same, with whether PagerDuty could wake somebody to decide on it."""
    can_wake = pong.settings.pagerduty.approvers_policy is not None
    return view_of(offer, phase, {"can_wake": can_wake, **(facts or {})})
