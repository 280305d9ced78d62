"""Is each goal judged by the first thing that shows it?"""

from dataclasses import replace

from bot.report.scorecard import GOALS, MINUTE_MS, scorecard
from bot.timeline import GENESIS, Event
from tests.bot.test_incident import incident


def event(kind: str, minute: int, began_ms: int) -> Event:
    at_ms = began_ms + minute * MINUTE_MS
    return Event(incident_id=4, at_ms=at_ms, actor="U0MARIA", kind=kind, data={}, prev_hash=GENESIS)


def test_what_was_not_done_is_missed() -> None:
    card = scorecard(incident(), [])
    assert card.count("| not done | missed |") == len(GOALS)


def test_the_first_of_several_counts_and_the_goal_s_last_minute_too() -> None:
    one = incident()
    events = [event("incident.acknowledged", 5, one.opened_ms), event("incident.assigned", 9, one.opened_ms)]
    card = scorecard(one, [*events, event("update.missed", 10, one.opened_ms)])
    assert "Acknowledge | 5 min | 5 min | reached" in card
    assert "nobody gave in time: 1." in card


def test_what_did_not_work_when_it_was_closed_is_no_goal_reached() -> None:
    one = incident().resolved(
        by="U0MARIA", at_ms=incident().opened_ms + MINUTE_MS, root_cause="it", fix="none"
    )
    closed = [event("incident.resolved", 1, one.opened_ms)]
    assert "Mitigate | 30 min | 1 min | reached" in scorecard(replace(one, verdict="whole"), closed)
    assert "Mitigate | 30 min | not measured |  |" in scorecard(replace(one, verdict="not whole"), closed)
