"""What does a person say of a step whose outcome Pong does not know? Kept as their word, and asked once."""

from bot.approvals.approval import read_ref
from bot.approvals.card import Phase, redraw_card, redraw_parent
from bot.approvals.unread import name_of, ref_of, tell, title_of
from bot.errors import IllegalMove, Refused, Unread
from bot.pong import Pong
from bot.request import Request, Work
from bot.slack.render.plan_unread import unread_settled
from bot.standing import fallback
from bot.store.records import Records
from commands.approval.reading import the_offer


async def settled(request: Request, pong: Pong, *, ran: bool) -> Work:
    """The transaction that ends the unknown. Raises IllegalMove when there is none any more."""

    async def answer(records: Records) -> None:
        try:
            offer = await the_offer(records, request.ref)
        except Unread:
            await _settled_unread(records, pong, request, ran=ran)
            return
        await _keep(records, pong, request, offer.approval.incident_id, title=offer.plan.title, ran=ran)
        if ran:
            await fallback.note(records, pong, offer)
        facts = {"said_by": request.user, "ran": ran}
        await redraw_card(records, pong, offer, Phase.SETTLED, facts, news=True)
        await redraw_parent(records, pong, offer)

    return answer


async def _settled_unread(records: Records, pong: Pong, request: Request, *, ran: bool) -> None:
    """The same for a plan that another version of Pong kept."""
    row = await records.approvals.get(read_ref(request.ref)[0])
    if row is None or request.ref != ref_of(row):
        raise Refused("This button belongs to an older plan: use the newest message in the thread.")
    await _keep(records, pong, request, row["incident_id"], title=title_of(row), ran=ran)
    line = unread_settled(name_of(row), by=request.user, ran=ran)
    await tell(records, pong, row, "settled", line)


async def _keep(
    records: Records, pong: Pong, request: Request, incident_id: int, *, title: str, ran: bool
) -> None:
    id, _ = read_ref(request.ref)
    if not await records.approvals.settle_execution(id, state="succeeded" if ran else "failed"):
        raise IllegalMove("Its outcome is known, or somebody has said it already.")
    await records.timeline.note(
        incident_id,
        "execution.settled",
        actor=request.user,
        at_ms=pong.clock.now_ms(),
        approval=id,
        title=title,
        says="it ran" if ran else "it did not run",
    )
