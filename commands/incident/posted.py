"""The button "Done": somebody told the public on a status page that Pong does not reach."""

from bot.people import Role
from bot.pong import Pong
from bot.public.telling import done_by_hand
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        await done_by_hand(records, pong, incident, by=request.user)

    return answer


VERB = Verb(name="posted", role=Role.RESPONDER, run=run)
