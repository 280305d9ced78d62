"""Does the chain show every change?"""

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from bot.timeline import GENESIS, Event, first_broken, link

DATA = st.dictionaries(
    st.text(max_size=8), st.one_of(st.text(max_size=20), st.integers(), st.booleans()), max_size=4
)


def chain(*kinds: str, data: dict[str, Any] | None = None) -> list[Event]:
    events: list[Event] = []
    prev_hash = GENESIS
    for at_ms, kind in enumerate(kinds):
        event = Event(
            incident_id=1, at_ms=at_ms, actor="U0MARIA", kind=kind, data=data or {}, prev_hash=prev_hash
        )
        event = replace(event, hash=link(event, prev_hash))
        events.append(event)
        prev_hash = event.hash
    return events


def test_an_untouched_chain_is_whole() -> None:
    assert first_broken([]) is None
    assert first_broken(chain("opened", "acknowledged", "resolved")) is None


@pytest.mark.parametrize(
    "change",
    [
        {"incident_id": 2},
        {"at_ms": 99},
        {"actor": "U0SAM"},
        {"kind": "denied"},
        {"data": {"x": 1}},
        {"prev_hash": "f" * 64},
        {"hash": "f" * 64},
    ],
)
@pytest.mark.parametrize("place", [0, 1, 2])
def test_every_changed_field_is_found_where_it_is(change: dict[str, Any], place: int) -> None:
    events = chain("opened", "acknowledged", "resolved")
    events[place] = replace(events[place], **change)
    assert first_broken(events) is events[place]


def test_a_missing_event_is_found() -> None:
    events = chain("opened", "acknowledged", "resolved")
    assert first_broken(events[1:]) is events[1]
    assert first_broken([events[0], events[2]]) is events[2]


def test_an_event_taken_out_is_found_though_the_next_was_joined_to_the_one_before() -> None:
    first, _, third = chain("opened", "acknowledged", "resolved")
    joined = replace(third, prev_hash=first.hash)
    assert first_broken([first, joined]) is joined


def test_events_in_another_order_are_found() -> None:
    first, second, third = chain("opened", "acknowledged", "resolved")
    assert first_broken([first, third, second]) is third


def test_an_event_hashed_anew_breaks_the_next_one() -> None:
    events = chain("opened", "acknowledged", "resolved")
    forged = replace(events[1], actor="U0SAM", hash="")
    events[1] = replace(forged, hash=link(forged, forged.prev_hash))
    assert first_broken(events) is events[2]


@settings(deadline=None)
@given(DATA)
def test_the_hash_does_not_depend_on_the_order_of_names(data: dict[str, Any]) -> None:
    event = Event(incident_id=1, at_ms=1, actor="pong", kind="said", data=data)
    turned = replace(event, data=dict(reversed(data.items())))
    assert link(event, GENESIS) == link(turned, GENESIS)


@settings(deadline=None)
@given(DATA, DATA)
def test_other_facts_have_another_hash(one: dict[str, Any], other: dict[str, Any]) -> None:
    event = Event(incident_id=1, at_ms=1, actor="pong", kind="said", data=one)
    is_same = link(event, GENESIS) == link(replace(event, data=other), GENESIS)
    assert is_same == (repr(sorted(one.items())) == repr(sorted(other.items())))
