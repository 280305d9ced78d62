"""`/incident assign`: somebody else has it from now on, and is told where it stands."""

from typing import Any

from bot.elsewhere.write_back import write
from bot.errors import BadInput, IllegalMove
from bot.incident import Incident, Status
from bot.people import Role
from bot.pong import Pong
from bot.promises.ladder import acknowledged
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.slack.render.summary import handed_over
from bot.slack.render.write_back import What
from bot.store.outbox import Class
from bot.store.records import Records
from bot.summary import summary_of
from bot.text import plain
from bot.thread import keep, say, thread_of
from bot.where import the_incident
from commands.naming import a_responder, named

SAID_MOST = 600
HOW = "To whom? Press Hand over… in its thread, or write it there: @pong assign @dev"


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    if request.words:
        raise BadInput("Whom it goes to was typed: no window is needed.")
    incident = await pong.store.read(lambda records: the_incident(records, request))
    return modals.hand_over(incident, opened_at(request, str(incident.id)))


async def run(request: Request, pong: Pong) -> Work:
    wish = named(request)
    to = wish.to
    identity = await a_responder(pong, to, how=HOW)

    async def answer(records: Records) -> None:
        incident = await the_incident(records, wish.request)
        await records.names.remember(to, identity.handle)
        changed = await _handed_over(records, pong, incident, to)
        note = plain(wish.said, SAID_MOST)
        facts = {"before": incident.owner, "owner": to, "note": note}
        changed = await keep(records, pong, changed, "incident.assigned", actor=request.user, **facts)
        lines = await summary_of(records, pong, changed)
        message = handed_over(changed, lines, by=request.user, to=to, note=note)
        name = f"assigned:{request.id}"
        await say(records, pong, thread_of(changed), name, message, klass=Class.URGENT)
        if incident.status is Status.TRIGGERED:
            await write(records, pong, changed, What.ACKNOWLEDGE, by=request.user)

    return answer


async def _handed_over(records: Records, pong: Pong, incident: Incident, to: str) -> Incident:
    if incident.is_paused and incident.is_open:
        raise IllegalMove(f"Incident #{incident.id} looks healthy: resolve it, or press Not over first.")
    was_taken = incident.status is not Status.TRIGGERED
    changed = incident.handed_over(to=to, at_ms=pong.clock.now_ms())
    return changed if was_taken else await acknowledged(records, changed)


def faults(values: dict[str, str]) -> dict[str, str]:
    return {} if values.get("to") else {"to": "Choose who has it from now on."}


VERB = Verb(
    name="assign",
    role=Role.RESPONDER,
    run=run,
    view=view,
    faults=faults,
    command="/incident",
    usage="/incident assign [number] @name [note]",
    example="/incident assign 4 @dev the replica is behind",
    explains="hand it over: somebody else has it from now on",
)
