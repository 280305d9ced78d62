"""What becomes of an approval whose time is over? The timers' slot is the approval's id."""

from dataclasses import replace

from bot import timers
from bot.approvals.card import redraw_card
from bot.approvals.offer import load, save
from bot.errors import Unread
from bot.incident import Incident
from bot.pong import Pong
from bot.promises.handler import Handler
from bot.store.records import Records
from bot.store.timers import Due
from bot.timeline import PONG
from bot.watching.look import Look


async def _expire(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    try:
        offer = await load(records, due.slot)
    except Unread:
        return  # nobody can vote on it, and nothing can run it
    now_ms = pong.clock.now_ms()
    if not offer.approval.is_overdue(now_ms):
        return
    ended = replace(offer, approval=offer.approval.expired(at_ms=now_ms))
    await save(records, ended)
    await records.timeline.note(
        incident.id, "approval.expired", actor=PONG, at_ms=now_ms, approval=offer.id, was=offer.approval.state
    )
    await redraw_card(records, pong, ended)


HANDLERS: dict[str, Handler] = {timers.APPROVE_BY: _expire, timers.EXECUTE_BY: _expire}
