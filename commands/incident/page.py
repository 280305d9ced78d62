"""`/incident page`: PagerDuty asks one more person to help."""

from typing import Any

from bot.elsewhere import paging
from bot.errors import BadInput
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.store.records import Records
from bot.text import plain
from bot.where import the_incident
from commands.naming import named

SAID_MOST = 600
HOW = "Whom? Press Page a person… in its thread, or write it there: @pong page @dev the replica is behind"
WORDS = "Please help with this Redis incident."


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    if request.words:
        raise BadInput("Whom to page was typed: no window is needed.")
    incident = await pong.store.read(lambda records: the_incident(records, request))
    return modals.page(incident, opened_at(request, str(incident.id)), words=WORDS)


async def run(request: Request, pong: Pong) -> Work:
    wish = named(request)
    if not wish.to:
        raise BadInput(HOW)
    if wish.to == request.user:
        raise BadInput("You are here already: whom else should PagerDuty ask?")
    identity = await pong.directory.identity(wish.to)
    if identity.is_deleted or identity.is_bot or identity.is_guest or identity.is_stranger:
        raise BadInput(
            f"@{identity.handle or wish.to} is no full member of this workspace: nobody was paged."
        )
    message = plain(wish.said, SAID_MOST) or WORDS

    async def answer(records: Records) -> None:
        incident = await the_incident(records, wish.request)
        await records.names.remember(wish.to, identity.handle)
        await paging.begin(records, pong, incident, by=request.user, to=wish.to, message=message)

    return answer


def faults(values: dict[str, str]) -> dict[str, str]:
    return {} if values.get("to") else {"to": "Choose whom PagerDuty asks."}


VERB = Verb(
    name="page",
    role=Role.RESPONDER,
    run=run,
    view=view,
    faults=faults,
    command="/incident",
    usage="/incident page [number] @name [what for]",
    example="/incident page 4 @dev the replica is behind",
    explains="have PagerDuty ask one more person to help",
)
