"""The button "Stop watching" under a live message."""

from bot.errors import BadInput
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.watching import stopped


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        watch = await records.watches.get(int(request.ref)) if request.ref.isdecimal() else None
        if watch is None:
            raise BadInput("This is watched no longer.")
        await stopped(records, pong, watch, by=request.user)

    return answer


VERB = Verb(name="stop_watching", role=Role.VIEWER, run=run)
