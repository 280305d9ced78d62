"""What is said when alerts come thick and fast: the first at once, then digests; flapping once?

What is not said is counted on the incident's message and stands in its timeline.
"""

from dataclasses import replace
from enum import Enum

from bot import timers
from bot.alerts.alert import Alert, titled
from bot.incident import Incident
from bot.intake.bringing import named
from bot.pong import Pong
from bot.promises.handler import Handler
from bot.slack.render import alerts as draw
from bot.store.outbox import Class
from bot.store.records import Records
from bot.store.timers import Due
from bot.text import plain
from bot.thread import keep, say, thread_of
from bot.timeline import PONG
from bot.watching.look import Look

QUIET_MS = 60_000
FLAPS_FROM, FLAPS_WITHIN_MS = 3, 30 * 60_000


class Telling(Enum):
    """What becomes of an alert that joins: said by itself, the first of a digest, or one more in it."""

    NOW = "now"
    BEGINS_DIGEST = "begins a digest"
    IN_DIGEST = "in a digest"


def joined(incident: Incident, *, now_ms: int) -> tuple[Incident, Telling]:
    """One more alert while it fires. Pure."""
    counted = replace(incident, alert_count=incident.alert_count + 1)
    if incident.said_until_ms is None or (now_ms >= incident.said_until_ms and not incident.untold):
        return replace(counted, said_until_ms=now_ms + QUIET_MS), Telling.NOW
    telling = Telling.IN_DIGEST if incident.untold else Telling.BEGINS_DIGEST
    return replace(counted, untold=incident.untold + 1), telling


def fired_again(incident: Incident, name: str, *, now_ms: int) -> Incident:
    """It was over, or looked so, and the alert `name` fires. Pure."""
    recent = [one for one in incident.refires if one[1] > now_ms - FLAPS_WITHIN_MS]
    return replace(incident, alert_count=incident.alert_count + 1, refires=(*recent, (name, now_ms)))


def flaps(incident: Incident, name: str, *, now_ms: int) -> int:
    """How often the alert `name` fired again lately, once that is often enough to be called flapping; else 0.
    Another alert is news. Pure."""
    recent = sum(one == name and at_ms > now_ms - FLAPS_WITHIN_MS for one, at_ms in incident.refires)
    return recent if recent >= FLAPS_FROM else 0


async def tell(records: Records, pong: Pong, incident: Incident, alert: Alert, telling: Telling) -> bool:
    """Say that `alert` fires too, or have it said with others. Whether it was said by itself."""
    if telling is Telling.BEGINS_DIGEST:
        slot = await records.timers.next_slot(incident.id, timers.DIGEST)
        due_ms = incident.said_until_ms or pong.clock.now_ms()
        await records.timers.schedule(incident.id, timers.DIGEST, slot, due_ms=due_ms)
    if telling is not Telling.NOW:
        return False
    source = titled(alert.source) if alert.source != incident.source else ""
    at_ms = alert.starts_ms or pong.clock.now_ms()
    called = named(incident, alert.name, alert.labels)
    message = draw.also_fires(
        called, at_ms, source=source, is_warning=alert.is_warning, is_first=incident.alert_count == 1
    )
    await say(records, pong, thread_of(incident), f"also:{firing_of(alert)}", message)
    return True


def firing_of(alert: Alert) -> str:
    """A name for this firing of it, among those under the same key."""
    return f"{alert.key}:{alert.starts_ms}" if alert.is_again else alert.key


async def warn(records: Records, pong: Pong, alert: Alert, target: str | None) -> None:
    """A warning opens nothing; those of an hour share one line of the channel, which counts them."""
    now_ms = pong.clock.now_ms()
    hour = now_ms // timers.HOUR_MS
    name = plain(alert.name)
    await records.timeline.note(
        0, "alert.warning", actor=alert.source, at_ms=now_ms, name=name, target=target
    )
    count = await records.timeline.count(0, "alert.warning", since_ms=hour * timers.HOUR_MS)
    message, id = draw.warnings(alert.name, target, count=count), f"{pong.lane}/warnings:{hour}"
    if await records.outbox.is_posted(id):
        await records.outbox.edit(id, message.payload(), klass=Class.DIGEST, at_ms=now_ms)
    else:
        payload = message.payload()
        await records.outbox.post(id, payload, lane=pong.lane, klass=Class.DIGEST, at_ms=now_ms)


async def _digest(records: Records, pong: Pong, incident: Incident, due: Due, look: Look | None) -> None:
    if not incident.untold:
        return
    now_ms = pong.clock.now_ms()
    told = replace(incident, untold=0, said_until_ms=now_ms + QUIET_MS)
    told = await keep(records, pong, told, "alerts.digested", actor=PONG, count=incident.untold)
    message = draw.digest(incident.untold, all_in_all=told.alert_count)
    await say(records, pong, thread_of(told), f"digest:{due.slot}", message, klass=Class.DIGEST)


HANDLERS: dict[str, Handler] = {timers.DIGEST: _digest}
