"""`/incident list`: which incidents were there lately?"""

from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.summary import listed
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import say
from bot.where import place_of
from commands.answering import no_more_words

USAGE = "/incident list"
SHOWN_MOST = 15


async def run(request: Request, pong: Pong) -> Work:
    no_more_words(request, 0, USAGE)

    async def answer(records: Records) -> None:
        place, _ = await place_of(records, pong, request)
        newest, handles = await records.incidents.newest(SHOWN_MOST), await records.names.all()
        message = listed(newest, handles=handles, now_ms=pong.clock.now_ms())
        await say(records, pong, place, f"answer:{request.id}", message, klass=Class.ANSWER)

    return answer


VERB = Verb(
    name="list",
    role=Role.VIEWER,
    run=run,
    command="/incident",
    usage="/incident list",
    example="/incident list",
    explains="the newest incidents, the resolved ones too",
)
