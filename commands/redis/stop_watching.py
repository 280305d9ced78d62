"""The button "Stop watching" under a live message."""

from bot.errors import BadInput
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.watching.live import stopped
from bot.where import NUMBER_MOST_DIGITS, incident_of


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        number = request.ref.removeprefix("watch-")
        is_number = number.isdecimal() and len(number) <= NUMBER_MOST_DIGITS
        watch = await records.watches.get(int(number)) if is_number else None
        if watch is None:
            raise BadInput("This is watched no longer.")
        await stopped(records, pong, watch, by=request.user)
        incident = await incident_of(records, request)
        await records.timeline.note(
            incident.id if incident and incident.target == watch.target else 0,
            "redis.watch_stopped",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            target=watch.target,
        )

    return answer


VERB = Verb(name="stop_watching", role=Role.VIEWER, run=run)
