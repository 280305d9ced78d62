"""The button "Approve": one person's yes to exactly what the card shows."""

from bot.approvals.approval import Vote
from bot.errors import Refused
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from commands.approval.reading import the_offer
from commands.approval.voting import voted


async def run(request: Request, pong: Pong) -> Work:
    if request.via != "button":
        raise Refused("Only the Approve button approves: words never do.")
    offer = await pong.store.read(lambda records: the_offer(records, request.ref))
    if offer.plan.must_type:
        raise Refused("This one takes the target's name too: press Approve… under the plan.")
    return await voted(request, pong, Vote.APPROVE)


# Whoever may look may press; who may approve is judged against the plan's own policy.
VERB = Verb(name="approve", role=Role.VIEWER, run=run)
