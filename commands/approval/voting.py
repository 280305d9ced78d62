"""How is one vote counted? The people are judged as Slack has them at this moment."""

from dataclasses import replace

from bot import timers
from bot.approvals import glass
from bot.approvals.approval import Ballot, State, Vote, read_ref, vote
from bot.approvals.card import Phase, redraw_card, view_of
from bot.approvals.offer import Offer, load, save
from bot.errors import Refused
from bot.people import RoleBook
from bot.pong import Pong
from bot.request import Request, Work
from bot.slack.render.plan import still_needed
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import Place, parent_id, say


async def voted(request: Request, pong: Pong, kind: Vote, *, why: str = "") -> Work:
    """The transaction that counts a vote and all that follows from it. Raises Refused, with why."""
    id, prefix = read_ref(request.ref)
    roles = await pong.directory.roles({request.user}, fresh=True)

    async def answer(records: Records) -> None:
        offer = await load(records, id)
        ballot = Ballot(voter=request.user, vote=kind, digest_prefix=prefix, at_ms=pong.clock.now_ms())
        await _count(records, pong, offer, ballot, roles, why=why)

    return answer


async def _count(
    records: Records, pong: Pong, offer: Offer, ballot: Ballot, roles: RoleBook, *, why: str
) -> None:
    counted = replace(offer, approval=vote(offer.approval, ballot, roles))
    is_first = await records.approvals.vote(
        offer.id, voter=ballot.voter, vote=ballot.vote, digest=ballot.digest_prefix, at_ms=ballot.at_ms
    )
    if not is_first:
        raise Refused("You have voted on this already: one vote each.")
    await save(records, counted)
    incident_id, state = offer.approval.incident_id, counted.approval.state
    await records.timeline.note(
        incident_id,
        f"approval.{ballot.vote}",
        actor=ballot.voter,
        at_ms=ballot.at_ms,
        approval=offer.id,
        digest=offer.approval.digest,
        state=state,
        why=why or None,
    )
    if ballot.vote is Vote.BREAK_GLASS:
        await glass.broken(records, pong, counted, why=why)
    if state is not State.PENDING:
        for waits in (timers.APPROVE_BY, timers.GLASS):
            await records.timers.cancel_slot(incident_id, waits, offer.id)
    if state is State.APPROVED:
        await records.approvals.make_ready(offer.id)
        due_ms = counted.approval.execute_by_ms
        await records.timers.schedule(incident_id, timers.EXECUTE_BY, offer.id, due_ms=due_ms)
    if state is State.PENDING and ballot.vote is Vote.APPROVE:
        message = still_needed(view_of(counted, Phase.DECIDING, {}))
        place = Place(pong.lane, parent_id(incident_id))
        name = f"more:{offer.id}:{ballot.voter}"
        await say(records, pong, place, name, message, klass=Class.URGENT)
    facts = {"why": why} if why else None
    is_news = counted.approval.glass is not None and state not in (State.PENDING, State.APPROVED)
    await redraw_card(records, pong, counted, facts=facts, news=is_news)
