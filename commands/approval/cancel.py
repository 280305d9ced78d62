"""The button "Cancel it": any responder stops what one person alone is about to start."""

from bot.approvals import glass
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.store.records import Records
from commands.approval.reading import the_offer


async def run(request: Request, pong: Pong) -> Work:
    async def answer(records: Records) -> None:
        offer = await the_offer(records, request.ref)
        await glass.cancelled(records, pong, offer, by=request.user)

    return answer


VERB = Verb(name="cancel", role=Role.RESPONDER, run=run)
