"""What does an alert do: open an incident, join one, reopen one, end one, or nothing?"""

from dataclasses import replace

from bot import timers
from bot.alerts.alert import Alert, titled
from bot.catalog import ALERT_SOURCES
from bot.clock import clock_time
from bot.diagnostics.units import count
from bot.elsewhere import on_call
from bot.incident import AlertState, Incident
from bot.intake import ending, joining, storm
from bot.intake.bringing import about, belongs, how_many, links, look_soon, pictured
from bot.intake.rules import Match, called, match
from bot.pong import Pong
from bot.promises.made import promise
from bot.runbooks.runbook import Runbook
from bot.slack.render import incident as draw
from bot.slack.render.escalation import on_call_ping
from bot.slack.render.incident import names
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import allowed_link, plain
from bot.thread import Place, keep, runbook_of, say, thread_of


async def take(records: Records, pong: Pong, alert: Alert) -> None:
    """One alert's whole effect. A repeat has none, but where what it repeats opened and joined nothing."""
    is_news = await records.inbox.alert_is_news(
        alert.source, alert.key, alert.state, can_refire=alert.can_refire
    )
    if not is_news and not await _still_wants_one(records, alert):
        return
    found = None if alert.is_test else await _found(records, pong, alert)
    if found is None:
        if is_news:
            await _unmatched(records, pong, alert)
        return
    incident = await _incident_for(records, pong, found.runbook, found.target)
    await _has_effect(records, pong, replace(alert, name=found.name), found, incident)


async def _still_wants_one(records: Records, alert: Alert) -> bool:
    """Whether it has no incident: nothing matched it so far, or it was over the cap. A warning wants none."""
    if alert.state is AlertState.RESOLVED or alert.is_warning:
        return False
    return await records.inbox.alert_is_loose(alert.source, alert.key)


async def _found(records: Records, pong: Pong, alert: Alert) -> Match | None:
    """By the incident that this very alert belongs to, for people may have chosen its target since; else by
    its source, name and labels."""
    number = await records.inbox.incident_of(alert.source, alert.key)
    incident = await records.incidents.get(number) if number else None
    if incident and (runbook := pong.runbooks.get(incident.runbook)):
        return Match(runbook, incident.target, called(alert, runbook))
    table = pong.settings.alerts
    return match(alert, table=table, runbooks=pong.runbooks, targets=pong.targets)


async def _has_effect(
    records: Records, pong: Pong, alert: Alert, found: Match, incident: Incident | None
) -> None:
    if alert.state is AlertState.RESOLVED:
        if incident and incident.is_open:
            await ending.ends(records, pong, incident, alert)
    elif alert.is_warning:
        await _warns(records, pong, alert, found, incident)
    elif incident is None:
        await _new(records, pong, alert, found.runbook, found.target)
    elif incident.is_open:
        await joining.joins(records, pong, incident, alert)
    else:
        await joining.reopens(records, pong, incident, alert)


async def _incident_for(
    records: Records, pong: Pong, runbook: Runbook, target: str | None
) -> Incident | None:
    last = await records.incidents.last_for(runbook.name, target)
    is_of_now = last is not None and last.is_drill == pong.settings.alerts.drills_only
    if last and (last.is_open or (last.reopens_at(pong.clock.now_ms()) and is_of_now)):
        return last
    return None


async def _unmatched(records: Records, pong: Pong, alert: Alert) -> None:
    kind = "alert.test" if alert.is_test else "alert.unmatched"
    await records.timeline.note(
        0, kind, actor=alert.source, at_ms=pong.clock.now_ms(), name=plain(alert.name)
    )


async def _new(records: Records, pong: Pong, alert: Alert, runbook: Runbook, target: str | None) -> None:
    since_ms = pong.clock.now_ms() - timers.HOUR_MS
    if await records.incidents.opened_since(since_ms) >= pong.settings.alerts.incidents_per_hour:
        await _over_cap(records, pong, alert)
    else:
        await open_incident(records, pong, alert, runbook, target)


async def _warns(records: Records, pong: Pong, alert: Alert, found: Match, incident: Incident | None) -> None:
    """A line for people to read, and nothing else: nobody is called, nothing begins and nothing goes on."""
    if incident and incident.is_open and not joining.is_made_real(pong, incident):
        await joining.warns(records, pong, incident, alert)
    else:
        await storm.warn(records, pong, alert, found.target)


async def open_incident(
    records: Records, pong: Pong, alert: Alert, runbook: Runbook, target: str | None
) -> Incident:
    """A new incident with its parent message, its promises and the ping of who is on call."""
    now_ms, escalation = pong.clock.now_ms(), pong.settings.escalation
    incident = await records.incidents.open(
        about(
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
                opened_to_practise=pong.settings.alerts.drills_only,
                alert_started_ms=alert.starts_ms,
                alert_count=how_many(alert),
                alert_link=allowed_link(alert.link, pong.settings.links),
                alert_links=links(pong, alert),
            ),
            alert,
        )
    )
    await belongs(records, alert, incident)
    incident = await promise(records, pong, incident)
    incident = await keep(
        records, pong, incident, "incident.opened", actor=alert.source, alert=plain(alert.name), target=target
    )
    ping = on_call_ping(incident, escalation, is_asked=on_call.is_asked(pong))
    await say(records, pong, thread_of(incident), "on-call", ping, klass=Class.URGENT)
    await pictured(records, pong, incident, alert)
    await look_soon(records, pong, incident)
    return incident


async def _over_cap(records: Records, pong: Pong, alert: Alert) -> None:
    now_ms = pong.clock.now_ms()
    most, drills_only = pong.settings.alerts.incidents_per_hour, pong.settings.alerts.drills_only
    await records.timeline.note(0, "alert.over_cap", actor=alert.source, at_ms=now_ms, name=plain(alert.name))
    oldest_ms = await records.incidents.oldest_of_last_ms(most)
    until_ms = (now_ms if oldest_ms is None else oldest_ms) + timers.HOUR_MS
    who = "" if drills_only else f"{names(pong.settings.escalation.on_call)} "
    opened = count(most, "incident was", "incidents were")
    line = (
        f"🌩 {who}Storm: {opened} opened within an hour, so Pong opens no more until "
        f"{clock_time(until_ms)}. {_further(alert.source)} Look at {titled(alert.source)} itself."
    )
    await say(
        records,
        pong,
        Place(pong.lane),
        f"storm:{now_ms // timers.HOUR_MS}",
        draw.said(line),
        klass=Class.URGENT,
    )


def _further(source: str) -> str:
    if ALERT_SOURCES[source].tells_again:
        return "Further alerts are noted; told again after that they open one."
    return f"Further alerts are noted and open none: {titled(source)} does not tell them again."


def describes(pong: Pong, incident: Incident) -> str:
    """The incident in one line, for lists."""
    runbook = runbook_of(pong, incident)
    return f"#{incident.id} {runbook.title} on {incident.target or 'an unknown target'}: {incident.status}"
