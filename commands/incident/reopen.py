"""`/incident reopen`: it was resolved, and is not over."""

from bot.errors import IllegalMove
from bot.intake.bringing import look_soon
from bot.people import Role
from bot.pong import Pong
from bot.promises.made import promise
from bot.request import Request, Verb, Work
from bot.slack.render.summary import reopened
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import keep, say, thread_of
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        changed = incident.reopened_by_hand(at_ms=pong.clock.now_ms())
        if other := await records.incidents.open_for(incident.runbook, incident.target):
            raise IllegalMove(f"Incident #{other.id} is open on the same target: work on that one.")
        changed = await promise(records, pong, changed)
        changed = await keep(records, pong, changed, "incident.reopened", actor=request.user)
        message = reopened(changed, pong.settings.escalation, by=request.user)
        name = f"reopened:{request.id}"
        await say(records, pong, thread_of(changed), name, message, klass=Class.URGENT, broadcast=True)
        await look_soon(records, pong, changed)

    return answer


VERB = Verb(
    name="reopen",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage="/incident reopen number",
    example="/incident reopen 4",
    explains="it was resolved, and is not over",
)
