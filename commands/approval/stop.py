"""The button "Stop": end what runs at its next safe point."""

from bot.errors import IllegalMove
from bot.people import Role
from bot.pong import Pong
from bot.request import Request, Verb, Work
from bot.slack.render.blocks import mention
from bot.slack.render.incident import said
from bot.store.outbox import Class
from bot.store.records import Records
from bot.thread import say
from bot.where import place_of
from commands.approval.deciding import check_has_a_say
from commands.approval.reading import the_offer


async def run(request: Request, pong: Pong) -> Work:
    await check_has_a_say(request, pong)

    async def answer(records: Records) -> None:
        offer = await the_offer(records, request.ref)
        if not await records.approvals.ask_to_stop(offer.id, request.user):
            raise IllegalMove("Nothing of this plan runs now, or somebody stopped it already.")
        await records.timeline.note(
            offer.approval.incident_id,
            "execution.stop_asked",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            approval=offer.id,
        )
        place, _ = await place_of(records, pong, request)
        line = f"⏹ {mention(request.user)} asked to stop “{offer.plan.title}”."
        await say(records, pong, place, f"stop:{request.id}", said(line), klass=Class.ANSWER)

    return answer


# Whoever approved it may stop it, also an approver who is no responder.
VERB = Verb(name="stop", role=Role.VIEWER, run=run)
