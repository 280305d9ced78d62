"""The button "Break glass…": one person alone, with a reason, after a delay in which others can stop it."""

from typing import Any

from bot.approvals.approval import Ballot, Vote, read_ref, vote
from bot.approvals.offer import Offer
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
    offer = await _still_to_break(request, pong)
    minutes = offer.approval.policy.glass_delay_ms / 60_000
    return modals.break_glass(opened_at(request, request.ref), title=offer.plan.title, minutes=minutes)


async def _still_to_break(request: Request, pong: Pong) -> Offer:
    """Its plan. Raises, before anybody writes a reason, what would be raised of the vote: of a plan that is
    decided, to whoever may not."""
    _, prefix = read_ref(request.ref)
    offer = await pong.store.read(lambda records: the_offer(records, request.ref))
    roles, now_ms = await pong.directory.roles({request.user}), pong.clock.now_ms()
    ballot = Ballot(voter=request.user, vote=Vote.BREAK_GLASS, digest_prefix=prefix, at_ms=now_ms)
    vote(offer.approval, ballot, roles)
    return offer


def faults(values: dict[str, str]) -> dict[str, str]:
    return {"reason": FAULT} if len(plain(values.get("reason", "")).strip()) < REASON_LEAST else {}


async def run(request: Request, pong: Pong) -> Work:
    if request.via != "modal":
        await _still_to_break(request, pong)
        raise BadInput("The window did not open, so nothing has begun: press Break glass… once more.")
    if wrong := faults(request.values):
        raise BadInput(wrong["reason"])
    return await voted(request, pong, Vote.BREAK_GLASS, why=plain(request.values["reason"]))


VERB = Verb(name="break_glass", role=Role.BREAK_GLASS, run=run, view=view, faults=faults)
