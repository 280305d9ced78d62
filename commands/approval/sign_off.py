"""The button "Sign off…": somebody else has looked at what one person did alone."""

from typing import Any

from bot import timers
from bot.approvals.approval import read_ref
from bot.approvals.offer import Offer
from bot.approvals.reviews import SIGNED_OFF, open_reviews
from bot.errors import BadInput, IllegalMove, Refused
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.payloads import opened_at
from bot.slack.render import modals
from bot.slack.render.glass import Review, signed_off
from bot.slack.render.incident import said
from bot.store.records import Records
from bot.text import plain
from bot.thread import redraw, say, thread_of
from commands.approval.reading import the_offer

SAYS_LEAST = 3


async def view(request: Request, pong: Pong) -> dict[str, Any]:
    read_ref(request.ref)
    return modals.sign_off(opened_at(request, request.ref))


def faults(values: dict[str, str]) -> dict[str, str]:
    is_short = len(plain(values.get("says", "")).strip()) < SAYS_LEAST
    return {"says": "Say in a sentence what you found."} if is_short else {}


async def run(request: Request, pong: Pong) -> Work:
    if request.via != "modal":
        raise BadInput("The window did not open, so nothing was signed off: press Sign off… once more.")
    if wrong := faults(request.values):
        raise BadInput(wrong["says"])

    async def answer(records: Records) -> None:
        offer = await the_offer(records, request.ref)
        review = await _meant(records, offer)
        if request.user in {review.by, *offer.approval.askers}:
            raise Refused(
                f"<@{request.user}> asked for it or broke the glass, so somebody else has to sign it off."
            )
        await _keep(records, pong, offer, review, request)

    return answer


async def _meant(records: Records, offer: Offer) -> Review:
    for review in await open_reviews(records, offer.approval.incident_id):
        if review.ref == offer.approval.ref:
            return review
    raise IllegalMove("No review of this is open: somebody has signed it off already.")


async def _keep(records: Records, pong: Pong, offer: Offer, review: Review, request: Request) -> None:
    incident_id, says = offer.approval.incident_id, plain(request.values["says"])
    await records.timeline.note(
        incident_id,
        SIGNED_OFF,
        actor=request.user,
        at_ms=pong.clock.now_ms(),
        approval=offer.id,
        title=review.title,
        says=says,
    )
    if not await open_reviews(records, incident_id):
        await records.timers.cancel(incident_id, timers.REVIEW)
    incident = await records.incidents.get(incident_id)
    if incident:
        line = said(signed_off(review, by=request.user, says=says))
        await say(records, pong, thread_of(incident), f"signed-off:{offer.id}", line)
        await redraw(records, pong, incident)


VERB = Verb(name="sign_off", role=Role.APPROVER, run=run, view=view, faults=faults)
