"""The button "Deny…": one approver's no ends it, with why."""

from typing import Any

from bot.approvals.approval import Vote, read_ref
from bot.errors import BadInput
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.text import plain
from commands.approval.voting import voted


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    read_ref(request.ref)
    return modals.deny(opened_at(request, request.ref))


async def run(request: Request, pong: Pong) -> Work:
    if request.via != "modal":
        raise BadInput("The window did not open, so nothing was denied: press Deny… once more.")
    return await voted(request, pong, Vote.DENY, why=plain(request.values.get("reason", "")))


VERB = Verb(name="deny", role=Role.VIEWER, run=run, view=view)
