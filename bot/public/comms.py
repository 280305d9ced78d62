"""Who tells the public and users, where somebody takes that off whoever mends it?

Reminders about the status page then go to that person. It may be handed over, and given back.
"""

from bot.incident import Incident
from bot.pong import Pong
from bot.public.known import public_of
from bot.slack.render import comms as draw
from bot.slack.render.public import closing
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import keep, say, thread_of

TAKEN, HANDED_OVER, GIVEN_BACK = "comms.taken", "comms.handed_over", "comms.given_back"
NOT_ASKED = "not told, and nobody was asked yet"


async def take(records: Records, pong: Pong, incident: Incident, *, by: str, name: str) -> None:
    """Raises IllegalMove when somebody has it, or it is over. `name` tells its message from others."""
    changed = await keep(records, pong, incident.with_comms(by), TAKEN, actor=by)
    message = draw.taken(changed, stands=await _stands(records, incident))
    await say(records, pong, thread_of(changed), name, message, klass=Class.ANSWER)


async def hand_over(
    records: Records, pong: Pong, incident: Incident, *, by: str, to: str, note: str, name: str
) -> None:
    """Whoever has it, or nobody: `to` has it from now on, and is called. Raises IllegalMove when it is theirs
    already, or it is over."""
    facts = {"before": incident.comms, "comms": to, "note": note}
    changed = incident.with_comms(to, is_handed_over=True)
    changed = await keep(records, pong, changed, HANDED_OVER, actor=by, **facts)
    message = draw.handed_over(changed, by=by, note=note, stands=await _stands(records, incident))
    await say(records, pong, thread_of(changed), name, message, klass=Class.URGENT)


async def give_back(records: Records, pong: Pong, incident: Incident, *, by: str, name: str) -> None:
    """The incident's owner has it again. Raises IllegalMove when nobody else has it."""
    changed = await keep(records, pong, incident.without_comms(), GIVEN_BACK, actor=by, before=incident.comms)
    message = draw.given_back(changed, by=by)
    await say(records, pong, thread_of(changed), name, message, klass=Class.ANSWER)


async def _stands(records: Records, incident: Incident) -> str:
    """What the public knows by now, as a line."""
    return closing(await public_of(records, incident.id), NOT_ASKED)
