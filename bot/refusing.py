"""How does Pong say no, and what becomes of what it cannot work? Said where it was asked, and kept."""

import re
from collections.abc import Mapping
from contextlib import suppress

from bot.alerts.alert import titled
from bot.approvals.approval import read_ref
from bot.approvals.card import shown
from bot.approvals.offer import load
from bot.errors import AppRefused, IllegalMove, OwnRequest, PongError, Refused, ServiceUnavailable
from bot.people import Role
from bot.pong import Pong
from bot.request import Request
from bot.slack.render.blocks import mention, with_buttons
from bot.slack.render.incident import said
from bot.slack.render.plan import ways_on
from bot.store.inbox import Accepted
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import escape, outside
from bot.thread import Place, say
from bot.where import place_of

_CALL = re.compile(r"<@([UW][A-Z0-9]+)>")


async def refuse(pong: Pong, request: Request, refusal: PongError) -> None:
    """Say no, where it was asked, and keep that it was asked."""
    # Refused and IllegalMove are our own words, and mention people; the others may quote what was typed.
    is_ours = isinstance(refusal, Refused | IllegalMove)
    sentence = str(refusal) if is_ours else escape(str(refusal))
    named = await _named(pong, sentence)
    is_own = isinstance(refusal, OwnRequest)
    roles = await pong.directory.roles({request.user}) if is_own else None
    may_break = roles is not None and request.user in roles.circle(Role.BREAK_GLASS)

    async def answer(records: Records) -> None:
        place, incident = await place_of(records, pong, request)
        await records.timeline.note(
            incident.id if incident else 0,
            "request.refused",
            actor=request.user,
            at_ms=pong.clock.now_ms(),
            verb=request.verb,
            why=str(refusal),
            reason=type(refusal).__name__,
        )
        await records.inbox.done(request.id, attempt=request.attempt)
        # A mark on a message asks nothing of us that wants an answer.
        if isinstance(refusal, AppRefused) or request.via == "reaction":
            return
        name = mention(request.user) if request.user else ""
        is_elsewhere = bool(request.channel) and place.lane != request.channel
        there = sentence.replace("this channel", f"<#{request.channel}>") if is_elsewhere else sentence
        line = there if name in there else f"{name} {there}"
        message = said(_without_calls(line, request.user, await records.names.all() | named))
        if is_own:
            offer = await load(records, read_ref(request.ref)[0])
            ways = [one for one in ways_on(shown(pong, offer)) if one.verb != "break_glass" or may_break]
            message = with_buttons(message, ways)
        await say(records, pong, place, f"refused:{request.id}", message, klass=Class.DIGEST)

    await pong.store.write(answer)


async def _named(pong: Pong, sentence: str) -> dict[str, str]:
    """How those are called whom it names, who may never have written to Pong."""
    found: dict[str, str] = {}
    for id in dict.fromkeys(_CALL.findall(sentence)):
        with suppress(ServiceUnavailable):
            if handle := (await pong.directory.identity(id)).handle:
                found[id] = handle
    return found


def _without_calls(line: str, asked_by: str, handles: Mapping[str, str]) -> str:
    """A refusal is for whoever asked: others that it names are named, and not called."""

    def named(match: re.Match[str]) -> str:
        id = match[1]
        return match[0] if id == asked_by else f"@{outside(handles.get(id, id), 80)}"

    return _CALL.sub(named, line)


async def set_aside(pong: Pong, accepted: Accepted, error: Exception) -> None:
    """What cannot be worked is kept, and said, so that a person can look."""

    async def keep(records: Records) -> None:
        why = f"{type(error).__name__}: {error}"
        await records.inbox.failed(accepted.id, attempt=accepted.attempts, error=why)
        await records.timeline.note(
            0,
            "inbox.failed",
            actor="pong",
            at_ms=pong.clock.now_ms(),
            id=accepted.id,
            error=type(error).__name__,
        )
        line = (
            f"🔴 Pong could not work something that came from {outside(titled(accepted.source))} "
            f"(inbox {accepted.id}). "
            "It is kept; the log says why."
        )
        await say(
            records, pong, Place(pong.lane), f"inbox-failed:{accepted.id}", said(line), klass=Class.URGENT
        )

    await pong.store.write(keep)
