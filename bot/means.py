"""How quick are people: how long until somebody has an incident, and until it is over? Pure.

MTTA and MTTR of what was opened in a span of time; what nobody acknowledged or resolved is in no
mean, and neither is a drill.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from statistics import mean

from bot.incident import Incident

DAY_MS = 24 * 60 * 60 * 1000
WEEK_MS = 7 * DAY_MS


@dataclass(frozen=True, kw_only=True)
class Means:
    """Of the last `days`: `opened` incidents, and the two means in ms, None where there was none to count.
    `drills` are those that they leave out."""

    days: int
    opened: int
    drills: int
    acknowledge_ms: int | None
    resolve_ms: int | None


def means(incidents: Sequence[Incident], *, days: int, now_ms: int) -> Means:
    """Times count from when the failure first began, to its first acknowledgement and to its last resolution.
    While it was well or closed in between, and came back, is no part of them."""
    opened = [one for one in incidents if one.opened_ms > now_ms - days * DAY_MS]
    recent = [one for one in opened if not one.is_drill]
    taken = [one.acknowledged_after_ms for one in recent if one.acknowledged_after_ms is not None]
    over = [one.lasted_ms(one.resolved_ms) for one in recent if one.resolved_ms]
    return Means(
        days=days,
        opened=len(recent),
        drills=len(opened) - len(recent),
        acknowledge_ms=round(mean(taken)) if taken else None,
        resolve_ms=round(mean(over)) if over else None,
    )


def by_week(incidents: Sequence[Incident], *, weeks: int, now_ms: int) -> list[int | None]:
    """The mean time to resolve of each of the last `weeks`, in ms, the oldest first; None for a week without
    one that was resolved."""
    found = []
    for back in reversed(range(weeks)):
        end_ms = now_ms - back * WEEK_MS
        own = [one for one in incidents if not one.is_drill and end_ms - WEEK_MS < one.opened_ms <= end_ms]
        over = [one.lasted_ms(one.resolved_ms) for one in own if one.resolved_ms]
        found.append(round(mean(over)) if over else None)
    return found
