"""The button "Preview again": measure anew and compare; what was approved stays as it was."""

from dataclasses import replace

from bot.approvals.card import redraw_card
from bot.approvals.offer import ask, load, save
from bot.approvals.prepare import prepare
from bot.errors import BadInput, Refused
from bot.people import Role
from bot.pong import Pong
from bot.remediations.plan import loses_more
from bot.request import Request, Verb, Work
from bot.slack.render.incident import said
from bot.slack.render.plan import comparison
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import say, thread_of
from commands.approval.reading import the_offer


async def run(request: Request, pong: Pong) -> Work:
    offer = await pong.store.read(lambda records: the_offer(records, request.ref))
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
        await records.timeline.note(incident.id, "approval.previewed", actor=actor, at_ms=now_ms, approval=id)
        if loses_more(prepared[1], now.preview):
            old = replace(now, approval=now.approval.superseded())
            await save(records, old)
            await redraw_card(records, pong, old)
            requester = now.approval.requester
            anew = await ask(records, pong, incident, prepared, by=requester, words=now.words)
            await records.timeline.note(
                incident.id, "approval.superseded", actor=actor, at_ms=now_ms, approval=id, by=anew.id
            )
            await redraw_card(records, pong, anew)

    return answer


VERB = Verb(name="preview", role=Role.VIEWER, run=run)
