"""The button "Preview again": measure anew and compare; what was approved stays as it was.

Only where more would be lost now a new plan takes its place.
"""

from dataclasses import replace

from bot.approvals.card import redraw_card
from bot.approvals.offer import Offer, ask, load, save
from bot.approvals.prepare import prepare
from bot.errors import BadInput, Refused
from bot.people import Role
from bot.pong import Pong
from bot.remediations.compared import loses_more
from bot.request import Request, Verb, Work
from bot.slack.render.incident import said
from bot.slack.render.plan import comparison
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import say, thread_of
from commands.approval.deciding import check_has_a_say
from commands.approval.reading import the_offer

PREVIEWED = "approval.previewed"
# Each look samples some 10,000 keys of a server that may be sick.
LOOKS_EVERY_MS = 15_000


async def run(request: Request, pong: Pong) -> Work:
    offer = await pong.store.read(lambda records: the_offer(records, request.ref))
    await check_has_a_say(request, pong)
    await pong.store.read(lambda records: _check_not_just_measured(records, pong, offer))
    id = offer.id
    incident = await pong.store.read(lambda records: records.incidents.get(offer.approval.incident_id))
    if incident is None or not incident.is_open:
        raise BadInput("The incident is resolved: nothing runs for it any more.")
    prepared = await prepare(pong, incident, offer.plan.remediation, offer.words)

    async def answer(records: Records) -> None:
        now = await load(records, id)
        if not now.approval.is_open:
            raise Refused(f"This plan is {now.approval.state} already.")
        text = comparison(prepared[1], now.preview)
        await say(records, pong, thread_of(incident), f"preview:{request.id}", said(text), klass=Class.ANSWER)
        actor, now_ms = request.user, pong.clock.now_ms()
        await records.timeline.note(incident.id, PREVIEWED, actor=actor, at_ms=now_ms, approval=id)
        if loses_more(prepared[1], now.preview):
            old = replace(now, approval=now.approval.superseded())
            await save(records, old)
            await redraw_card(records, pong, old)
            requester = now.approval.requester
            anew = await ask(records, pong, incident, prepared, by=requester, words=now.words, why=now.why)
            await records.timeline.note(
                incident.id, "approval.superseded", actor=actor, at_ms=now_ms, approval=id, by=anew.id
            )
            await redraw_card(records, pong, anew)

    return answer


async def _check_not_just_measured(records: Records, pong: Pong, offer: Offer) -> None:
    """Raises Refused, with where the figures stand."""
    events = await records.timeline.of(offer.approval.incident_id)
    looked = [one.at_ms for one in events if one.kind == PREVIEWED and one.data.get("approval") == offer.id]
    if looked and pong.clock.now_ms() - looked[-1] < LOOKS_EVERY_MS:
        raise Refused(
            f"It was measured again a moment ago: the figures stand in this thread. "
            f"It can be measured anew {LOOKS_EVERY_MS // 1000} s after that."
        )


# It may take an open plan's place, votes and all, so whoever may only look is refused.
VERB = Verb(name="preview", role=Role.VIEWER, run=run)
