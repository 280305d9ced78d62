"""`/redis watch [target] [minutes]`: a live message with the key figures, which ends by itself."""

from bot.clock import clock_time
from bot.errors import BadInput
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.watch import watch_message
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import say
from bot.watching.live import ref_of
from bot.watching.trend import taken
from commands.answering import no_more_words, place_for, the_target

USAGE = "/redis watch [target] [minutes]"
MINUTES, MINUTES_MOST = 5, 60


async def run(request: Request, pong: Pong) -> Work:
    no_more_words(request, 2, USAGE)
    names, minutes = _understood(request.words, pong)
    target = await the_target(request, pong, *names)
    first = await taken(target.address, pong, pings=True)
    until_ms = pong.clock.now_ms() + minutes * 60_000

    async def answer(records: Records) -> None:
        place, incident = await place_for(records, pong, request, target)
        here = f"{place.parent_id or place.lane}/watch:"
        for watch in await records.watches.all_on():
            if watch.target == target.name and watch.message_id.startswith(here):
                until = clock_time(watch.until_ms)
                raise BadInput(f"{target.name} is watched here already, until {until}: stop that one first.")
        id = await records.watches.begin(target.name, f"{here}{request.id}", until_ms=until_ms)
        await records.watches.seen(id, first)
        message = watch_message(target.name, (first,), until_ms=until_ms, ref=ref_of(id))
        await say(records, pong, place, f"watch:{request.id}", message, klass=Class.ANSWER)
        await records.timeline.note(
            incident.id if incident else 0,
            "redis.watched",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            target=target.name,
            minutes=minutes,
        )

    return answer


def _understood(words: tuple[str, ...], pong: Pong) -> tuple[tuple[str, ...], int]:
    """The target's name, if any, and the minutes, in either order."""
    numbers = [word for word in words if word.isdecimal() and word not in pong.targets.names]
    names = tuple(word for word in words if word not in numbers)
    if len(numbers) > 1 or len(names) > 1:
        raise BadInput(f"That is no target and a number of minutes: write {USAGE}")
    minutes = int(numbers[0]) if numbers and len(numbers[0]) < 5 else (0 if numbers else MINUTES)
    if not 1 <= minutes <= MINUTES_MOST:
        raise BadInput(f"Watch takes 1 to {MINUTES_MOST} minutes.")
    return names, minutes


VERB = Verb(
    name="watch",
    role=Role.VIEWER,
    run=run,
    command="/redis",
    usage=USAGE,
    example="/redis watch redis-prod 10",
    explains="its key figures, live, for 5 minutes or as many as you say",
)
