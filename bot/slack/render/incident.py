"""How does an incident read: its parent message, and what is said in its thread? Pure.

The sentences of the runbook's section "Communication" keep their words; what was not measured says so.
"""

from collections.abc import Sequence

from bot.alerts.alert import titled
from bot.clock import length
from bot.config.tables import EscalationTable
from bot.diagnostics.units import in_minutes
from bot.incident import BY_HAND, AlertState, Incident, Status
from bot.runbooks.runbook import LooksAt, Runbook
from bot.slack.render.blocks import Block, Button, Message, actions, context, date, header, mention, section
from bot.text import outside, plain

NOT_SET = "not set yet"
SAID_MOST = 600  # as long as the fields of our windows are
WHICH = (
    "No configured {word} matches this alert's labels: which {kind} is it? "
    "Until that is known Pong offers no remediation."
)
_STATE = {
    Status.TRIGGERED: "Investigating, nobody has acknowledged yet",
    Status.ACKNOWLEDGED: "Investigating",
    Status.MITIGATED: "Mitigated: it works again, the cause is not confirmed",
    Status.RESOLVED: "Resolved",
}


OVER = {"whole": "over, verified", "not whole": "was *not whole* when it was resolved"}


def parent(
    incident: Incident,
    runbook: Runbook,
    escalation: EscalationTable,
    *,
    targets: Sequence[str] = (),
    runbook_url: str | None = None,
    protection: str = "",
) -> Message:
    """The message that stands for the incident for its whole life, edited in place. `targets` are the names
    to choose from while the incident has none.
    """
    target = incident.target or "no target"
    title = f"{_kind(incident)}: {runbook.title}"
    lines = [
        f"*Status:* {_status(incident)}",
        f"*Impact:* {impact(incident, runbook)}",
        f"*Platform:* {platform(incident)}",
        f"*Updates:* {_updates(incident, escalation)}",
        *([f"*Communication:* {mention(incident.comms)}"] if incident.comms else []),
        *_standing(incident, protection),
    ]
    blocks: list[Block] = [
        header(title),
        context(f"{incident.severity} · #{incident.id} · *{outside(target)}*"),
        section("\n".join(lines)),
        context(_origin(incident, escalation, runbook_url)),
    ]
    if incident.alert_links:
        blocks.append(context(more_links(incident)))
    if incident.target is None and incident.is_open:
        blocks.append(section(_which(incident, runbook)))
        if targets:
            choices = [Button("target", f"{incident.id}:{name}", name) for name in targets[:25]]
            blocks.append(actions(choices))
    if buttons := _parent_buttons(incident):
        blocks.append(actions(buttons))
    spoken = f"{title} · {incident.severity} · #{incident.id} · {plain(target)}"
    text = f"{spoken}. Status: {_STATE[incident.status]}."
    return Message(text, tuple(blocks))


def _which(incident: Incident, runbook: Runbook) -> str:
    kind = runbook.looks_at
    told = f"\nTold of: {outside(incident.alert_about, 300)}." if incident.alert_about else ""
    return WHICH.format(word="target" if kind is LooksAt.REDIS else kind, kind=kind) + told


def _kind(incident: Incident) -> str:
    if incident.is_drill:
        return "🎯 DRILL" if incident.is_open else "✅ DRILL OVER"
    return "⚠️ INCIDENT" if incident.is_open else "✅ RESOLVED"


def _standing(incident: Incident, protection: str) -> list[str]:
    """What Pong has set elsewhere for as long as this takes."""
    silenced = f"*Silenced:* at Alertmanager until {date(incident.silenced_until_ms or 0)}, by Pong"
    return [
        *([silenced] if incident.silenced_until_ms else []),
        *([f"*Protection:* on at Cloudflare, by Pong: {protection}"] if protection else []),
    ]


def impact(incident: Incident, runbook: Runbook) -> str:
    """The runbook's sentence, with whether anybody checked it."""
    if not incident.is_open:
        return OVER.get(incident.verdict or "", "over as far as people say; not verified")
    return f"{runbook.says(incident.alert_name).impact}: expected, not checked"


def platform(incident: Incident) -> str:
    """What the application said last, with the time."""
    if incident.platform is None or incident.platform_checked_ms is None:
        return "not checked yet"
    return f"{outside(incident.platform)}, checked {date(incident.platform_checked_ms)}"


def acknowledged(incident: Incident, runbook: Runbook) -> Message:
    """What the runbook has people post when somebody takes it."""
    if incident.status is Status.MITIGATED:
        text = f"{mention(incident.owner or '')} has it. It looks well: say what it was to close it."
        return Message(text, (section(text), actions([resolve_button(incident)])))
    took = incident.counted(length(incident.taken_after_ms or 0))
    if incident.owner and incident.owner != incident.acknowledged_by:
        first = f"{_who_acknowledged(incident)} acknowledged it {took}"
        text = f"{runbook.acknowledgement}\n{mention(incident.owner)} has it now; {first}."
    else:
        text = f"{runbook.acknowledgement}\n{_who_acknowledged(incident)} has it, {took}."
    return Message(text, (section(text),))


def resolved(incident: Incident, runbook: Runbook, *, facts: Sequence[str], head: str) -> Message:
    """The runbook's resolution post. `facts` are the lines about impact, rate limiting and cache, each
    measured or marked as not checked; `head` is the hash that the timeline ends in."""
    ended_ms = incident.resolved_ms or incident.opened_ms
    lines = [
        f"{_kind(incident)}: {runbook.title}",
        f"*Duration:* {_duration(incident.lasted_ms(ended_ms))}",
        f"*Root cause:* {outside(incident.root_cause or NOT_SET, SAID_MOST)}",
        *facts,
        f"*Fix:* {outside(incident.fix or NOT_SET, SAID_MOST)}",
        *(doubted := _doubts(incident)),
    ]
    text = "\n".join(lines)
    foot = f"Resolved by {mention(incident.resolved_by or '')} · timeline {head[:16]}"
    buttons = [actions([Button("reopen", str(incident.id), "Reopen")])] if doubted else []
    return Message(text.replace("*", ""), (section(text), context(foot), *buttons))


def _doubts(incident: Incident) -> list[str]:
    """What was measured when it was closed, and speaks against its end."""
    doubts = ["its alert has not ended"] if incident.is_closed_while_firing else []
    doubts += [f"{where(incident)} was not whole"] if incident.verdict == "not whole" else []
    return (
        [f"🔴 *Not over as measured:* {'; '.join(doubts)}. If it goes on, press *Reopen*."] if doubts else []
    )


def _duration(ms: int) -> str:
    """In whole minutes, as the runbook has it; what was over before the first is told in seconds."""
    return length(ms) if ms < 60_000 else f"{ms // 60_000} minute{'s' if ms >= 120_000 else ''}"


def said(text: str) -> Message:
    """A plain line. The caller has made it safe."""
    return Message(text.replace("*", "").replace("`", ""), (section(text),))


def more_links(incident: Incident) -> str:
    return " · ".join(
        f"<{link}|{outside(name, 40)}>" for name, link in list(incident.alert_links.items())[:5]
    )


def _status(incident: Incident) -> str:
    line = _STATE[incident.status]
    if incident.taken_after_ms is not None and incident.status is not Status.RESOLVED:
        took = incident.counted(length(incident.taken_after_ms))
        line += f", acknowledged by {_who_acknowledged(incident)} {took}"
    if incident.is_open and incident.owner and incident.owner != incident.acknowledged_by:
        line += f", now with {mention(incident.owner)}"
    if incident.status is Status.RESOLVED and incident.resolved_by:
        line += f" by {mention(incident.resolved_by)} {date(incident.resolved_ms or 0)}"
    if incident.is_open and incident.alert is AlertState.RESOLVED:
        line += " · the alert has ended"
    if incident.is_closed_while_firing:
        line += " · its alert had not ended"
    return line


def _who_acknowledged(incident: Incident) -> str:
    elsewhere = outside(incident.acknowledged_as or "somebody")
    if not incident.acknowledged_by:
        return elsewhere
    return mention(incident.acknowledged_by) + (f" ({elsewhere})" if incident.acknowledged_as else "")


def _updates(incident: Incident, escalation: EscalationTable) -> str:
    if not incident.is_open:
        return "ended"
    if incident.is_paused:
        return "paused until a person resolves it, or it fires again"
    every = f"Every {in_minutes(escalation.every_min(incident.severity))}"
    return f"{every}, next at {date(incident.next_update_ms)}" if incident.next_update_ms else every


def _origin(incident: Incident, escalation: EscalationTable, runbook_url: str | None) -> str:
    is_named_since = incident.source == BY_HAND and not incident.has_no_alert
    source = "opened by a person" if is_named_since else titled(incident.source)
    parts = [
        f"{outside(incident.alert_name)} since {date(incident.alert_since_ms or incident.started_ms)}",
        f"<{incident.alert_link}|{source}>" if incident.alert_link else source,
    ]
    if runbook_url:
        parts.append(f"<{runbook_url.replace('&', '&amp;')}|runbook>")
    if incident.alert_count > 1:
        parts.append(f"{incident.alert_count} alerts")
    if escalation.on_call and not incident.is_drill:
        parts.append(f"on call: {names(escalation.on_call)}")
    if incident.is_open and not incident.is_drill and (known := on_call_there(incident)):
        parts.append(known)
    if incident.is_open and incident.rung:
        parts.append(f"escalated: {incident.rung} of {len(escalation.ladder)}")
    if incident.is_open and not incident.is_paused and incident.next_rung_ms:
        # Not whom: the first of these messages would call them now.
        parts.append(f"next call for help at {date(incident.next_rung_ms)}")
    return " · ".join(parts)


def on_call_there(incident: Incident) -> str:
    """Who it is by PagerDuty, without calling them, and when that was asked; empty where it is not known."""
    if not incident.on_call_there or incident.on_call_asked_ms is None:
        return ""
    return f"on call by PagerDuty: {outside(incident.on_call_there, 300)} ({date(incident.on_call_asked_ms)})"


def where(incident: Incident) -> str:
    """Which target, or what is known of it while none is."""
    if incident.target is None and incident.alert_about:
        return f"an unknown target ({outside(incident.alert_about, 120)})"
    return outside(incident.target or "an unknown target")


def what_fires(incident: Incident) -> str:
    return f"{outside(incident.alert_name)} on {where(incident)}"


def names(people: Sequence[str]) -> str:
    return ", ".join(mention(person) for person in people)


def _parent_buttons(incident: Incident) -> list[Button]:
    if not incident.is_open:
        return []
    buttons = ack_buttons(incident)
    if incident.target:
        buttons.append(triage_button(incident))
    buttons.append(Button("update", str(incident.id), "Post update"))
    buttons.append(resolve_button(incident))
    if incident.status is not Status.TRIGGERED:
        buttons.append(Button("assign", str(incident.id), "Hand over…"))
    return [*buttons, *hold_buttons(incident), Button("summary", str(incident.id), "Where we are")]


def called_in(incident: Incident, people: Sequence[str]) -> str:
    """Whom a message of this incident calls: nobody in a drill."""
    return "" if incident.is_drill else names(people)


def next_called(incident: Incident, escalation: EscalationTable) -> Sequence[str]:
    """Whom the next rung calls; after the last, who is called again while nobody has it."""
    if incident.is_ack_due:
        return escalation.next_rung
    ladder = escalation.ladder
    if incident.rung < len(ladder):
        return ladder[incident.rung].people
    return tuple(dict.fromkeys([*escalation.on_call, *escalation.next_rung]))


def ack_button(incident: Incident) -> Button:
    return Button("ack", str(incident.id), "Acknowledge", "primary")


def ack_buttons(incident: Incident) -> list[Button]:
    """For a message that stands, or comes, while somebody may have it."""
    return [ack_button(incident)] if incident.can_be_taken else []


def triage_button(incident: Incident) -> Button:
    return Button("triage", incident.target or "", "Triage")


def resolve_button(incident: Incident) -> Button:
    return Button("resolve", str(incident.id), "Resolve…")


def hold_buttons(incident: Incident) -> list[Button]:
    if not incident.next_rung_ms or incident.is_paused or incident.status is Status.TRIGGERED:
        return []
    return [Button("hold", str(incident.id), "Hold escalation")]
