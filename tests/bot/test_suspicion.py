"""Is the first who suspects something remembered, and only what was deleted counted?"""

from typing import Any

from bot.suspicion import NOTED, Suspicion, deletions, suspected
from bot.timeline import GENESIS, Event


def event(kind: str, at_ms: int, actor: str = "U0MARIA", **data: Any) -> Event:
    return Event(incident_id=1, at_ms=at_ms, actor=actor, kind=kind, data=data, prev_hash=GENESIS)


def test_the_first_who_said_so_counts() -> None:
    events = [event(NOTED, 5, what="ddos"), event(NOTED, 9, "U0DEV", what="ddos")]
    [one] = suspected(events)
    assert (one.what, one.by, one.at_ms) == (Suspicion.DDOS, "U0MARIA", 5)


def test_a_plan_that_deleted_nothing_is_no_deletion() -> None:
    events = [
        event("execution.succeeded", 1, title="Clear cache", deleted=7),
        event("execution.succeeded", 2, title="Restart"),
        event("execution.step", 3, title="Clear cache", deleted=7),
    ]
    assert deletions(events) == [(1, "Clear cache", 7)]
