"""What was suspected beside the failure, and what is known of lost data, as the report has it? Pure."""

from collections.abc import Callable, Sequence

from bot.clock import iso, length
from bot.diagnostics.units import count
from bot.incident import Incident
from bot.report.markdown import heading, table, text
from bot.suspicion import Suspicion, deletions, suspected
from bot.timeline import Event

NOT_KNOWN = "not known to Pong: to be filled in"


def suspicions(incident: Incident, events: Sequence[Event], who: Callable[[str], str]) -> list[str]:
    """The sections; none where nothing was suspected."""
    found = suspected(events)
    if not found:
        return []
    rows = [(one.what.value, iso(one.at_ms), who(one.by)) for one in found]
    parts = [heading("Suspected", table(("what", "at (UTC)", "by"), rows))]
    if any(one.what is Suspicion.DATA_LOSS for one in found):
        parts.append(heading("Record for compliance", _compliance(incident, events)))
    return parts


def _compliance(incident: Incident, events: Sequence[Event]) -> str:
    """What Pong knows by itself, and what people have to add."""
    ended_ms = incident.resolved_ms or events[-1].at_ms
    lasted = length(max(0, ended_ms - incident.started_ms))
    facts = [
        ("Window", f"{iso(incident.started_ms)} to {iso(ended_ms)} (UTC), {lasted}"),
        ("Whose data", NOT_KNOWN),
        ("Lost by the failure itself", NOT_KNOWN),
        ("Users told", NOT_KNOWN),
    ]
    rows = [(iso(at_ms), text(title), count(keys, "key", "keys")) for at_ms, title, keys in deletions(events)]
    own = table(("deleted on purpose, at (UTC)", "by", "how much"), rows) if rows else "Pong deleted nothing."
    return f"{table(('', ''), facts)}\n\n{own}"
