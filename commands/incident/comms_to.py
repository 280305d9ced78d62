"""The button "Hand communication over…": somebody else tells the public from now on."""

from typing import Any

from bot.people import Role
from bot.pong import Pong
from bot.public.comms import hand_over
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.store.records import Records
from bot.text import plain
from bot.where import the_incident
from commands.naming import a_responder, named

SAID_MOST = 600
HOW = "To whom? Press Hand communication over… in its thread, or write it there: @pong comms @dev"


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    incident = await pong.store.read(lambda records: the_incident(records, request))
    return modals.comms_to(incident, opened_at(request, str(incident.id)))


async def run(request: Request, pong: Pong) -> Work:
    wish = named(request)
    identity = await a_responder(pong, wish.to, how=HOW)
    note = plain(wish.said, SAID_MOST)

    async def answer(records: Records) -> None:
        incident = await the_incident(records, wish.request)
        await records.names.remember(wish.to, identity.handle)
        name = f"comms:{request.id}"
        await hand_over(records, pong, incident, by=request.user, to=wish.to, note=note, name=name)

    return answer


def faults(values: dict[str, str]) -> dict[str, str]:
    return {} if values.get("to") else {"to": "Choose who tells the public from now on."}


VERB = Verb(name="comms_to", role=Role.RESPONDER, run=run, view=view, faults=faults)
