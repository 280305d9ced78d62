"""The button "Give back": the incident's owner tells the public again."""

from bot.people import Role
from bot.pong import Pong
from bot.public.comms import give_back
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        await give_back(records, pong, incident, by=request.user, name=f"comms:{request.id}")

    return answer


VERB = Verb(name="comms_back", role=Role.RESPONDER, run=run)
