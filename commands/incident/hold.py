"""`/incident hold`: put the next escalation off, once a rung."""

from bot.diagnostics.units import in_minutes
from bot.errors import BadInput, IllegalMove
from bot.incident import Status
from bot.people import Role
from bot.pong import Pong
from bot.promises.ladder import hold
from bot.request import Request, Verb, Work
from bot.slack.render.blocks import date, mention
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import plain
from bot.thread import keep, say, thread_of
from bot.where import the_incident

USAGE = "/incident hold [number]"


async def run(request: Request, pong: Pong) -> Work:
    if odd := next((word for word in request.words if not word.lstrip("#").isdecimal()), None):
        raise BadInput(
            f"“{plain(odd, 40)}” is no incident’s number, and how long a hold lasts is set in pong.toml "
            f"({in_minutes(pong.settings.escalation.hold_min)}): write {USAGE}."
        )

    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        if incident.status is Status.TRIGGERED:
            raise IllegalMove("Acknowledge it first: while nobody has it, the next rung is not put off.")
        changed = await hold(records, pong, incident)
        changed = await keep(records, pong, changed, "escalation.held", actor=request.user)
        line = f"⏸ {mention(request.user)} holds the next escalation until {date(changed.next_rung_ms or 0)}."
        await say(records, pong, thread_of(changed), f"hold:{request.id}", said(line), klass=Class.ANSWER)

    return answer


VERB = Verb(
    name="hold",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage=USAGE,
    example="/incident hold 4",
    explains="put the next escalation off, once a rung",
)
