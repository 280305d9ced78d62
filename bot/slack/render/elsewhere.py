"""How does it read here what people did about an incident elsewhere? Pure."""

from collections.abc import Callable

from bot.alerts.alert import Change, titled
from bot.slack.render.blocks import Message, section
from bot.text import first_few, outside, plain

SAID_MOST = 400
NOBODY = "nobody"


def happened(change: Change) -> Message:
    """One short line for a change of a kind in TOLD, and a plainer one for any other."""
    there = outside(titled(change.source))
    line = TOLD[change.kind](change, there) if change.kind in TOLD else f"{there}: {outside(change.kind, 60)}"
    return Message(line, (section(line),))


def who_there(change: Change) -> str:
    """Who did it and where, as plain text: `Maria Lopez in PagerDuty`."""
    return f"{plain(change.agent, 60) or 'somebody'} in {titled(change.source)}"


def _acknowledged(change: Change, there: str) -> str:
    return f"Acknowledged in {there}{_by(change)}."


def _unacknowledged(change: Change, there: str) -> str:
    return f"No longer acknowledged in {there}: it may call people again there."


def _priority(change: Change, there: str) -> str:
    return f"Priority in {there}: {_to(change) if change.to else 'none'}{_by(change)}."


def _escalated(change: Change, there: str) -> str:
    return f"Escalated in {there} to {_to(change)}{_by(change)}."


def _delegated(change: Change, there: str) -> str:
    return f"Handed over in {there} to the escalation policy {_to(change)}{_by(change)}."


def _reassigned(change: Change, there: str) -> str:
    return f"Reassigned in {there} to {_to(change)}{_by(change)}."


def _annotated(change: Change, there: str) -> str:
    return f"📝 Note in {there}{_by(change)}: {_said(change)}"


def _added(change: Change, there: str) -> str:
    return f"{_to(change)} was asked in {there} to help{_by(change)}{_after(change)}."


def _replied(change: Change, there: str) -> str:
    return f"{_to(change)} replied in {there}{_after(change)}."


def _published(change: Change, there: str) -> str:
    return f"📣 Status update in {there}{_by(change)}: {_said(change)}"


def _resolved(change: Change, there: str) -> str:
    return f"Resolved in {there}{_by(change)}. Here it stays open until somebody says what it was."


def _by(change: Change) -> str:
    return f" by {outside(change.agent, 60)}" if change.agent else ""


def _to(change: Change) -> str:
    return first_few([outside(one, 60) for one in change.to], most=5) or NOBODY


def _said(change: Change) -> str:
    return f"“{outside(change.said, SAID_MOST)}”"


def _after(change: Change) -> str:
    return f": {_said(change)}" if change.said else ""


TOLD: dict[str, Callable[[Change, str], str]] = {
    "incident.acknowledged": _acknowledged,
    "incident.unacknowledged": _unacknowledged,
    "incident.priority_updated": _priority,
    "incident.escalated": _escalated,
    "incident.delegated": _delegated,
    "incident.reassigned": _reassigned,
    "incident.annotated": _annotated,
    "incident.responder.added": _added,
    "incident.responder.replied": _replied,
    "incident.status_update_published": _published,
    "incident.resolved": _resolved,
}
