"""The button "Not needed": the public need not be told."""

from bot.people import Role
from bot.pong import Pong
from bot.public.telling import decline
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        await decline(records, pong, incident, by=request.user)

    return answer


VERB = Verb(name="not_needed", role=Role.RESPONDER, run=run)
