"""What do people suspect in an incident beside the failure itself: an attack, or that data is lost? Pure.

The runbook's section "Escalation". It is read from the timeline, where it was noted.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from bot.timeline import Event

NOTED = "incident.suspected"


class Suspicion(StrEnum):
    DDOS = "ddos"
    DATA_LOSS = "data-loss"


@dataclass(frozen=True)
class Suspected:
    """Who said so first, and when."""

    what: Suspicion
    by: str
    at_ms: int


def suspected(events: Sequence[Event]) -> list[Suspected]:
    """Each once, in the order in which they came up."""
    found: dict[Suspicion, Suspected] = {}
    for event in events:
        if event.kind == NOTED:
            what = Suspicion(str(event.data["what"]))
            found.setdefault(what, Suspected(what, event.actor, event.at_ms))
    return list(found.values())


def deletions(events: Sequence[Event]) -> list[tuple[int, str, int]]:
    """What Pong's own plans deleted, as (when, which plan, how many keys)."""
    ended = [one for one in events if one.kind.startswith("execution.") and one.kind != "execution.step"]
    return [
        (one.at_ms, str(one.data.get("title", "a plan")), int(one.data["deleted"]))
        for one in ended
        if one.data.get("deleted")
    ]
