"""The button "Wake an approver": PagerDuty pages whoever may approve and sleeps."""

from bot.approvals.approval import State
from bot.errors import BadInput, IllegalMove, PongError, ServiceUnavailable
from bot.people import Role
from bot.pong import Pong
from bot.providers.pagerduty import OWN_KEYS, pagerduty
from bot.request import Request, Verb, Work
from bot.slack.render.blocks import mention
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import outside
from bot.thread import Place, parent_id, say
from commands.approval.reading import the_offer

INSTEAD = "Next: call an approver by telephone."


async def run(request: Request, pong: Pong) -> Work:
    offer = await pong.store.read(lambda records: the_offer(records, request.ref))
    now_ms = pong.clock.now_ms()
    if offer.approval.state is not State.PENDING or offer.approval.glass or offer.approval.is_overdue(now_ms):
        raise IllegalMove("Nobody has to approve this any more, so nobody was woken.")
    service = pagerduty(pong.settings)
    if service is None or not service.policy:
        raise BadInput(f"Pong cannot page anybody: set [pagerduty] in pong.toml. {INSTEAD}")
    incident_id, plan = offer.approval.incident_id, offer.plan
    incident = await pong.store.read(lambda records: records.incidents.get(incident_id))
    if incident and incident.is_drill:
        raise IllegalMove("This is a drill, which pages nobody: ask an approver in the thread.")
    title = f"Pong: {plan.title} on {plan.target} waits for an approval (incident {incident_id})"
    details = "Open the incident's thread in Slack, read the plan, then press Approve or Deny…"
    # The digest tells this plan from that of the same number in another store.
    key = f"{OWN_KEYS}approval-{offer.id}-{offer.approval.digest[:16]}"
    failed: PongError | None = None
    is_new = False
    try:
        is_new = await service.page(pong.http, title=title, details=details, key=key)
    except PongError as error:
        failed = error

    async def answer(records: Records) -> None:
        why = str(failed) if failed else None
        await records.timeline.note(
            incident_id,
            "approver.woken" if failed is None else "approver.not_woken",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            approval=offer.id,
            why=why,
        )
        line = said(_line(request.user, outside(plan.title), failed, is_new=is_new))
        place = Place(pong.lane, parent_id(incident_id))
        await say(records, pong, place, f"wake:{request.id}", line, klass=Class.URGENT)

    return answer


def _line(user: str, title: str, failed: PongError | None, *, is_new: bool) -> str:
    if failed is None and not is_new:
        return f"📟 PagerDuty has an open page for “{title}” already, so nobody is paged anew. {INSTEAD}"
    if failed is None:
        return f"📟 {mention(user)} had PagerDuty page an approver for “{title}”. They approve or deny above."
    doubt = "it is not known whether anybody was paged"
    was = doubt if isinstance(failed, ServiceUnavailable) else "nobody was paged"
    return f"🔴 {outside(str(failed))}, so {was}. {INSTEAD}"


VERB = Verb(name="wake", role=Role.RESPONDER, run=run)
