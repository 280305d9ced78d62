"""How well did people do in a drill, against the runbook's own times? Pure."""

from collections.abc import Sequence
from dataclasses import dataclass

from bot.clock import length
from bot.incident import Incident
from bot.report.markdown import table
from bot.timeline import Event

MINUTE_MS = 60_000


@dataclass(frozen=True)
class Goal:
    """What is to be reached within how many minutes, as the runbook has it, and which events show it."""

    name: str
    within_min: int
    kinds: frozenset[str]


MITIGATE = Goal("Mitigate", 30, frozenset({"incident.healthy", "incident.resolved"}))
ACKNOWLEDGE = Goal("Acknowledge", 5, frozenset({"incident.acknowledged", "incident.assigned"}))
GOALS = (
    ACKNOWLEDGE,
    Goal("Diagnose", 15, frozenset({"redis.triaged"})),
    Goal("Communicate", 10, frozenset({"update.posted", "update.no_change"})),
    MITIGATE,
)


def scorecard(incident: Incident, events: Sequence[Event]) -> str:
    """The table: each goal with its time, and whether it was reached."""
    rows = [_row(goal, incident, events) for goal in GOALS]
    missed = sum(event.kind == "update.missed" for event in events)
    told = f"\n\nUpdates that nobody gave in time: {missed}."
    return table(("", "goal", "took", ""), rows) + told


def _row(goal: Goal, incident: Incident, events: Sequence[Event]) -> tuple[str, str, str, str]:
    at_ms = next((event.at_ms for event in events if event.kind in goal.kinds), None)
    if at_ms is None:
        return goal.name, f"{goal.within_min} min", "not done", "missed"
    if goal is MITIGATE and (at_ms := incident.worked_ms) is None:
        return goal.name, f"{goal.within_min} min", "not measured", ""
    took_ms = _took_ms(goal, incident, at_ms)
    mark = "reached" if took_ms <= goal.within_min * MINUTE_MS else "missed"
    return goal.name, f"{goal.within_min} min", length(took_ms), mark


def _took_ms(goal: Goal, incident: Incident, at_ms: int) -> int:
    """As the durations of the same report have it."""
    if goal is MITIGATE:
        return incident.lasted_ms(at_ms)
    if goal is ACKNOWLEDGE and incident.acknowledged_after_ms is not None:
        return incident.acknowledged_after_ms
    return max(0, at_ms - incident.started_ms)
