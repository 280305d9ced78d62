"""`/incident summary`: where are we? For whoever joins."""

from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.summary import where_we_are
from bot.store.outbox import Class
from bot.store.records import Records
from bot.summary import summary_of
from bot.thread import say, thread_of
from bot.where import the_incident


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        incident = await the_incident(records, request)
        message = where_we_are(incident, await summary_of(records, pong, incident))
        name = f"summary:{request.id}"
        await say(records, pong, thread_of(incident), name, message, klass=Class.ANSWER)

    return answer


VERB = Verb(
    name="summary",
    role=Role.VIEWER,
    run=run,
    command="/incident",
    usage="/incident summary [number]",
    example="/incident summary 4",
    explains="where we are: for whoever joins",
)
