"""The button "Approve…": a yes that has to type the target's name, where everything would be lost."""

from typing import Any

from bot.approvals.approval import Vote, read_ref
from bot.errors import BadInput
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from commands.approval.reading import the_offer
from commands.approval.voting import voted


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    read_ref(request.ref)
    return modals.approve_typed(opened_at(request, request.ref))


async def run(request: Request, pong: Pong) -> Work:
    if request.via != "modal":
        raise BadInput("The window did not open, so nothing was approved: press Approve… once more.")
    offer = await pong.store.read(lambda records: the_offer(records, request.ref))
    if request.values.get("target", "").strip() != offer.plan.target:
        raise BadInput("That is not the target's name, so nothing was approved: press Approve… once more.")
    return await voted(request, pong, Vote.APPROVE)


VERB = Verb(name="approve_typed", role=Role.VIEWER, run=run, view=view)
