"""What does an alert do: open an incident, join one, reopen one, end one, or nothing?"""

from dataclasses import replace

from bot import timers
from bot.alerts.alert import Alert
from bot.clock import clock_time
from bot.incident import AlertState, Incident
from bot.pong import Pong
from bot.promises import promise
from bot.runbooks.runbook import Runbook
from bot.slack.render import incident as draw
from bot.slack.render.escalation import on_call_ping
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import allowed_link, outside, plain
from bot.thread import Place, keep, runbook_of, say, thread_of

HOUR_MS = 60 * 60 * 1000


async def take(records: Records, pong: Pong, alert: Alert) -> None:
    """One alert's whole effect. A repeat of what is known has none."""
    can_refire = alert.starts_ms is None
    if not await records.inbox.alert_is_news(alert.source, alert.key, alert.state, can_refire=can_refire):
        return
    runbook = runbook_for(pong, alert)
    if runbook is None:
        await _unmatched(records, pong, alert)
        return
    target = pong.targets.matching(alert.labels)
    incident = await _incident_for(records, pong, runbook, target)
    if alert.state is AlertState.RESOLVED:
        if incident and incident.is_open:
            await _ended(records, pong, incident, alert)
    elif incident is None:
        await _new(records, pong, alert, runbook, target)
    elif incident.is_open:
        await _joins(records, pong, incident, alert)
    else:
        await _reopens(records, pong, incident, alert)


def runbook_for(pong: Pong, alert: Alert) -> Runbook | None:
    """The runbook whose alerts include this one's name; with unmatched = "open", the first."""
    for runbook in pong.runbooks.values():
        if alert.name in runbook.alerts:
            return runbook
    if pong.settings.alerts.unmatched == "open" and alert.state is AlertState.FIRING:
        return next(iter(pong.runbooks.values()))
    return None


async def _incident_for(
    records: Records, pong: Pong, runbook: Runbook, target: str | None
) -> Incident | None:
    last = await records.incidents.last_for(runbook.name, target)
    if last and (last.is_open or last.reopens_at(pong.clock.now_ms())):
        return last
    return None


async def _unmatched(records: Records, pong: Pong, alert: Alert) -> None:
    await records.timeline.note(
        0, "alert.unmatched", actor=alert.source, at_ms=pong.clock.now_ms(), name=plain(alert.name)
    )


async def _new(records: Records, pong: Pong, alert: Alert, runbook: Runbook, target: str | None) -> None:
    now_ms = pong.clock.now_ms()
    if alert.is_warning:
        where = outside(target or "an unknown target")
        line = f"🟡 Warning: {outside(alert.name)} on {where}. No incident was opened."
        await say(
            records, pong, Place(pong.lane), f"warning:{alert.key}", draw.said(line), klass=Class.DIGEST
        )
    elif await records.incidents.opened_since(now_ms - HOUR_MS) >= pong.settings.alerts.incidents_per_hour:
        await _storm(records, pong, alert)
    else:
        await open_incident(records, pong, alert, runbook, target)


async def open_incident(
    records: Records, pong: Pong, alert: Alert, runbook: Runbook, target: str | None
) -> Incident:
    """A new incident with its parent message, its promises and the ping of who is on call."""
    now_ms, escalation = pong.clock.now_ms(), pong.settings.escalation
    incident = await records.incidents.open(
        Incident(
            id=0,
            runbook=runbook.name,
            target=target,
            title=runbook.title,
            channel=pong.lane,
            opened_ms=now_ms,
            alert_name=plain(alert.name, 80),
            source=alert.source,
            severity=runbook.severity,
            alert_started_ms=alert.starts_ms,
            alert_link=allowed_link(alert.link, pong.settings.links),
        )
    )
    await records.inbox.alert_belongs(alert.source, alert.key, incident.id)
    incident = await promise(records, pong, incident)
    incident = await keep(
        records, pong, incident, "incident.opened", actor=alert.source, alert=plain(alert.name), target=target
    )
    ping = on_call_ping(incident, escalation)
    await say(records, pong, thread_of(incident), "on-call", ping, klass=Class.URGENT)
    await look_soon(records, pong, incident)
    return incident


async def look_soon(records: Records, pong: Pong, incident: Incident) -> None:
    """Have the target and its application measured, away from this transaction."""
    slot = await records.timers.next_slot(incident.id, timers.LOOK)
    await records.timers.schedule(incident.id, timers.LOOK, slot, due_ms=pong.clock.now_ms())


async def _storm(records: Records, pong: Pong, alert: Alert) -> None:
    now_ms = pong.clock.now_ms()
    most = pong.settings.alerts.incidents_per_hour
    await records.timeline.note(0, "alert.over_cap", actor=alert.source, at_ms=now_ms, name=plain(alert.name))
    line = (
        f"🌩 Storm: {most} incidents were opened within an hour, so Pong opens no more until "
        f"{clock_time(now_ms + HOUR_MS)}. "
        f"Further alerts are kept. Look at {alert.source.capitalize()} itself."
    )
    await say(
        records, pong, Place(pong.lane), f"storm:{now_ms // HOUR_MS}", draw.said(line), klass=Class.URGENT
    )


async def _joins(records: Records, pong: Pong, incident: Incident, alert: Alert) -> None:
    now_ms = pong.clock.now_ms()
    await records.inbox.alert_belongs(alert.source, alert.key, incident.id)
    was_over = incident.alert is AlertState.RESOLVED
    changed = replace(incident.relapsed(), alert_count=incident.alert_count + 1)
    if was_over:
        changed = replace(changed, alert_name=plain(alert.name, 80), alert_since_ms=alert.starts_ms)
        changed = await promise(records, pong, changed)
    changed = await keep(
        records,
        pong,
        changed,
        "alert.fired_again" if was_over else "alert.joined",
        actor=alert.source,
        name=plain(alert.name),
    )
    started_ms = alert.starts_ms or now_ms
    if was_over:
        message = draw.fires_again(
            changed, pong.settings.escalation, name=alert.name, at_ms=started_ms, reopened=False
        )
        await say(
            records,
            pong,
            thread_of(changed),
            f"again:{alert.key}",
            message,
            klass=Class.URGENT,
            broadcast=True,
        )
        await look_soon(records, pong, changed)
    else:
        await say(
            records, pong, thread_of(changed), f"also:{alert.key}", draw.also_fires(alert.name, started_ms)
        )


async def _reopens(records: Records, pong: Pong, incident: Incident, alert: Alert) -> None:
    now_ms = pong.clock.now_ms()
    await records.inbox.alert_belongs(alert.source, alert.key, incident.id)
    named = replace(
        incident.reopened(at_ms=now_ms),
        alert_name=plain(alert.name, 80),
        alert_since_ms=alert.starts_ms,
        alert_count=incident.alert_count + 1,
    )
    changed = await promise(records, pong, named)
    changed = await keep(
        records, pong, changed, "incident.reopened", actor=alert.source, name=plain(alert.name)
    )
    message = draw.fires_again(
        changed, pong.settings.escalation, name=alert.name, at_ms=alert.starts_ms or now_ms, reopened=True
    )
    await say(
        records, pong, thread_of(changed), f"again:{alert.key}", message, klass=Class.URGENT, broadcast=True
    )
    await look_soon(records, pong, changed)


async def _ended(records: Records, pong: Pong, incident: Incident, alert: Alert) -> None:
    await records.inbox.alert_belongs(alert.source, alert.key, incident.id)
    if await records.inbox.alerts_firing(incident.id):
        await records.timeline.note(
            incident.id, "alert.ended", actor=alert.source, at_ms=pong.clock.now_ms(), name=plain(alert.name)
        )
        return
    now_ms = pong.clock.now_ms()
    ended = replace(incident, alert=AlertState.RESOLVED, alert_ended_ms=alert.ends_ms or now_ms)
    await keep(records, pong, ended, "alert.ended", actor=alert.source, name=plain(alert.name))
    slot = await records.timers.next_slot(incident.id, timers.RECHECK)
    await records.timers.schedule(incident.id, timers.RECHECK, slot, due_ms=now_ms)


def describes(pong: Pong, incident: Incident) -> str:
    """The incident in one line, for lists."""
    runbook = runbook_of(pong, incident)
    return f"#{incident.id} {runbook.title} on {incident.target or 'an unknown target'}: {incident.status}"
