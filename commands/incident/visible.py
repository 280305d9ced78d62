"""`/incident visible`: users see it. Then people are asked at once whether the public is told."""

from bot.errors import IllegalMove
from bot.people import Role
from bot.pong import Pong
from bot.public.known import public_of
from bot.public.telling import mark_visible
from bot.request import Request, Verb, Work
from bot.slack.render.blocks import mention
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import say, thread_of
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        if not incident.is_open:
            raise IllegalMove(f"Incident #{incident.id} is resolved: users see it no more.")
        before = await public_of(records, incident.id)
        if not await mark_visible(records, pong, incident, by=request.user):
            line = f"👥 {mention(request.user)} says that users see it. People were asked already."
            if before and before.marked_by:
                line = f"{mention(request.user)} That users see it is known already, and people were asked."
            name = f"visible:{request.id}"
            await say(records, pong, thread_of(incident), name, said(line), klass=Class.ANSWER)

    return answer


VERB = Verb(
    name="visible",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage="/incident visible [number]",
    example="/incident visible 4",
    explains="users see it: ask now whether the public is told",
)
