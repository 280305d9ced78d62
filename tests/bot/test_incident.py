"""Which moves does an incident allow?"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.errors import IllegalMove
from bot.incident import DRILL, REOPEN_WITHIN_MS, AlertState, Incident, Status

OPENED_MS = 1_000_000
MOVES = ("acknowledge", "mitigate", "relapse", "resolve", "reopen")


def incident(**changes: Any) -> Incident:
    facts: dict[str, Any] = {
        "id": 4,
        "runbook": "redis-failure",
        "target": "redis-prod",
        "title": "Redis Failure",
        "channel": "C0INCIDENTS",
        "opened_ms": OPENED_MS,
        "alert_name": "RedisDown",
        "source": "alertmanager",
    }
    return Incident(**(facts | changes))


def resolved(of: Incident, at_ms: int = OPENED_MS + 9_000) -> Incident:
    return of.resolved(by="U0MARIA", at_ms=at_ms, root_cause="a full disk", fix="a bigger one")


def moved(of: Incident, move: str, at_ms: int) -> Incident:
    match move:
        case "acknowledge":
            return of.acknowledged(by="U0MARIA", at_ms=at_ms)
        case "mitigate":
            return of.mitigated(at_ms=at_ms)
        case "relapse":
            return of.relapsed()
        case "resolve":
            return resolved(of, at_ms)
        case _:
            return of.reopened(at_ms=at_ms)


def test_a_new_incident_waits_for_somebody() -> None:
    new = incident()
    assert new.status is Status.TRIGGERED
    assert new.is_open
    assert new.owner is None
    assert new.started_ms == OPENED_MS
    assert incident(alert_started_ms=5).started_ms == 5


def test_who_acknowledges_has_it() -> None:
    taken = incident().acknowledged(by="U0MARIA", at_ms=OPENED_MS + 60_000)
    assert (taken.status, taken.owner, taken.acknowledged_by) == (Status.ACKNOWLEDGED, "U0MARIA", "U0MARIA")
    assert taken.acknowledged_ms == OPENED_MS + 60_000


def test_a_second_acknowledgement_is_refused_naming_the_first() -> None:
    taken = incident().acknowledged(by="U0MARIA", at_ms=OPENED_MS)
    with pytest.raises(IllegalMove, match=r"#4 is acknowledged already, by <@U0MARIA>\."):
        taken.acknowledged(by="U0DEV", at_ms=OPENED_MS)


def test_a_move_leaves_the_incident_it_was_asked_of_as_it_was() -> None:
    new = incident()
    resolved(new.acknowledged(by="U0MARIA", at_ms=1))
    assert new == incident()


@pytest.mark.parametrize("moves", [(), ("acknowledge",), ("mitigate",), ("acknowledge", "mitigate")])
def test_every_open_incident_can_be_resolved_by_a_person(moves: tuple[str, ...]) -> None:
    open_one = incident(next_update_ms=5, next_rung_ms=6)
    for move in moves:
        open_one = moved(open_one, move, OPENED_MS + 1_000)
    over = resolved(open_one)
    assert (over.status, over.resolved_by, over.root_cause) == (Status.RESOLVED, "U0MARIA", "a full disk")
    assert over.is_paused
    assert (over.next_update_ms, over.next_rung_ms) == (None, None)
    assert over.mitigated_ms == (OPENED_MS + 1_000 if "mitigate" in moves else OPENED_MS + 9_000)


def test_a_resolved_incident_cannot_be_resolved_acknowledged_or_mitigated() -> None:
    over = resolved(incident())
    for move in ("resolve", "acknowledge", "mitigate"):
        with pytest.raises(IllegalMove, match=r"#4 is resolved already, by <@U0MARIA>\."):
            moved(over, move, OPENED_MS + 10_000)


@pytest.mark.parametrize("acknowledges", [True, False])
def test_a_relapse_goes_back_to_whoever_had_it(acknowledges: bool) -> None:
    before = incident()
    if acknowledges:
        before = before.acknowledged(by="U0MARIA", at_ms=OPENED_MS)
    again = replace(before.mitigated(at_ms=OPENED_MS), alert=AlertState.RESOLVED, is_paused=True).relapsed()
    assert again.status is before.status
    assert again.owner == before.owner
    assert again.alert is AlertState.FIRING
    assert not again.is_paused


def test_an_alert_within_the_hour_reopens() -> None:
    over = resolved(incident().acknowledged(by="U0MARIA", at_ms=OPENED_MS), at_ms=OPENED_MS)
    last_ms = OPENED_MS + REOPEN_WITHIN_MS - 1
    assert over.reopens_at(last_ms)
    again = over.reopened(at_ms=last_ms)
    assert again.status is Status.TRIGGERED
    assert (again.owner, again.acknowledged_by, again.resolved_ms, again.is_paused) == (
        None,
        None,
        None,
        False,
    )
    assert again.reopened_ms == last_ms
    assert again.opened_ms == OPENED_MS


@pytest.mark.parametrize("late_ms", [REOPEN_WITHIN_MS, REOPEN_WITHIN_MS + 1, -1])
def test_an_alert_after_the_hour_is_a_new_incident(late_ms: int) -> None:
    over = resolved(incident(), at_ms=OPENED_MS)
    assert not over.reopens_at(OPENED_MS + late_ms)
    with pytest.raises(IllegalMove):
        over.reopened(at_ms=OPENED_MS + late_ms)


def test_an_open_incident_does_not_reopen() -> None:
    with pytest.raises(IllegalMove):
        incident().reopened(at_ms=OPENED_MS)


@settings(deadline=None)
@given(st.lists(st.sampled_from(MOVES), max_size=12))
def test_whatever_is_tried_the_facts_agree_with_the_state(moves: list[str]) -> None:
    one = incident()
    for step, move in enumerate(moves):
        before = one
        try:
            one = moved(one, move, OPENED_MS + step * 1_000)
        except IllegalMove:
            assert one == before
        assert one.is_open == (one.status is not Status.RESOLVED)
        assert (
            (one.status is Status.RESOLVED) == (one.resolved_by is not None) == (one.resolved_ms is not None)
        )
        if one.status is Status.ACKNOWLEDGED:
            assert one.owner is not None
        if one.status is Status.TRIGGERED:
            assert one.acknowledged_by is None


@pytest.mark.parametrize("verdict", ["whole", "not verified", None])
def test_it_worked_when_that_was_measured_or_when_a_person_closed_it(verdict: str | None) -> None:
    looked_well = replace(incident().mitigated(at_ms=OPENED_MS + 3_000), alert=AlertState.RESOLVED)
    assert replace(resolved(looked_well), verdict=verdict).worked_ms == OPENED_MS + 3_000
    over = replace(resolved(incident()), alert=AlertState.RESOLVED, verdict=verdict)
    assert over.worked_ms == OPENED_MS + 9_000


def test_what_speaks_against_it_when_it_is_closed_claims_no_time_at_which_it_worked() -> None:
    over = replace(resolved(incident()), alert=AlertState.RESOLVED, verdict="not whole")
    assert over.worked_ms is None
    unasked = replace(resolved(incident()), alert=AlertState.FIRING, verdict=None)
    assert unasked.worked_ms is None


def test_what_looked_well_and_failed_again_worked_only_at_the_second_time() -> None:
    again = incident().mitigated(at_ms=OPENED_MS + 1_000).relapsed()
    assert again.worked_ms is None
    assert again.mitigated(at_ms=OPENED_MS + 5_000).worked_ms == OPENED_MS + 5_000


def test_times_of_bouts_add_up_and_the_first_acknowledgement_stays() -> None:
    first = resolved(incident().acknowledged(by="U0MARIA", at_ms=OPENED_MS + 1_000), OPENED_MS + 5_000)
    again = replace(first, alert=AlertState.RESOLVED).reopened(at_ms=OPENED_MS + 15_000)
    assert (again.acknowledged_ms, again.acknowledged_after_ms, again.taken_after_ms) == (None, 1_000, None)
    assert again.lasted_ms(OPENED_MS + 16_000) == 6_000
    taken = again.acknowledged(by="U0DEV", at_ms=OPENED_MS + 20_000)
    assert (taken.taken_ms, taken.acknowledged_after_ms, taken.taken_after_ms) == (
        OPENED_MS + 1_000,
        1_000,
        5_000,
    )
    third = resolved(taken, OPENED_MS + 21_000).reopened(at_ms=OPENED_MS + 30_000)
    assert (third.acknowledged_after_ms, third.lasted_ms(OPENED_MS + 32_000)) == (1_000, 13_000)


def test_what_was_kept_before_bouts_were_added_up_counts_from_its_newest_one() -> None:
    kept = incident(reopened_ms=OPENED_MS + 60_000, acknowledged_ms=OPENED_MS + 62_000)
    assert kept.lasted_ms(OPENED_MS + 65_000) == 5_000
    assert kept.acknowledged_after_ms == 2_000


def test_a_failure_that_ends_a_drill_counts_from_itself() -> None:
    drill = resolved(incident(source=DRILL).acknowledged(by="U0MARIA", at_ms=OPENED_MS + 1_000))
    again = drill.reopened_by_hand(at_ms=OPENED_MS + 20_000)
    real = again.real(source="alertmanager", alert_name="RedisDown", severity="P2", at_ms=OPENED_MS + 30_000)
    assert (real.acknowledged_after_ms, real.taken_ms) == (None, None)
    assert real.lasted_ms(OPENED_MS + 31_000) == 1_000
