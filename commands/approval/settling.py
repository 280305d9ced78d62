"""What does a person say of a step whose outcome Pong does not know? Kept as their word, and asked once."""

from bot.approvals.card import Phase, redraw_card, redraw_parent
from bot.errors import IllegalMove
from bot.pong import Pong
from bot.request import Request, Work
from bot.standing import fallback
from bot.store.records import Records
from commands.approval.reading import the_offer


async def settled(request: Request, pong: Pong, *, ran: bool) -> Work:
    """The transaction that ends the unknown. Raises IllegalMove when there is none any more."""

    async def answer(records: Records) -> None:
        offer = await the_offer(records, request.ref)
        if not await records.approvals.settle_execution(offer.id, state="succeeded" if ran else "failed"):
            raise IllegalMove("Its outcome is known, or somebody has said it already.")
        await records.timeline.note(
            offer.approval.incident_id,
            "execution.settled",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            approval=offer.id,
            title=offer.plan.title,
            says="it ran" if ran else "it did not run",
        )
        if ran:
            await fallback.note(records, pong, offer)
        facts = {"said_by": request.user, "ran": ran}
        await redraw_card(records, pong, offer, Phase.SETTLED, facts, news=True)
        await redraw_parent(records, pong, offer)

    return answer
