"""`/incident search`: was there something like this before, and what helped?"""

from bot.errors import BadInput
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.summary import found
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import plain
from bot.thread import say
from bot.where import place_of

USAGE = "/incident search words"
LOOKED_AT_MOST, SHOWN_MOST = 1_000, 8


async def run(request: Request, pong: Pong) -> Work:
    if not request.words:
        raise BadInput(f"For what? Write {USAGE}: a target, an alert, a word of the cause or the fix.")
    words = [word.lower() for word in request.words]

    async def answer(records: Records) -> None:
        place, _ = await place_of(records, pong, request)
        all_of_them = await records.incidents.newest(LOOKED_AT_MOST)
        fits = [incident for incident in all_of_them if holds(incident, words)]
        asked = plain(" ".join(request.words), 80)
        count, now_ms, handles = len(fits), pong.clock.now_ms(), await records.names.all()
        message = found(fits[:SHOWN_MOST], asked, count=count, handles=handles, now_ms=now_ms)
        await say(records, pong, place, f"answer:{request.id}", message, klass=Class.ANSWER)

    return answer


def holds(incident: Incident, words: list[str]) -> bool:
    """Whether each of the words stands in what is known of it, case aside."""
    known = (
        incident.target,
        incident.alert_name,
        incident.severity,
        incident.root_cause,
        incident.fix,
        incident.status_said,
        incident.action,
        *(said for one in incident.concluded for said in (one.root_cause, one.fix)),
    )
    text = " ".join(part for part in known if part).lower()
    return all(word in text for word in words)


VERB = Verb(
    name="search",
    role=Role.VIEWER,
    run=run,
    command="/incident",
    usage="/incident search words",
    example="/incident search redis-prod memory",
    explains="earlier ones in which these words stand, with cause and fix",
)
