"""Which letter goes next?"""

from typing import Any

from bot.outbox.choosing import Next, Situation, Step, choose
from bot.outbox.pacing import Budgets, Pacing
from bot.store.outbox import POST, UPDATE, Lane, Letter

NOW_MS = 1_000_000


def letter(id: int, **changes: Any) -> Letter:
    facts: dict[str, Any] = {
        "id": id,
        "lane": "C1",
        "message_id": f"m{id}",
        "parent_id": None,
        "klass": 2,
        "dedup_key": f"m{id}",
        "method": POST,
        "payload": {"text": "x"},
        "state": "pending",
        "attempts": 0,
        "next_ms": 0,
        "tried_ms": None,
        "created_ms": NOW_MS,
        "ts": None,
        "thread_ts": None,
        "parent_failed": False,
        "file_link": None,
    }
    return Letter(**(facts | changes))


def chosen(*letters: Letter, lane_next_ms: int = 0, **changes: Any) -> Next | None:
    facts: dict[str, Any] = {
        "lane": Lane("C1", lane_next_ms, "", 0),
        "budgets": Budgets({}, Pacing()),
        "held_ms": {},
        "is_joined": True,
        "pacing": Pacing(),
    }
    ordered = sorted(letters, key=lambda one: (one.klass, one.id))
    return choose(ordered, Situation(**(facts | changes)), now_ms=NOW_MS)


def step_of(*letters: Letter, **changes: Any) -> tuple[int, Step] | None:
    choice = chosen(*letters, **changes)
    return (choice.letter.id, choice.step) if choice and choice.at_ms <= NOW_MS else None


def test_nothing_waits_nothing_goes() -> None:
    assert chosen() is None


def test_the_first_step_in_a_lane_is_to_join() -> None:
    assert step_of(letter(1), is_joined=False) == (1, Step.JOIN)


def test_a_reply_waits_for_its_parents_ts() -> None:
    assert chosen(letter(2, parent_id="m1")) is None
    assert step_of(letter(2, parent_id="m1", thread_ts="1.2")) == (2, Step.POST)


def test_a_reply_waits_for_an_earlier_one_of_its_thread_and_class() -> None:
    waits = letter(2, parent_id="p", thread_ts="1.2", next_ms=NOW_MS + 500)
    assert step_of(waits, letter(3, parent_id="p", thread_ts="1.2")) is None
    assert step_of(waits, letter(3, parent_id="p", thread_ts="1.2", klass=3)) == (3, Step.POST)
    assert step_of(waits, letter(3, parent_id="q", thread_ts="1.3")) == (3, Step.POST)


def test_a_post_being_looked_up_keeps_later_ones_of_its_thread_waiting() -> None:
    unsure = letter(2, parent_id="p", thread_ts="1.2", state="sending", tried_ms=NOW_MS - 1_000)
    choice = chosen(unsure, letter(3, parent_id="p", thread_ts="1.2"))
    assert choice == Next(unsure, Step.LOOK_UP, NOW_MS - 1_000 + Pacing().look_up_after_ms)


def test_an_unsure_post_is_looked_up_before_anything_else_happens_to_it() -> None:
    unsure = letter(2, state="sending", tried_ms=NOW_MS - 60_000, payload={"file": {"filename": "f"}})
    assert step_of(unsure) == (2, Step.LOOK_UP)


def test_a_lanes_pause_holds_posts_and_not_updates() -> None:
    update = letter(2, method=UPDATE, ts="1.2")
    assert step_of(letter(1), lane_next_ms=NOW_MS + 1_000) is None
    assert step_of(letter(1), update, lane_next_ms=NOW_MS + 1_000) == (2, Step.UPDATE)


def test_an_update_waits_for_its_messages_ts() -> None:
    assert chosen(letter(2, method=UPDATE)) is None


def test_updates_of_one_message_keep_their_order_whatever_their_class() -> None:
    older = letter(2, message_id="m", method=UPDATE, ts="1.2", klass=3, next_ms=NOW_MS + 500)
    newer = letter(3, message_id="m", method=UPDATE, ts="1.2", klass=0)
    assert step_of(older, newer) is None


def test_an_update_whose_process_was_killed_is_simply_sent_again() -> None:
    assert step_of(letter(2, method=UPDATE, ts="1.2", state="sending")) == (2, Step.UPDATE)


def test_a_held_method_holds_only_its_own_letters() -> None:
    update = letter(2, method=UPDATE, ts="1.2")
    assert step_of(letter(1), update, held_ms={POST: NOW_MS + 1_000}) == (2, Step.UPDATE)


def test_a_file_goes_up_before_its_post() -> None:
    payload = {"text": "x", "file": {"filename": "f", "content": "c"}}
    assert step_of(letter(1, payload=payload)) == (1, Step.UPLOAD)
    assert step_of(letter(1, payload=payload, file_link="https://x.test/f")) == (1, Step.POST)


def test_what_belongs_to_a_refused_message_is_set_aside_at_once() -> None:
    reply = letter(2, parent_id="p", parent_failed=True)
    assert step_of(reply, is_joined=False, lane_next_ms=NOW_MS + 1_000) == (2, Step.SET_ASIDE)
    assert step_of(letter(3, method=UPDATE, parent_failed=True)) == (3, Step.SET_ASIDE)


def test_the_soonest_is_told_when_nothing_is_due() -> None:
    choice = chosen(letter(1, next_ms=NOW_MS + 900), letter(2, next_ms=NOW_MS + 300))
    assert choice == Next(letter(2, next_ms=NOW_MS + 300), Step.POST, NOW_MS + 300)


def test_a_time_noted_before_the_clock_was_set_back_is_now() -> None:
    assert step_of(letter(1, next_ms=NOW_MS + 3_600_000)) == (1, Step.POST)
