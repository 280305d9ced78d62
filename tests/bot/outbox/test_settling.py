"""Does a process learn where it may post, and is the outcome of a step written down rightly?"""

from typing import Any

import pytest

from bot.outbox.calls import Answer, Meaning
from bot.outbox.choosing import Step
from bot.outbox.pacing import Pacing
from bot.outbox.settling import Settling, Standing, Taken
from bot.store.outbox import Lease, Letter

LANE = "C0INCIDENTS"
NOW_MS = 1_767_229_860_000


async def letter(post: Any, **payload: Any) -> Letter:
    await post.say("one", **payload)
    (kept,) = await post.store.read(lambda records: records.outbox.waiting(LANE))
    await post.store.write(lambda records: records.outbox.sending(kept.id, now_ms=NOW_MS))
    (sending,) = await post.store.read(lambda records: records.outbox.waiting(LANE))
    return sending


async def settle(post: Any, step: Step, answer: Answer, *, is_closed: bool = False) -> Letter | str | None:
    """What is left of the letter: itself, or why it was set aside, or nothing."""
    taken = Taken(Lease(LANE, 1), await letter(post), step)
    reason = await post.store.write(
        lambda records: Settling(records, Pacing(), now_ms=NOW_MS).settle(taken, answer, is_closed=is_closed)
    )
    left = await post.store.read(lambda records: records.outbox.waiting(LANE))
    return reason or (left[0] if left else None)


async def test_a_post_that_may_have_arrived_stays_where_it_is(post: Any) -> None:
    left = await settle(post, Step.POST, Answer(Meaning.UNSURE, "no answer"))
    assert isinstance(left, Letter)
    assert (left.state, left.tried_ms) == ("sending", NOW_MS)


@pytest.mark.parametrize("meaning", [Meaning.UNREACHED, Meaning.STRANGE])
async def test_a_post_that_did_not_arrive_goes_again_after_a_wait(post: Any, meaning: Meaning) -> None:
    left = await settle(post, Step.POST, Answer(meaning, "x"))
    assert isinstance(left, Letter)
    assert left.state == "pending"
    assert NOW_MS + 500 <= left.next_ms <= NOW_MS + 1_000


async def test_a_look_up_that_found_nothing_sends_again(post: Any) -> None:
    left = await settle(post, Step.LOOK_UP, Answer(Meaning.TAKEN))
    assert isinstance(left, Letter)
    assert left.state == "pending"


@pytest.mark.parametrize("meaning", [Meaning.UNSURE, Meaning.UNREACHED, Meaning.LIMITED, Meaning.STRANGE])
async def test_a_look_up_that_failed_leaves_the_post_unsure(post: Any, meaning: Meaning) -> None:
    left = await settle(post, Step.LOOK_UP, Answer(meaning, "x", retry_after_s=3))
    assert isinstance(left, Letter)
    assert left.state == "sending"


async def test_a_limit_delays_the_lane_of_a_post(post: Any) -> None:
    await settle(post, Step.POST, Answer(Meaning.LIMITED, "ratelimited", retry_after_s=7))
    (lane,) = await post.store.read(lambda records: records.outbox.lanes())
    assert lane.next_ms == NOW_MS + 7_000
    assert await post.store.read(lambda records: records.outbox.budgets()) == {}


async def test_a_limit_on_another_method_delays_that_method(post: Any) -> None:
    await settle(post, Step.LOOK_UP, Answer(Meaning.LIMITED, "ratelimited", retry_after_s=7))
    (lane,) = await post.store.read(lambda records: records.outbox.lanes())
    assert lane.next_ms == 0
    budgets = await post.store.read(lambda records: records.outbox.budgets())
    assert budgets == {"conversations.history": NOW_MS + 7_000 + Pacing().ahead_ms}


async def test_a_channel_that_cannot_be_joined_is_named_in_the_reason(post: Any) -> None:
    reason = await settle(post, Step.POST, Answer(Meaning.OUTSIDE, "not_in_channel"), is_closed=True)
    assert reason == (
        "Slack does not let Pong into C0INCIDENTS (not_in_channel): type /invite @pong in that channel."
    )


async def test_a_token_that_is_not_good_loses_nothing(post: Any) -> None:
    left = await settle(post, Step.POST, Answer(Meaning.HELD, "token_revoked"))
    assert isinstance(left, Letter)
    assert (left.state, left.next_ms) == ("pending", NOW_MS)


async def test_a_process_learns_what_it_joined_and_forgets_it_when_it_is_outside(post: Any) -> None:
    one = await letter(post)
    standing = Standing()
    standing.learn(Taken(Lease(LANE, 1), one, Step.JOIN), Answer(Meaning.TAKEN), hold_until_ms=1)
    assert standing.joined == {LANE}
    standing.learn(Taken(Lease(LANE, 1), one, Step.POST), Answer(Meaning.OUTSIDE), hold_until_ms=1)
    assert standing.joined == set()


async def test_a_join_that_a_bad_token_stopped_is_not_taken_for_a_closed_channel(post: Any) -> None:
    one = await letter(post)
    standing = Standing()
    held = Answer(Meaning.HELD, "invalid_auth")
    standing.learn(Taken(Lease(LANE, 1), one, Step.JOIN), held, hold_until_ms=5)
    assert (standing.joined, standing.closed) == (set(), set())
    assert standing.held_ms == {"conversations.join": 5}
