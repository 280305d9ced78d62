"""The button "Cancel it": whoever has a say stops what one person alone is about to start."""

from bot.approvals import glass
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.store.records import Records
from commands.approval.deciding import check_has_a_say
from commands.approval.reading import the_offer


async def run(request: Request, pong: Pong) -> Work:
    await check_has_a_say(request, pong)

    async def answer(records: Records) -> None:
        offer = await the_offer(records, request.ref)
        await glass.cancelled(records, pong, offer, by=request.user)

    return answer


# Whoever was called to stop it may, also an approver who is no responder.
VERB = Verb(name="cancel", role=Role.VIEWER, run=run)
