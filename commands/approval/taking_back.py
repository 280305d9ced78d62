"""What becomes of open plans when their incident is resolved? They are taken back, and say so."""

from dataclasses import replace

from bot import timers
from bot.approvals.card import Phase, redraw_card
from bot.approvals.offer import open_offers, save
from bot.incident import Incident
from bot.pong import Pong
from bot.store.records import Records


async def take_back_all(records: Records, pong: Pong, incident: Incident, *, by: str) -> None:
    """Nothing of a resolved incident can be approved or run any more."""
    for offer in await open_offers(records, incident):
        ended = replace(offer, approval=offer.approval.cancelled())
        await save(records, ended)
        for kind in (timers.APPROVE_BY, timers.EXECUTE_BY, timers.GLASS):
            await records.timers.cancel(incident.id, kind)
        await records.timeline.note(
            incident.id, "approval.cancelled", actor=by, at_ms=pong.clock.now_ms(), approval=offer.id
        )
        await redraw_card(records, pong, ended, Phase.ENDED, news=ended.approval.glass is not None)
