"""The button "Break glass…": one person alone, with a reason, after a delay in which others can stop it."""

from typing import Any

from bot.approvals.approval import Vote, read_ref
from bot.errors import BadInput
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.text import plain
from commands.approval.reading import the_offer
from commands.approval.voting import voted

REASON_LEAST = 10
FAULT = f"Say in a sentence why it cannot wait for another person (at least {REASON_LEAST} letters)."


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    read_ref(request.ref)
    offer = await pong.store.read(lambda records: the_offer(records, request.ref))
    minutes = offer.approval.policy.glass_delay_ms / 60_000
    return modals.break_glass(opened_at(request, request.ref), title=offer.plan.title, minutes=minutes)


def faults(values: dict[str, str]) -> dict[str, str]:
    return {"reason": FAULT} if len(plain(values.get("reason", "")).strip()) < REASON_LEAST else {}


async def run(request: Request, pong: Pong) -> Work:
    if request.via != "modal":
        raise BadInput("The window did not open, so nothing has begun: press Break glass… once more.")
    if wrong := faults(request.values):
        raise BadInput(wrong["reason"])
    return await voted(request, pong, Vote.BREAK_GLASS, why=plain(request.values["reason"]))


VERB = Verb(name="break_glass", role=Role.BREAK_GLASS, run=run, view=view, faults=faults)
