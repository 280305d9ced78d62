"""`/incident update`: how far are we, what is being done, how long may it take?"""

from dataclasses import replace
from typing import Any

from bot.elsewhere import write_back
from bot.errors import BadInput
from bot.incident import Incident
from bot.people import Role
from bot.pong import Pong
from bot.promises.updates import given
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.slack.render.updates import progress
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import plain
from bot.thread import keep, runbook_of, say, thread_of
from bot.where import the_incident

FIELD_MOST = 600


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    number, typed = _split(request)
    if typed:
        raise BadInput("What is known was typed: no window is needed.")
    incident = await pong.store.read(lambda records: the_incident(records, number))
    return modals.update(incident, opened_at(request, str(incident.id)))


async def run(request: Request, pong: Pong) -> Work:
    number, typed = _split(request)
    said = request.values or {"status": typed}
    if not said.get("status"):
        raise BadInput(
            "Write what is known after it, as in: @pong update root cause identified, clearing the cache"
        )

    async def answer(records: Records) -> None:
        incident = await the_incident(records, number)
        if not incident.is_open:
            raise BadInput(f"Incident #{incident.id} is resolved: it takes no more updates.")
        changed = await given(
            records, pong, _with(incident, said, by=request.user, at_ms=pong.clock.now_ms()), by=request.user
        )
        facts = {"status": changed.status_said, "action": changed.action, "eta": changed.eta}
        changed = await keep(records, pong, changed, "update.posted", actor=request.user, **facts)
        message = progress(changed, runbook_of(pong, changed), now_ms=pong.clock.now_ms(), by=request.user)
        await say(records, pong, thread_of(changed), f"update-by:{request.id}", message, klass=Class.ANSWER)
        await write_back.note(records, pong, changed, by=request.user)

    return answer


def faults(values: dict[str, str]) -> dict[str, str]:
    return {} if values.get("status") else {"status": "Say it in a sentence."}


def _split(request: Request) -> tuple[Request, str]:
    """The request with at most the incident's number (#4) for words, and what was typed after that."""
    has_number = bool(request.words) and request.words[0].startswith("#") and request.words[0][1:].isdigit()
    return replace(request, words=request.words[:has_number]), " ".join(request.words[has_number:])


def _with(incident: Incident, said: dict[str, str], *, by: str, at_ms: int) -> Incident:
    return replace(
        incident,
        status_said=plain(said["status"], FIELD_MOST),
        status_said_by=by,
        status_said_ms=at_ms,
        action=plain(said["action"], FIELD_MOST) if said.get("action") else incident.action,
        eta=plain(said["eta"], FIELD_MOST) if said.get("eta") else None,
    )


VERB = Verb(
    name="update",
    role=Role.RESPONDER,
    run=run,
    view=view,
    faults=faults,
    command="/incident",
    usage="/incident update [#number] [what is known]",
    example="/incident update #4 the cache is being cleared",
    explains="tell people how far it is",
)
