"""What becomes of an alert that comes too late, or after what people did about it elsewhere?"""

from bot.alerts.alert import Alert
from bot.clock import iso
from bot.elsewhere import read_back
from bot.elsewhere.order import is_late
from bot.incident import AlertState, Incident, Status
from bot.intake import opening
from bot.pong import Pong
from bot.slack.render.escalation import taken_before
from bot.store.records import Records
from bot.text import plain
from bot.thread import edit, parent_id


async def take(records: Records, pong: Pong, alert: Alert) -> None:
    """One alert's whole effect, with what came before it. What is older than what was taken has none."""
    if await is_late(records, pong, alert):
        await _came_late(records, pong, alert)
        return
    await opening.take(records, pong, alert)
    if alert.state is AlertState.FIRING and alert.happened_ms is not None:
        incident = await read_back.take_kept(records, pong, alert.source, alert.key)
        if incident and incident.status is Status.ACKNOWLEDGED:
            await _call_nobody(records, pong, incident)


async def _came_late(records: Records, pong: Pong, alert: Alert) -> None:
    if alert.state is AlertState.RESOLVED:
        return  # the change beside it is noted
    number, now_ms = await records.inbox.incident_of(alert.source, alert.key), pong.clock.now_ms()
    name, happened = plain(alert.name), iso(alert.happened_ms or now_ms)
    await records.timeline.note(
        number or 0, "alert.late", actor=alert.source, at_ms=now_ms, name=name, happened=happened
    )


async def _call_nobody(records: Records, pong: Pong, incident: Incident) -> None:
    """Who is on call is not pinged about what somebody had before it was opened here."""
    is_new = any(one.kind == "incident.opened" and one.incident_id == incident.id for one in records.noted)
    if is_new:
        await edit(records, pong, f"{parent_id(incident.id)}/on-call", taken_before(incident))
