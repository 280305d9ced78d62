"""`/incident ack`: I have it."""

from bot.elsewhere import paging, silences
from bot.elsewhere.write_back import write
from bot.people import Role
from bot.pong import Pong
from bot.promises.made import acknowledge
from bot.request import Request, Verb, Work
from bot.slack.render.incident import acknowledged
from bot.slack.render.write_back import What
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import keep, runbook_of, say, thread_of
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        changed = await acknowledge(records, pong, incident, by=request.user)
        changed = await keep(records, pong, changed, "incident.acknowledged", actor=request.user)
        message = acknowledged(changed, runbook_of(pong, changed))
        message = await silences.offered(records, pong, changed, message)
        message = await paging.offered(records, pong, changed, message)
        await say(records, pong, thread_of(changed), f"ack:{request.id}", message, klass=Class.ANSWER)
        await write(records, pong, changed, What.ACKNOWLEDGE, by=request.user)

    return answer


VERB = Verb(
    name="ack",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage="/incident ack [number]",
    example="/incident ack 4",
    explains="take it: you investigate",
)
