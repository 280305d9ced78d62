"""Who hears of a message that Slack will never take? The timeline, and people near its place.

https://docs.slack.dev/reference/methods/chat.postMessage#errors
"""

import html
import logging
import re

from bot.approvals.unread import title_of
from bot.clock import Clock
from bot.outbox.sender import OnFailed
from bot.outbox.settling import SetAside
from bot.store.outbox import UPDATE, Class
from bot.store.records import Records
from bot.store.sending import Letter
from bot.text import outside
from bot.thread import Place
from bot.timeline import PONG

NAME = "unsaid:"
BEGINNING_MOST = 120
# The channel is what Slack refuses: no line would stand there either.
CHANNEL_REFUSED = frozenset(
    {
        "channel_is_limited_access",
        "channel_not_found",
        "is_archived",
        "is_inactive",
        "method_not_supported_for_channel_type",
        "not_in_channel",
        "restricted_action",
        "restricted_action_read_only_channel",
    }
)
# The thread is, and the channel is not.
THREAD_REFUSED = frozenset(
    {
        "cannot_reply_to_message",
        "message_not_found",
        "restricted_action_non_threadable_channel",
        "restricted_action_thread_locked",
        "thread_not_found",
    }
)
_CALL = re.compile(r"<(?:@[UW][A-Z0-9]+|!subteam\^S[A-Z0-9]+)>")
_PLAN = re.compile(r"incident:\d+/plan:(\d+)")
_INCIDENT = re.compile(r"incident:(\d{1,18})(?:/|$)")

log = logging.getLogger(__name__)


def telling(clock: Clock, *, lane: str) -> OnFailed:
    """What the sender calls for each letter that is set aside; `lane` is #incidents."""

    async def on_failed(records: Records, aside: SetAside) -> None:
        await tell(records, aside, lane=lane, at_ms=clock.now_ms())

    return on_failed


async def tell(records: Records, aside: SetAside, *, lane: str, at_ms: int) -> None:
    """Note it, and say so once for each message. Part of the transaction that sets it aside."""
    letter = aside.letter
    log.error("%s %s was set aside: %s", letter.method, letter.message_id, aside.reason)
    await records.timeline.note(
        _incident_id(letter),
        "message.refused",
        actor=PONG,
        at_ms=at_ms,
        message=letter.message_id,
        method=letter.method,
        why=aside.reason,
    )
    place = _place(aside, lane)
    if place is None:
        return
    # Without blocks: there is nothing in it that Slack could refuse once more.
    line: dict[str, object] = {"text": await _line(records, aside), "unfurl_links": False}
    await records.outbox.post(
        f"{place.parent_id or place.lane}/{NAME}{letter.message_id}",
        line | ({"reply_broadcast": True} if place.parent_id and _PLAN.fullmatch(letter.message_id) else {}),
        lane=place.lane,
        parent_id=place.parent_id,
        klass=Class.URGENT,
        at_ms=at_ms,
    )


def _place(aside: SetAside, lane: str) -> Place | None:
    """Where people hear of it; None where they cannot, or have heard already."""
    letter = aside.letter
    if f"/{NAME}" in letter.message_id:
        return None  # a line about a line would never end
    if aside.is_with_parent and letter.klass > Class.URGENT:
        return None  # told of with its parent; what calls people is told of by itself
    if aside.code in CHANNEL_REFUSED:
        return Place(lane) if letter.lane != lane else None
    if aside.code in THREAD_REFUSED:
        return Place(letter.lane)
    if letter.thread_ts is not None:
        return Place(letter.lane, letter.parent_id)
    return Place(letter.lane, letter.message_id if letter.ts is not None else None)


async def _line(records: Records, aside: SetAside) -> str:
    letter = aside.letter
    is_change = letter.method == UPDATE
    if plan := _PLAN.fullmatch(letter.message_id):
        card = f"🔴 The card of the plan “{await _title(records, int(plan[1]))}”"
        if is_change and not aside.is_with_parent:
            return (
                f"{card} shows what was before: {aside.reason} What becomes of the plan is said all the same."
            )
        return (
            f"{card} is missing: {aside.reason} Nobody can decide on it, so ask for it again; where that is "
            "refused too, do it by hand, and tell whoever looks after Pong."
        )
    text = str(letter.payload.get("text", ""))
    begins = outside(html.unescape(text), BEGINNING_MOST)
    did_not = "change a message" if is_change else "say something"
    calls = dict.fromkeys(_CALL.findall(text)) if letter.klass == Class.URGENT else ()
    return " ".join([f"🔴 Pong could not {did_not}: {aside.reason} It began: “{begins}”", *calls])


async def _title(records: Records, id: int) -> str:
    row = await records.approvals.get(id)
    return outside(title_of(row), 150) if row else str(id)


def _incident_id(letter: Letter) -> int:
    found = _INCIDENT.match(letter.message_id)
    return int(found[1]) if found else 0
