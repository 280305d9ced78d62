"""What would Pong tell the public? Drafts that people edit; pure.

The runbook's words for the status page; what was not measured is no fact in them, and nothing internal is
said.
"""

from dataclasses import dataclass

from bot.clock import clock_time
from bot.incident import AlertState, Incident
from bot.public.known import RESOLVED, Outcome, Public, Publication
from bot.runbooks.runbook import Runbook

INVESTIGATING = "investigating"
STATUSES = {
    INVESTIGATING: "Investigating",
    "identified": "Identified",
    "monitoring": "Monitoring",
    RESOLVED: "Resolved",
}
NAME_MOST, BODY_MOST = 255, 3_000  # Statuspage's own limit of a name, and Slack's of a window's field
# What the application said of itself, in words for everybody.
_CHECKED = {
    "Operational": "is operational",
    "Still operational (degraded)": "is operational, with reduced performance",
    "Not operational (unhealthy)": "is not operational",
}


@dataclass(frozen=True, kw_only=True)
class Draft:
    """`status` is one of STATUSES."""

    status: str
    name: str
    body: str


def draft(incident: Incident, runbook: Runbook, public: Public | None, *, public_name: str) -> Draft:
    """What to say next: the first text, the last one's words to go on from, or the end."""
    last = public.last if public else None
    if not incident.is_open:
        if last and last.outcome is Outcome.REFUSED and last.at_ms >= (incident.resolved_ms or 0):
            return _of(last)
        return ending(incident, _name(runbook, public, public_name))
    if last and not (last.status == RESOLVED and last.outcome is Outcome.PUBLISHED):
        return _of(last)
    return first(incident, runbook, public_name=public_name)


def _of(publication: Publication) -> Draft:
    return Draft(status=publication.status, name=publication.name, body=publication.body)


def first(incident: Incident, runbook: Runbook, *, public_name: str) -> Draft:
    """The runbook's words: "Investigating: Slower response times"."""
    whose = f" of {public_name}" if public_name else ""
    body = f"We are investigating a technical problem. {runbook.public_words.format(whose=whose)}"
    said = _CHECKED.get(incident.platform or "")
    if said and incident.platform_checked_ms:
        at = clock_time(incident.platform_checked_ms)
        body += f" At {at} our own check said that the service {said}."
    return Draft(status=INVESTIGATING, name=_name(runbook, None, public_name), body=body)


def ending(incident: Incident, name: str) -> Draft:
    """Only what was recorded: from when to when, where its end was measured. What was not whole when a person
    closed it is not told as over."""
    since, ended_ms = clock_time(incident.started_ms), _ended_ms(incident)
    if incident.verdict == "not whole":
        body = f"We are watching whether this is over. It began at {since}."
        return Draft(status="monitoring", name=name, body=body)
    until = f" and was over at {clock_time(ended_ms)}" if ended_ms else ""
    return Draft(status=RESOLVED, name=name, body=f"This incident is resolved. It began at {since}{until}.")


def _ended_ms(incident: Incident) -> int | None:
    """When its alert ended, else when it was verified; None where neither was measured."""
    if incident.alert is AlertState.RESOLVED and incident.alert_ended_ms:
        return incident.alert_ended_ms
    return incident.resolved_ms if incident.verdict == "whole" else None


def social(told: Draft) -> str:
    """A post to copy; Pong sends none."""
    return f"{STATUSES.get(told.status, told.status)}: {told.name}. More on our status page."


def _name(runbook: Runbook, public: Public | None, public_name: str) -> str:
    if public and public.last:
        return public.last.name
    return f"{runbook.public_title}: {public_name}" if public_name else runbook.public_title
