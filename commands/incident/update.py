"""`/incident update`: how far are we, what is being done, how long may it take?"""

from dataclasses import replace
from typing import Any

from bot.errors import BadInput
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.promises import updated
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.slack.render.incident import progress
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import plain
from bot.thread import keep, runbook_of, say, thread_of
from bot.where import the_incident

FIELD_MOST = 600


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    if request.words:
        raise BadInput("What is known was typed: no window is needed.")
    incident = await pong.store.read(lambda records: the_incident(records, request))
    return modals.update(incident, opened_at(request, str(incident.id)))


async def run(request: Request, pong: Pong) -> Work:
    said = request.values or {"status": " ".join(request.words)}
    if not said.get("status"):
        raise BadInput(
            "Write what is known after it, as in: @pong update root cause identified, clearing the cache"
        )

    async def answer(records: Records) -> None:
        incident = await the_incident(records, replace(request, words=()))
        if not incident.is_open:
            raise BadInput(f"Incident #{incident.id} is resolved: it takes no more updates.")
        changed = await updated(records, pong, _with(incident, said))
        changed = await keep(records, pong, changed, "update.posted", actor=request.user, **said)
        message = progress(changed, runbook_of(pong, changed), now_ms=pong.clock.now_ms(), by=request.user)
        await say(records, pong, thread_of(changed), f"update-by:{request.id}", message, klass=Class.ANSWER)

    return answer


def _with(incident: Incident, said: dict[str, str]) -> Incident:
    return replace(
        incident,
        status_said=plain(said["status"], FIELD_MOST),
        action=plain(said["action"], FIELD_MOST) if said.get("action") else incident.action,
        eta=plain(said["eta"], FIELD_MOST) if said.get("eta") else None,
    )


VERB = Verb(
    name="update",
    role=Role.RESPONDER,
    run=run,
    view=view,
    command="/incident",
    usage="/incident update [what is known]",
    explains="tell people how far it is",
)
