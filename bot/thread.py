"""How does what happens to an incident reach its thread?

Always within the transaction that makes it happen.
"""

from dataclasses import dataclass

from bot.approvals.reviews import open_reviews
from bot.incident import Incident
from bot.pong import Pong
from bot.public.known import public_of
from bot.runbooks.runbook import Runbook
from bot.slack.render import incident as draw
from bot.slack.render.blocks import Message
from bot.slack.render.glass import with_reviews
from bot.slack.render.protection import on_now
from bot.slack.render.public import with_public
from bot.standing.protection import stands
from bot.store.outbox import Class
from bot.store.records import Records


@dataclass(frozen=True)
class Place:
    """Where something is said: a lane, and the message whose thread it is, if any."""

    lane: str
    parent_id: str | None = None


def parent_id(incident_id: int) -> str:
    return f"incident:{incident_id}"


def thread_of(incident: Incident) -> Place:
    return Place(incident.channel, parent_id(incident.id))


def runbook_of(pong: Pong, incident: Incident) -> Runbook:
    return pong.runbooks[incident.runbook]


async def keep(
    records: Records, pong: Pong, incident: Incident, kind: str, *, actor: str, **data: object
) -> Incident:
    """Save what has become of the incident, note why in its timeline, and redraw its parent message."""
    saved = await records.incidents.save(incident)
    await records.timeline.note(saved.id, kind, actor=actor, at_ms=pong.clock.now_ms(), **data)
    await redraw(records, pong, saved)
    return saved


async def redraw(records: Records, pong: Pong, incident: Incident) -> None:
    """Bring the parent message up to date, in place; it is posted when it does not exist yet."""
    escalation, runbook = pong.settings.escalation, runbook_of(pong, incident)
    message = draw.parent(
        incident,
        runbook,
        escalation,
        targets=pong.targets.among(runbook.looks_at).names,
        runbook_url=pong.settings.runbook_url,
        protection=on_now(await stands(records, incident.target)),
    )
    if not incident.is_drill:
        public = await public_of(records, incident.id)
        message = with_public(message, incident, public, pong.settings.statuspage)
    message = with_reviews(message, await open_reviews(records, incident.id))
    id, now_ms = parent_id(incident.id), pong.clock.now_ms()
    if await records.outbox.is_posted(id):
        await records.outbox.edit(id, message.payload(), at_ms=now_ms)
    else:
        # The ping of who is on call waits for this one, so it goes as urgently.
        await records.outbox.post(
            id, message.payload(), lane=incident.channel, klass=Class.URGENT, at_ms=now_ms
        )


async def say(
    records: Records,
    pong: Pong,
    place: Place,
    name: str,
    message: Message,
    *,
    klass: Class = Class.INCIDENT,
    broadcast: bool = False,
) -> str:
    """Post once; `name` tells this message from every other. A broadcast shows in the channel too, for
    what people must notice. Gives the message's id, by which it can be edited."""
    id = f"{place.parent_id or place.lane}/{name}"
    payload = message.payload() | ({"reply_broadcast": True} if broadcast and place.parent_id else {})
    await records.outbox.post(
        id, payload, lane=place.lane, parent_id=place.parent_id, klass=klass, at_ms=pong.clock.now_ms()
    )
    return id


async def edit(
    records: Records, pong: Pong, message_id: str, message: Message, *, klass: Class = Class.INCIDENT
) -> None:
    await records.outbox.edit(message_id, message.payload(), klass=klass, at_ms=pong.clock.now_ms())
