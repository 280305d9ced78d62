"""`/incident suspect`: an attack, or lost data? Then the runbook's steps for that, each with what does it."""

from dataclasses import replace

from bot.diagnostics.units import count
from bot.errors import BadInput, IllegalMove
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render import suspicion as draw
from bot.slack.render.blocks import Message, date
from bot.store.outbox import Class
from bot.store.records import Records
from bot.suspicion import NOTED, Suspicion, deletions
from bot.targets.target import Target
from bot.text import outside
from bot.thread import keep, say, thread_of
from bot.where import the_incident

USAGE = "/incident suspect ddos | data-loss [number]"


async def run(request: Request, pong: Pong) -> Work:
    what = next((Suspicion(word.lower()) for word in request.words if word.lower() in list(Suspicion)), None)
    if what is None:
        raise BadInput(f"What do you suspect? Write {USAGE}.")
    words = tuple(word for word in request.words if word.lower() != what)

    async def answer(records: Records) -> None:
        incident = await the_incident(records, replace(request, words=words))
        if not incident.is_open:
            raise IllegalMove(f"Incident #{incident.id} is resolved: write it into its report.")
        await keep(records, pong, incident, NOTED, actor=request.user, what=what)
        if what is Suspicion.DDOS:
            message = draw.ddos(incident, by=request.user, is_guarded=_is_guarded(pong, incident))
        else:
            message = await _data_loss(records, incident, by=request.user)
        name = f"suspected:{request.id}"
        await say(records, pong, thread_of(incident), name, message, klass=Class.ANSWER)

    return answer


async def _data_loss(records: Records, incident: Incident, *, by: str) -> Message:
    deleted = deletions(await records.timeline.of(incident.id))
    lines = [f"{date(at)}: {outside(title)}, {count(keys, 'key', 'keys')}" for at, title, keys in deleted]
    return draw.data_loss(incident, by=by, deleted=lines)


def _is_guarded(pong: Pong, incident: Incident) -> bool:
    if incident.target is None or incident.target not in pong.targets.names:
        return False
    target: Target = pong.targets.get(incident.target)
    return target.zone is not None


VERB = Verb(
    name="suspect",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage=USAGE,
    example="/incident suspect ddos",
    explains="an attack, or lost data: the runbook's steps for it",
)
