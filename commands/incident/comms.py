"""`/incident comms`: I tell the public and users.

With a name that person does; with `back` whoever has the incident does again.
"""

from dataclasses import replace

from bot.people import Role
from bot.pong import Pong
from bot.public.comms import take
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.where import the_incident
from commands.incident import comms_back, comms_to
from commands.naming import named

BACK = "back"


async def run(request: Request, pong: Pong) -> Work:
    if named(request).to:
        return await comms_to.run(request, pong)
    if BACK in request.words:
        others = tuple(word for word in request.words if word != BACK)
        return await comms_back.run(replace(request, words=others), pong)

    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        await take(records, pong, incident, by=request.user, name=f"comms:{request.id}")

    return answer


VERB = Verb(
    name="comms",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage="/incident comms [number] [@name [note] | back]",
    example="/incident comms 4",
    explains="take telling the public and users, hand it over, or give it back",
)
