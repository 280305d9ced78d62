"""What does an alert do where an incident is: join it, fire again, reopen it, make a drill real?"""

from dataclasses import replace

from bot import timers
from bot.alerts.alert import Alert
from bot.alerts.pagerduty import PAGERDUTY
from bot.elsewhere import on_call
from bot.incident import AlertState, Incident
from bot.intake import storm
from bot.intake.bringing import belongs, how_many, linked, look_soon, named, pictured
from bot.pong import Pong
from bot.promises.made import promise
from bot.slack.render import alerts
from bot.slack.render.escalation import no_drill
from bot.store.outbox import Class
from bot.store.records import Records
from bot.text import plain
from bot.thread import keep, runbook_of, say, thread_of


def is_made_real(pong: Pong, incident: Incident) -> bool:
    """Whether a failure makes an incident of it: of a drill, unless all that is opened here is one."""
    return incident.is_drill and not pong.settings.alerts.drills_only


async def is_real(records: Records, pong: Pong, drill: Incident, alert: Alert) -> None:
    """A failure comes while people practise on the same target: from now on it is an incident, from its
    beginning."""
    now_ms, severity = pong.clock.now_ms(), runbook_of(pong, drill).severity
    name = plain(alert.name, 80)
    real = drill.real(source=alert.source, alert_name=name, severity=severity, at_ms=now_ms)
    real = linked(pong, real, alert)
    real = replace(real, alert_started_ms=alert.starts_ms, alert_count=how_many(alert))
    await records.timers.cancel(real.id, timers.PUBLIC)  # that of the drill
    real = await promise(records, pong, real)
    real = await keep(records, pong, real, "drill.is_real", actor=alert.source, name=name)
    message = no_drill(real, pong.settings.escalation, is_asked=on_call.is_asked(pong))
    name = f"real:{alert.key}"
    await say(records, pong, thread_of(real), name, message, klass=Class.URGENT, broadcast=True)
    await look_soon(records, pong, real)


async def joins(records: Records, pong: Pong, incident: Incident, alert: Alert) -> None:
    now_ms = pong.clock.now_ms()
    await belongs(records, alert, incident)
    if is_made_real(pong, incident):
        await is_real(records, pong, incident, alert)
        return
    if alert.source == PAGERDUTY.name:
        await on_call.begin_once(records, pong, incident)
    fires = linked(pong, incident, alert).came_back(at_ms=alert.starts_ms or now_ms)
    if incident.alert is AlertState.RESOLVED:
        await _again(records, pong, incident, storm.fired_again(fires, alert.name, now_ms=now_ms), alert)
        return
    if incident.has_no_alert:
        since_ms = alert.starts_ms or now_ms
        fires = replace(fires, alert_name=plain(alert.name, 80), alert_since_ms=since_ms)
    changed, telling = storm.joined(fires, now_ms=now_ms)
    changed = await keep(records, pong, changed, "alert.joined", actor=alert.source, name=plain(alert.name))
    if await storm.tell(records, pong, changed, alert, telling):
        await pictured(records, pong, changed, alert)


async def warns(records: Records, pong: Pong, incident: Incident, alert: Alert) -> None:
    """A warning beside it: read in its thread, and the incident stays as it is, open or looking well."""
    await belongs(records, alert, incident)
    changed, telling = storm.joined(incident, now_ms=pong.clock.now_ms())
    changed = await keep(records, pong, changed, "alert.warning", actor=alert.source, name=plain(alert.name))
    await storm.tell(records, pong, changed, alert, telling)


async def _again(records: Records, pong: Pong, before: Incident, fires: Incident, alert: Alert) -> None:
    """It was over, or looked so, and fires; flapping is said once."""
    now_ms = pong.clock.now_ms()
    changed = replace(fires, alert_name=plain(alert.name, 80), alert_since_ms=alert.starts_ms)
    if before.is_paused:
        changed = await promise(records, pong, changed)
    times = storm.flaps(changed, alert.name, now_ms=now_ms)
    changed = await keep(
        records, pong, changed, "alert.fired_again", actor=alert.source, name=plain(alert.name), flaps=times
    )
    if not times:
        await _says_again(records, pong, changed, alert, reopened=False)
        return
    if not storm.flaps(before, alert.name, now_ms=now_ms):
        minutes, escalation = storm.FLAPS_WITHIN_MS // 60_000, pong.settings.escalation
        message = alerts.flapping(changed, escalation, times=times, minutes=minutes)
        name = f"flapping:{storm.firing_of(alert)}:{now_ms}"
        await say(records, pong, thread_of(changed), name, message, klass=Class.URGENT, broadcast=True)
    await look_soon(records, pong, changed)


async def _says_again(
    records: Records, pong: Pong, incident: Incident, alert: Alert, *, reopened: bool
) -> None:
    at_ms, escalation = alert.starts_ms or pong.clock.now_ms(), pong.settings.escalation
    called = named(incident, alert.name, alert.labels)
    message = alerts.fires_again(incident, escalation, name=called, at_ms=at_ms, reopened=reopened)
    name = f"again:{storm.firing_of(alert)}"
    await say(records, pong, thread_of(incident), name, message, klass=Class.URGENT, broadcast=True)
    await pictured(records, pong, incident, alert)
    await look_soon(records, pong, incident)


async def reopens(records: Records, pong: Pong, incident: Incident, alert: Alert) -> None:
    now_ms = pong.clock.now_ms()
    await belongs(records, alert, incident)
    anew = replace(
        linked(pong, incident, alert).reopened(at_ms=now_ms),
        alert_name=plain(alert.name, 80),
        alert_since_ms=alert.starts_ms,
        alert_count=incident.alert_count + 1,
    )
    changed = await promise(records, pong, anew)
    changed = await keep(
        records, pong, changed, "incident.reopened", actor=alert.source, name=plain(alert.name)
    )
    await _says_again(records, pong, changed, alert, reopened=True)
