"""How does an incident read afterwards, as Markdown?

The sections are those of the runbook's step 17. Everything in it was recorded; what nobody measured or said
is called so.
"""

import json
import re
from dataclasses import dataclass
from itertools import groupby
from typing import Any

from bot.approvals.reviews import SIGNED_OFF, done_alone
from bot.clock import iso, length
from bot.incident import BY_HAND, Incident
from bot.report.figures import figures
from bot.report.markdown import heading, table, text
from bot.report.public import external
from bot.report.scorecard import scorecard
from bot.report.suspicions import suspicions
from bot.runbooks.runbook import Runbook
from bot.store.protocol import Row
from bot.store.records import Records
from bot.timeline import Event, first_broken

NOT_SAID = "not said"
NOT_MEASURED = "not measured"
SHOWN_ELSEWHERE = frozenset({"digest", "evidence", "reason", "said_at_ms", "ts"})
MENTION = re.compile(r"<@([UW][A-Z0-9]+)>")
FOUND = ("critical", "warning", "notice")


@dataclass(frozen=True, kw_only=True)
class Kept:
    """All that the store holds of one incident. `actions` are approvals with their execution, if any."""

    incident: Incident
    events: list[Event]
    findings: list[dict[str, Any]]
    actions: list[tuple[Row, Row | None]]
    handles: dict[str, str]

    def who(self, actor: str) -> str:
        return f"@{self.handles[actor]}" if actor in self.handles else actor


async def report(records: Records, incident: Incident, runbook: Runbook) -> str:
    """The whole report. Text that people typed stands in it as text: no Markdown of theirs takes effect."""
    approvals = await records.approvals.of_incident(incident.id)
    kept = Kept(
        incident=incident,
        events=await records.timeline.of(incident.id),
        findings=await records.incidents.findings(incident.id),
        actions=[(row, await records.approvals.execution_of(row["id"])) for row in approvals],
        handles=await records.names.all(),
    )
    return write(kept, runbook)


def write(kept: Kept, runbook: Runbook) -> str:
    """The same, from what was kept. Pure."""
    parts = [
        _head(kept, runbook),
        _durations(kept.incident),
        _causes(kept.incident),
        *_earlier(kept),
        _findings(kept),
        _actions(kept),
        *_reviews(kept),
        *suspicions(kept.incident, kept.events, kept.who),
        external(kept.events, kept.who),
        heading("Figures before and after", figures(kept.findings)),
        _timeline(kept),
        *([heading("Scorecard", scorecard(kept.incident, kept.events))] if kept.incident.is_drill else []),
    ]
    return "\n\n".join(parts) + "\n"


def filename(incident: Incident) -> str:
    """YYYY-MM-DD-redis-failure-4.md, as the runbook names its reports."""
    return f"{iso(incident.opened_ms)[:10]}-{incident.runbook}-{incident.id}.md"


def _head(kept: Kept, runbook: Runbook) -> str:
    incident = kept.incident
    rows = [
        ("Target", incident.target or "unknown"),
        ("Severity", incident.severity),
        ("Status", str(incident.status)),
        ("Alert", _alert(incident)),
        ("Owner", kept.who(incident.owner) if incident.owner else incident.acknowledged_as or "nobody"),
        *([("Communication", kept.who(incident.comms))] if incident.comms else []),
    ]
    kind = "Drill" if incident.is_drill else "Incident"
    return f"# {kind} {incident.id}: {runbook.title}\n\n" + table(("", ""), rows)


def _alert(incident: Incident) -> str:
    if incident.has_no_alert:
        return f"none, opened by {incident.source}"
    told = "in what was opened by" if incident.source == BY_HAND else "from"
    return f"{incident.alert_name} {told} {incident.source}, {incident.alert_count} in all"


def _durations(incident: Incident) -> str:
    worked_ms, resolved_ms, well_ms = incident.worked_ms, incident.resolved_ms, incident.closed_or_well_ms
    rows = [
        ("Began (alert)", iso(incident.started_ms), ""),
        ("Opened", *_moment(incident.opened_ms, incident.opened_ms - incident.started_ms)),
        ("Acknowledged", *_moment(incident.taken_ms, incident.acknowledged_after_ms)),
        ("Mitigated", *_moment(worked_ms, incident.lasted_ms(worked_ms or 0), missing=NOT_MEASURED)),
        ("Resolved", *_moment(resolved_ms, incident.lasted_ms(resolved_ms or 0))),
        *([("Well or closed between", "", f"{length(well_ms)}, not counted")] if well_ms else []),
    ]
    return heading("Durations", table(("", "at (UTC)", "after"), rows))


def _moment(at_ms: int | None, after_ms: int | None, *, missing: str = "not recorded") -> tuple[str, str]:
    return (iso(at_ms), length(after_ms or 0)) if at_ms else (missing, "")


def _causes(incident: Incident) -> str:
    cause = heading("Root cause", text(incident.root_cause or NOT_SAID))
    return cause + "\n\n" + heading("Fix", text(incident.fix or NOT_SAID))


def _earlier(kept: Kept) -> list[str]:
    """What people said that it was each time before it was reopened."""
    rows = [
        (iso(one.resolved_ms), kept.who(one.by or "nobody known"), one.root_cause, one.fix)
        for one in kept.incident.concluded
    ]
    head = ("resolved (UTC)", "by", "root cause", "fix")
    return [heading("Earlier conclusions", table(head, rows))] if rows else []


def _findings(kept: Kept) -> str:
    lines = [line for found in kept.findings for line in _finding_lines(found)]
    return heading("Findings", "\n".join(f"- {line}" for line in lines) or "None was recorded.")


def _finding_lines(found: dict[str, Any]) -> list[str]:
    at, facts = iso(found["at_ms"]), found["facts"]
    if found["kind"] == "ping":
        return [f"{at} ping: {text(facts.get('says', ''))}"]
    if found["kind"] == "verify":
        return [f"{at} verification: {text(facts.get('verdict', ''))}"]
    return [
        f"{at} **{finding['severity']}** {text(finding['title'])}. {text(finding.get('meaning'))}".rstrip()
        for finding in facts.get("findings", [])
        if finding.get("severity") in FOUND
    ]


def _actions(kept: Kept) -> str:
    rows = []
    for row, execution in kept.actions:
        votes = ", ".join(f"{vote['vote']} by {kept.who(vote['voter'])}" for vote in row["votes"]) or "none"
        outcome = _outcome(execution) if execution else row["state"]
        plan = row["facts"]["plan"]
        title = f"{plan['title']} on {plan['target']}"
        asked = (
            iso(row["created_ms"]),
            kept.who(row["requester"]),
            _why(kept, row["facts"].get("why") or {}),
        )
        rows.append((title, *asked, votes, outcome))
    if not rows:
        return heading("Actions", "None was asked for.")
    return heading("Actions", table(("Action", "asked (UTC)", "by", "why", "votes", "outcome"), rows))


def _why(kept: Kept, why: dict[str, Any]) -> str:
    """What was said for it, and what had been found by then."""
    found = (why.get("found") or {}).get("says")
    told = [why.get("said"), f"found: {found}" if found else ""]
    return "; ".join(_value(kept, one) for one in told if one)


def _outcome(execution: Row) -> str:
    """What never began has not failed."""
    return "did not run" if "refused" in json.loads(execution["result"] or "{}") else str(execution["state"])


def _reviews(kept: Kept) -> list[str]:
    """What one person did alone, and who has looked at it since; nothing where nobody did."""
    looked = {event.data.get("approval"): event for event in kept.events if event.kind == SIGNED_OFF}
    rows = []
    for id, one in done_alone(kept.events).items():
        by = looked.get(id)
        state = f"by {kept.who(by.actor)} {iso(by.at_ms)}: {by.data['says']}" if by else "open"
        rows.append((one.title, kept.who(one.by), one.reason, state))
    return [heading("Reviews", table(("Done alone", "by", "why", "signed off"), rows))] if rows else []


def _timeline(kept: Kept) -> str:
    rows = [_row(kept, list(alike)) for _, alike in groupby(sorted(kept.events, key=_moment_of), key=_alike)]
    broken = first_broken(kept.events)
    state = (
        "The chain of hashes is whole."
        if broken is None
        else f"**The chain is broken at event {broken.seq}.**"
    )
    head = kept.events[-1].hash if kept.events else "none"
    lines = [table(("at (UTC)", "who", "what", ""), rows), "", f"{state} Head: `{head}`"]
    return heading("Timeline", "\n".join(lines))


def _alike(event: Event) -> tuple[object, ...]:
    """The same for events that stand in one row when they follow each other: alerts that join in a storm."""
    joins = event.kind == "alert.joined"
    return (event.kind, event.actor, event.data.get("name")) if joins else (event.hash,)


def _row(kept: Kept, alike: list[Event]) -> tuple[str, str, str, str]:
    first, last = alike[0], alike[-1]
    again = f" ({len(alike):,} times until {iso(_moment_of(last))})" if len(alike) > 1 else ""
    return iso(_moment_of(first)), kept.who(first.actor), first.kind, f"{_data(kept, first)}{again}"


def _moment_of(event: Event) -> int:
    """When it was; what was pinned later was said at a time of its own."""
    return int(event.data.get("said_at_ms") or event.at_ms)


def _data(kept: Kept, event: Event) -> str:
    shown = {name: value for name, value in event.data.items() if name not in SHOWN_ELSEWHERE}
    return ", ".join(
        f"{name.replace('_', ' ')}: {_value(kept, value)}"
        for name, value in shown.items()
        if value not in (None, "", [], {})
    )


def _value(kept: Kept, value: object) -> str:
    if isinstance(value, list):
        return ", ".join(_value(kept, item) for item in value)
    return MENTION.sub(lambda one: kept.who(one[1]), kept.who(str(value)))
