"""`/incident escalate`: call the next people on the ladder now."""

from bot.elsewhere.write_back import write
from bot.errors import IllegalMove
from bot.people import Role
from bot.pong import Pong
from bot.promises.ladder import call_now
from bot.request import Request, Verb, Work
from bot.slack.render.write_back import What
from bot.store.records import Records
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        if not incident.is_open or incident.is_paused:
            raise IllegalMove(f"Incident #{incident.id} is over, or looks so: nobody is called.")
        await call_now(records, pong, incident, by=request.user, name=f"escalated:{request.id}")
        await write(records, pong, incident, What.ESCALATE, by=request.user)

    return answer


VERB = Verb(
    name="escalate",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage="/incident escalate [number]",
    example="/incident escalate 4",
    explains="call the next people now instead of waiting",
)
