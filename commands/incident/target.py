"""The buttons under "which Redis is it?": a person says which target, of its runbook's kind, it is about."""

from dataclasses import replace

from bot.errors import BadInput
from bot.incident import Incident
from bot.intake.bringing import look_soon
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.store.records import Records
from bot.thread import keep, runbook_of
from bot.where import incident_of, the_incident


async def run(request: Request, pong: Pong) -> Work:
    name = request.ref.partition(":")[2] or " ".join(request.words)

    async def answer(records: Records) -> None:
        incident = await _meant(records, replace(request, words=(), ref=request.ref.partition(":")[0]))
        if incident.target is not None:
            raise BadInput(f"Incident #{incident.id} is about {incident.target} already.")
        target = pong.targets.among(runbook_of(pong, incident).looks_at).get(name)
        if other := await records.incidents.open_for(incident.runbook, target.name):
            if other.is_drill:
                raise BadInput(f"Drill #{other.id} is open on {name}: resolve it, then choose again.")
            raise BadInput(
                f"Incident #{other.id} is open on {name} already: go on there, and resolve this one."
            )
        changed = replace(incident, target=target.name)
        changed = await keep(
            records, pong, changed, "incident.target_set", actor=request.user, target=target.name
        )
        await look_soon(records, pong, changed)

    return answer


async def _meant(records: Records, request: Request) -> Incident:
    """The one it was asked about, else the only one that has no target yet."""
    if incident := await incident_of(records, request):
        return incident
    unnamed = [incident for incident in await records.incidents.all_open() if incident.target is None]
    return unnamed[0] if len(unnamed) == 1 else await the_incident(records, request)


VERB = Verb(
    name="target",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage="/incident target NAME",
    example="/incident target redis-prod",
    explains="say what the incident is about",
)
