"""What becomes of an incident when one of its alerts ends: is it over, or what still fires?"""

from collections.abc import Sequence
from dataclasses import replace

from bot import timers
from bot.alerts.alert import CALLS_NOBODY, Alert
from bot.incident import AlertState, Incident
from bot.intake import storm
from bot.intake.bringing import belongs, named
from bot.pong import Pong
from bot.slack.render import alerts
from bot.store.inbox import Firing
from bot.store.records import Records
from bot.text import plain
from bot.thread import edit, keep, say, thread_of

FEW = 20


async def ends(records: Records, pong: Pong, incident: Incident, alert: Alert) -> None:
    if incident.is_drill and await records.inbox.incident_of(alert.source, alert.key) != incident.id:
        return  # an alert from before it: nothing of the drill has ended
    await belongs(records, alert, incident)
    firing = await records.inbox.firing(incident.id, most=FEW + 1, but=CALLS_NOBODY)
    if alert.is_warning or await _another_fires(records, incident, alert, firing):
        await records.timeline.note(
            incident.id, "alert.ended", actor=alert.source, at_ms=pong.clock.now_ms(), name=plain(alert.name)
        )
    elif firing:
        await _goes_on(records, pong, incident, alert, firing)
    else:
        await _over(records, pong, incident, alert)


async def _another_fires(
    records: Records, incident: Incident, alert: Alert, firing: Sequence[Firing]
) -> bool:
    """One of its name: of forty alerts of one failure each end would read as its end."""
    if len(firing) > FEW:
        return await records.inbox.fires(incident.id, plain(alert.name, 80))
    return _named(incident, alert, firing) in _still(incident, firing)


def _named(incident: Incident, alert: Alert, firing: Sequence[Firing]) -> str:
    return named(incident, plain(alert.name, 80), alert.labels if len(firing) <= FEW else {})


def _still(incident: Incident, firing: Sequence[Firing]) -> list[str]:
    """What they are called, each once; of more than a few nobody reads the labels."""
    are_few = len(firing) <= FEW
    return list(dict.fromkeys(named(incident, one.name, one.labels if are_few else {}) for one in firing))


async def _goes_on(
    records: Records, pong: Pong, incident: Incident, alert: Alert, firing: Sequence[Firing]
) -> None:
    """Something else fires: from now on messages name that. Ends of the same minute share a line."""
    now_ms, after = pong.clock.now_ms(), incident
    if not await records.inbox.fires(incident.id, incident.alert_name):
        after = replace(incident, alert_name=firing[0].name, alert_since_ms=firing[0].starts_ms or now_ms)
    after = await keep(records, pong, after, "alert.ended", actor=alert.source, name=plain(alert.name))
    still, ended_ms = _still(after, firing), alert.ends_ms or now_ms
    message = alerts.still_fires(_named(after, alert, firing), ended_ms, still=still)
    place, name = thread_of(after), f"ended:{now_ms // storm.QUIET_MS}"
    if await records.outbox.is_posted(f"{place.parent_id}/{name}"):
        await edit(records, pong, f"{place.parent_id}/{name}", message)
    else:
        await say(records, pong, place, name, message)


async def _over(records: Records, pong: Pong, incident: Incident, alert: Alert) -> None:
    """Nothing that calls people fires: it is looked at whether that is so."""
    now_ms = pong.clock.now_ms()
    ended = replace(
        incident,
        alert=AlertState.RESOLVED,
        alert_ended_ms=alert.ends_ms or now_ms,
        alert_ended_by=alert.source,
    )
    await keep(records, pong, ended, "alert.ended", actor=alert.source, name=plain(alert.name))
    slot = await records.timers.next_slot(incident.id, timers.RECHECK)
    await records.timers.schedule(incident.id, timers.RECHECK, slot, due_ms=now_ms)
