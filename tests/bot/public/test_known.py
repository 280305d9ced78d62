"""Does the timeline say what the public was told, whatever came in between?"""

from dataclasses import replace

from bot.incident import Incident
from bot.public.known import (
    ASKED,
    DECLINED,
    DONE,
    INTENDED,
    MARKED,
    PUBLISHED,
    REFUSED,
    Outcome,
    Public,
    needs_asking,
    told,
)
from bot.timeline import Event

INCIDENT = Incident(
    id=1,
    runbook="redis-failure",
    target=None,
    title="",
    channel="C0",
    opened_ms=1,
    alert_name="RedisDown",
    source="x",
)


def the_public(*kinds: str | tuple[str, dict]) -> Public:
    """After these, one a second."""
    pairs = [kind if isinstance(kind, tuple) else (kind, {}) for kind in kinds]
    events = [
        Event(incident_id=1, at_ms=1_000 * number, actor="U0MARIA", kind=kind, data=data)
        for number, (kind, data) in enumerate(pairs, 1)
    ]
    public = told(events)
    assert public is not None
    return public


def intended(number: int, *, root: int = 1, status: str = "investigating") -> tuple[str, dict]:
    words = {"name": "Slow", "body": "We look.", "status": status}
    return INTENDED, {"number": number, "root": root} | words


def settled(number: int, kind: str = PUBLISHED, **facts: object) -> tuple[str, dict]:
    return kind, {"number": number} | facts


def test_of_what_nobody_asked_nothing_is_known() -> None:
    assert told([]) is None
    assert told([Event(incident_id=1, at_ms=1, actor="pong", kind="incident.opened")]) is None


def test_a_question_waits_until_somebody_answers_it() -> None:
    assert the_public(ASKED).is_asking
    for answer in (DECLINED, DONE, intended(1)):
        assert not the_public(ASKED, answer).is_asking
    assert the_public(ASKED, DECLINED, MARKED, ASKED).is_asking


def test_what_is_on_its_way_does_not_stand_yet() -> None:
    public = the_public(intended(1))
    assert public.is_pending
    assert not public.stands
    assert the_public(intended(1), settled(1)).stands


def test_the_end_ends_it_and_the_next_text_is_of_a_new_one() -> None:
    ended = (intended(1), settled(1), intended(2, status="resolved"), settled(2))
    assert not the_public(*ended).stands
    assert the_public(*ended).root_of_next() == 3
    assert the_public(*ended[:3]).root_of_next() == 1
    assert the_public(*ended, intended(3, root=3), settled(3)).stands


def test_what_was_refused_keeps_its_place_and_its_words() -> None:
    public = the_public(intended(1), settled(1, REFUSED, why="HTTP 401", code="401"))
    assert public.root_of_next() == 1
    assert public.last
    assert (public.last.outcome, public.last.why, public.last.body) == (
        Outcome.REFUSED,
        "HTTP 401",
        "We look.",
    )


def test_an_end_that_was_refused_ends_nothing() -> None:
    public = the_public(intended(1), settled(1), intended(2, status="resolved"), settled(2, REFUSED))
    assert public.stands
    assert public.root_of_next() == 1


def test_what_was_deleted_on_the_page_stands_no_more() -> None:
    public = the_public(intended(1), settled(1), intended(2), settled(2, REFUSED, is_gone=True))
    assert not public.stands
    assert public.root_of_next() == 3


def test_by_hand_it_stands_until_the_end_was_told_by_hand() -> None:
    assert the_public(ASKED, DONE).stands
    assert not the_public(ASKED, DONE, (DONE, {"at_end": True})).stands


def test_one_that_opens_again_is_asked_about_anew_unless_the_public_still_reads_of_it() -> None:
    again = replace(INCIDENT, reopened_ms=60_000)
    assert needs_asking(None, INCIDENT)
    assert not needs_asking(the_public(ASKED), INCIDENT)
    assert needs_asking(the_public(ASKED, DECLINED), again)
    assert not needs_asking(the_public(intended(1), settled(1)), again)
    assert not needs_asking(the_public(intended(1)), again)
