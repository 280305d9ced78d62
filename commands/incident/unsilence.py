"""`/incident unsilence`: Alertmanager calls people again."""

from bot.elsewhere import silences
from bot.errors import IllegalMove
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        if not await silences.end(records, pong, incident, why=silences.ASKED, by=request.user):
            raise IllegalMove(f"Pong has silenced nothing of incident #{incident.id}.")

    return answer


VERB = Verb(
    name="unsilence",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage="/incident unsilence [number]",
    example="/incident unsilence 4",
    explains="end the silence at Alertmanager now",
)
