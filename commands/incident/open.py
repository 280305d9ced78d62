"""`/incident open [target]`: open an incident by hand, by the runbook for that kind of thing."""

from collections.abc import Awaitable, Callable

from bot.alerts.alert import Alert
from bot.errors import BadInput
from bot.incident import BY_HAND, DRILL, OPENED_BY_HAND, AlertState, Incident
from bot.intake.joining import is_made_real, is_real
from bot.intake.opening import open_incident
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.store.records import Records
from commands.answering import no_more_words, the_thing

USAGE = "/incident open [target]"
Also = Callable[[Records, Incident], Awaitable[None]]


async def run(request: Request, pong: Pong) -> Work:
    return await opening(request, pong, source=BY_HAND, usage=USAGE)


async def opening(request: Request, pong: Pong, *, source: str, usage: str, also: Also | None = None) -> Work:
    """Open one by hand, for whichever reason `source` names; `also` happens with it, to the one that was
    opened, or that was a drill until then."""
    no_more_words(request, 1, usage)
    kind, target = await the_thing(request, pong, *request.words)
    runbook = next(one for one in pong.runbooks.values() if one.looks_at is kind)
    alert = Alert(
        source=source,
        key=f"request:{request.id}",
        name=OPENED_BY_HAND,
        state=AlertState.FIRING,
        starts_ms=pong.clock.now_ms(),
    )

    async def answer(records: Records) -> None:
        incident = await records.incidents.open_for(runbook.name, target.name)
        if incident and is_made_real(pong, incident) and source != DRILL:
            await is_real(records, pong, incident, alert)
            if also:
                await also(records, incident)
            return
        if incident:
            raise BadInput(f"Incident #{incident.id} is open on {target.name} already.")
        incident = await open_incident(records, pong, alert, runbook, target.name)
        await records.timeline.note(
            incident.id, "incident.opened_by_hand", actor=request.user, at_ms=pong.clock.now_ms()
        )
        if also:
            await also(records, incident)

    return answer


VERB = Verb(
    name="open",
    role=Role.RESPONDER,
    run=run,
    command="/incident",
    usage=USAGE,
    example="/incident open redis-prod",
    explains="open an incident by hand",
)
