"""How does an incident read afterwards, as Markdown?

The sections are those of the runbook's step 17. Everything in it was recorded; what nobody measured or said
is called so.
"""

from collections.abc import Sequence
from typing import Any

from bot.clock import iso, length
from bot.incident import Incident
from bot.runbooks.runbook import Runbook
from bot.store.records import Records
from bot.timeline import Event, first_broken

NOT_SAID = "not said"


async def report(records: Records, incident: Incident, runbook: Runbook) -> str:
    """The whole report. Text that people typed stands in it as text: no Markdown of theirs takes effect."""
    events = await records.timeline.of(incident.id)
    findings = await records.incidents.findings(incident.id)
    approvals = await records.approvals.of_incident(incident.id)
    executions = {row["id"]: await records.approvals.execution_of(row["id"]) for row in approvals}
    parts = [
        _head(incident, runbook),
        _durations(incident),
        _causes(incident),
        _findings(findings),
        _actions(approvals, executions),
        _figures(findings),
        _timeline(events),
    ]
    return "\n\n".join(parts) + "\n"


def filename(incident: Incident) -> str:
    """YYYY-MM-DD-redis-failure-4.md, as the runbook names its reports."""
    return f"{iso(incident.opened_ms)[:10]}-{incident.runbook}-{incident.id}.md"


def _head(incident: Incident, runbook: Runbook) -> str:
    rows = [
        ("Target", incident.target or "unknown"),
        ("Severity", incident.severity),
        ("Status", str(incident.status)),
        ("Alert", f"{incident.alert_name} from {incident.source}"),
        ("Owner", incident.owner or "nobody"),
    ]
    return f"# Incident {incident.id}: {runbook.title}\n\n" + _table(("", ""), rows)


def _durations(incident: Incident) -> str:
    start = incident.started_ms
    rows = [
        ("Began (alert)", iso(start), ""),
        ("Opened", iso(incident.opened_ms), length(incident.opened_ms - start)),
        ("Acknowledged", *_moment(incident.acknowledged_ms, start)),
        ("Mitigated", *_moment(incident.mitigated_ms, start)),
        ("Resolved", *_moment(incident.resolved_ms, start)),
    ]
    return "## Durations\n\n" + _table(("", "at (UTC)", "after"), rows)


def _moment(at_ms: int | None, start_ms: int) -> tuple[str, str]:
    return (iso(at_ms), length(at_ms - start_ms)) if at_ms else ("not recorded", "")


def _causes(incident: Incident) -> str:
    return (
        f"## Root cause\n\n{_text(incident.root_cause or NOT_SAID)}\n\n"
        f"## Fix\n\n{_text(incident.fix or NOT_SAID)}"
    )


def _findings(findings: list[dict[str, Any]]) -> str:
    lines = ["## Findings", ""]
    for kept in findings:
        for finding in kept["facts"].get("findings", []):
            if finding.get("severity") in ("critical", "warning", "notice"):
                meaning = f": {_text(finding['meaning'])}" if finding.get("meaning") else ""
                lines.append(f"- {iso(kept['at_ms'])} **{finding['severity']}** {_text(finding['title'])}{meaning}")
        if kept["kind"] == "ping":
            lines.append(f"- {iso(kept['at_ms'])} ping: {_text(kept['facts'].get('says', ''))}")
        if kept["kind"] == "verify":
            lines.append(f"- {iso(kept['at_ms'])} verification: {_text(kept['facts'].get('verdict', ''))}")
    return "\n".join(lines if len(lines) > 2 else [*lines, "None was recorded."])


def _actions(approvals: list[dict[str, Any]], executions: dict[int, dict[str, Any] | None]) -> str:
    rows = []
    for row in approvals:
        execution = executions[row["id"]]
        votes = ", ".join(f"{vote['vote']} by {vote['voter']}" for vote in row["votes"]) or "none"
        outcome = execution["state"] if execution else row["state"]
        rows.append((_title(row), iso(row["created_ms"]), row["requester"], votes, outcome))
    if not rows:
        return "## Actions\n\nNone was asked for."
    return "## Actions\n\n" + _table(("Action", "asked (UTC)", "by", "votes", "outcome"), rows)


def _title(row: dict[str, Any]) -> str:
    plan = row["facts"].get("plan") or {}
    return f"{plan.get('title', 'unknown')} on {plan.get('target', 'unknown')}"


def _figures(findings: list[dict[str, Any]]) -> str:
    measured = [kept for kept in findings if kept["facts"].get("figures")]
    if not measured:
        return "## Figures before and after\n\nNone were measured."
    first, last = measured[0], measured[-1]
    names = sorted({*first["facts"]["figures"], *last["facts"]["figures"]})
    rows = [
        (name, _number(first["facts"]["figures"].get(name)), _number(last["facts"]["figures"].get(name)))
        for name in names
    ]
    columns = ("", f"first, {iso(first['at_ms'])}", f"last, {iso(last['at_ms'])}")
    return "## Figures before and after\n\n" + _table(columns, rows)


def _timeline(events: list[Event]) -> str:
    rows = [(iso(event.at_ms), event.actor, event.kind, _data(event)) for event in events]
    broken = first_broken(events)
    state = "The chain of hashes is whole." if broken is None else f"**The chain is broken at event {broken.seq}.**"
    head = events[-1].hash if events else "none"
    return f"## Timeline\n\n{_table(('at (UTC)', 'who', 'what', ''), rows)}\n\n{state} Head: `{head}`"


def _data(event: Event) -> str:
    return ", ".join(f"{name} {value}" for name, value in event.data.items() if value not in (None, "", [], {}))


def _number(value: object) -> str:
    return f"{value:g}" if isinstance(value, int | float) else "not measured"


def _table(columns: Sequence[str], rows: Sequence[Sequence[object]]) -> str:
    lines = ["| " + " | ".join(columns) + " |", "|" + " --- |" * len(columns)]
    lines += ["| " + " | ".join(_text(cell) for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _text(text: object) -> str:
    """Text as text: what Markdown, HTML or GitHub would read as a sign is disarmed."""
    escaped = "".join(f"\\{sign}" if sign in "\\`*_[]<>|#!~" else sign for sign in str(text))
    return " ".join(escaped.replace("@", "@\u2060").split())
