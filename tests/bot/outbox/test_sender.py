"""Does what Pong says arrive once, in order, whatever Slack does?"""

import asyncio
import random
from functools import partial
from itertools import pairwise
from typing import Any

import pytest

from bot.errors import StoreBusy
from bot.store.outbox import STATUSPAGE, Class
from bot.store.records import Records

REFUSED = [{"type": "section", "text": {"type": "mrkdwn", "text": "x" * 3_001}}]
POST, UPDATE = "chat.postMessage", "chat.update"


async def test_a_message_arrives_and_its_ts_is_kept(post: Any) -> None:
    await post.say("one", "hello")
    async with post.sending() as sender:
        await post.emptied()
    assert post.said() == ["hello"]
    ts = await post.store.read(lambda records: records.outbox.ts_of("one"))
    assert ts in post.slack.workspace.channels["C0INCIDENTS"].messages
    assert sender.answered_ms is not None


async def test_what_is_said_while_the_sender_runs_goes_out_too(post: Any) -> None:
    async with post.sending():
        for number in range(3):
            await post.say(f"late-{number}")
            await post.emptied()
    assert post.said() == ["late-0", "late-1", "late-2"]


async def test_pong_joins_a_channel_once_before_its_first_post(post: Any) -> None:
    await post.say("one")
    await post.say("two")
    async with post.sending():
        await post.emptied()
    assert [call["method"] for call in post.slack.calls] == ["conversations.join", POST, POST]


async def test_replies_wait_for_their_parent_and_keep_their_order(post: Any) -> None:
    for number in range(5):
        await post.say(f"reply-{number}", parent="parent")
    await post.say("parent")
    async with post.sending():
        await post.emptied()
    assert post.said() == ["parent", *(f"reply-{number}" for number in range(5))]


async def test_a_page_goes_before_an_answer_and_an_answer_before_a_digest(post: Any) -> None:
    await post.say("parent")
    async with post.sending():
        await post.emptied()
    await post.say("digest", parent="parent", klass=Class.DIGEST)
    await post.say("urgent", parent="parent", klass=Class.URGENT)
    await post.say("answer", parent="parent", klass=Class.ANSWER)
    async with post.sending():
        await post.emptied()
    assert post.said() == ["parent", "urgent", "answer", "digest"]


async def test_what_the_payload_asks_for_reaches_slack(post: Any) -> None:
    await post.say("parent")
    await post.say("loud", parent="parent", reply_broadcast=True, unfurl_links=False)
    async with post.sending():
        await post.emptied()
    arguments = post.calls(POST)[1]["args"]
    assert arguments["reply_broadcast"] is True
    assert arguments["unfurl_links"] is False
    assert arguments["metadata"] == {"event_type": "pong_message", "event_payload": {"key": "loud"}}


@pytest.mark.parametrize(
    ("kind", "how"),
    [
        ("lost_answer", {}),
        ("timeout", {"hang_s": 30}),
        ("server_error", {}),
        ("server_error", {"code": "503"}),
        ("refused", {"code": "internal_error"}),
        ("rate_limited", {"retry_after_s": 1}),
    ],
)
@pytest.mark.parametrize("in_thread", [True, False])
async def test_a_failing_post_arrives_once(
    post: Any, kind: str, how: dict[str, Any], in_thread: bool
) -> None:
    await post.say("parent")
    async with post.sending():
        await post.emptied()
        post.slack.fail(POST, kind, times=1, **how)
        await post.say("one", parent="parent" if in_thread else None)
        await post.emptied()
    assert post.said() == ["parent", "one"]
    assert post.failed == []


async def test_a_post_whose_answer_was_lost_is_found_and_not_sent_again(post: Any) -> None:
    post.slack.fail(POST, "lost_answer", times=1)
    await post.say("one")
    async with post.sending():
        await post.emptied()
    assert len(post.calls(POST)) == 1
    ts = await post.store.read(lambda records: records.outbox.ts_of("one"))
    assert list(post.slack.workspace.channels["C0INCIDENTS"].messages) == [ts]


async def test_the_look_up_reads_every_page(post: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("bot.outbox.lookup.PAGE", 3)
    await post.say("parent")
    for number in range(10):
        await post.say(f"reply-{number}", parent="parent")
    async with post.sending():
        await post.emptied()
        post.slack.fail(POST, "lost_answer", times=1)
        await post.say("last", parent="parent")
        await post.emptied()
    assert post.said().count("last") == 1
    assert len(post.calls("conversations.replies")) == 4


async def test_a_failing_look_up_is_made_again_and_nothing_is_sent_meanwhile(post: Any) -> None:
    post.slack.fail(POST, "lost_answer", times=1)
    post.slack.fail("conversations.history", "server_error", times=2)
    post.slack.fail("conversations.history", "rate_limited", times=1, retry_after_s=1)
    post.slack.fail("conversations.history", "refused", code="never_heard_of", times=1)
    await post.say("one")
    async with post.sending():
        await post.emptied()
    assert post.said() == ["one"]
    assert len(post.calls("conversations.history")) == 5
    assert len(post.calls(POST)) == 1


async def test_a_sender_that_ended_in_the_middle_leaves_nothing_doubled(post: Any, until: Any) -> None:
    post.slack.fail(POST, "timeout", times=1, hang_s=30)
    post.slack.fail(POST, "lost_answer", times=1)
    await post.say("one")
    async with post.sending():
        await until(lambda: len(post.calls(POST)) == 1)
    async with post.sending(owner="two"):
        await post.emptied()
    assert post.said() == ["one"]


async def test_after_a_start_no_lane_waits_for_the_lease_of_another_name(post: Any, until: Any) -> None:
    """A container that is deployed anew has another host's name."""
    at_ms = post.clock.now_ms()
    await post.say("from before")
    await post.store.write(lambda records: records.outbox.publish("page:1", {}, at_ms=at_ms))
    for lane in ("C0INCIDENTS", STATUSPAGE):
        held = await post.store.write(partial(_hold, lane=lane, owner="pod-a", now_ms=at_ms, lease_ms=30_000))
        assert held
    async with post.sending(owner="pod-b"):
        await until(lambda: post.said() == ["from before"], seconds=10)
    held = await post.store.write(
        partial(_hold, lane=STATUSPAGE, owner="pod-b", now_ms=at_ms, lease_ms=30_000)
    )
    assert held


async def _hold(records: Records, *, lane: str, **how: Any) -> Any:
    return await records.outbox.hold(lane, **how)


async def test_two_senders_on_one_store_double_nothing(post: Any) -> None:
    for number in range(30):
        await post.say(f"parent-{number}", lane="C0GENERAL" if number % 2 else "C0INCIDENTS")
        await post.say(
            f"reply-{number}", lane="C0GENERAL" if number % 2 else "C0INCIDENTS", parent=f"parent-{number}"
        )
    async with post.sending(owner="one"), post.sending(owner="two"):
        await post.emptied()
    said = post.said() + post.said("C0GENERAL")
    assert sorted(said) == sorted([f"{kind}-{n}" for kind in ("parent", "reply") for n in range(30)])


async def test_a_lane_that_waits_does_not_hold_up_another(post: Any, until: Any) -> None:
    await post.say("first", lane="C0GENERAL")
    async with post.sending():
        await post.emptied()
        post.slack.fail(POST, "timeout", times=1, hang_s=30)
        await post.say("slow", lane="C0GENERAL")
        await until(lambda: len(post.calls(POST)) == 2)
        await post.say("quick", lane="C0INCIDENTS")
        await until(lambda: post.said() == ["quick"])
        assert post.said("C0GENERAL") == ["first"]
        await post.emptied()
    assert post.said("C0GENERAL") == ["first", "slow"]


async def test_what_slack_refuses_for_good_is_set_aside_and_the_lane_goes_on(post: Any) -> None:
    await post.say("long", blocks=REFUSED)
    await post.say("reply to it", parent="long")
    await post.edit("reply to it", "in its new form")
    await post.say("next")
    async with post.sending():
        await post.emptied()
    assert post.said() == ["next"]
    assert dict(post.failed) == {
        "long": "Slack refused the message (invalid_blocks).",
        "reply to it": "Slack refused the message that it belongs to.",
    }
    assert (await post.counts())["failed"] == 2


async def test_an_edit_of_a_refused_message_is_set_aside_too(post: Any) -> None:
    await post.say("parent")
    await post.say("reply", blocks=REFUSED, parent="parent")
    async with post.sending():
        await post.emptied()
        await post.edit("reply", "shorter")
        await post.emptied()
    assert post.said() == ["parent"]
    assert [id for id, _ in post.failed] == ["reply", "reply"]


async def test_an_unknown_error_is_tried_five_times_then_set_aside(post: Any) -> None:
    post.slack.fail(POST, "refused", code="never_heard_of", times=5)
    await post.say("strange")
    async with post.sending():
        await post.emptied()
        await post.say("next")
        await post.emptied()
    assert post.said() == ["next"]
    assert post.failed == [("strange", "Slack refused the message (never_heard_of).")]


@pytest.mark.parametrize("code", ["invalid_auth", "account_inactive", "token_revoked", "missing_scope"])
async def test_a_token_that_is_not_good_holds_everything_and_loses_nothing(
    post: Any, until: Any, code: str
) -> None:
    post.slack.fail(POST, "refused", code=code)
    await post.say("one")
    async with post.sending() as sender:
        await until(lambda: len(post.calls(POST)) >= 3)
        assert sender.is_holding
        post.slack.heal()
        await post.emptied()
        assert not sender.is_holding
    assert post.said() == ["one"]
    assert post.failed == []


async def test_a_held_sender_does_not_hammer_slack(post: Any, until: Any) -> None:
    post.slack.fail("*", "refused", code="invalid_auth")
    for number in range(5):
        await post.say(f"one-{number}")
    async with post.sending():
        await until(lambda: len(post.slack.calls) >= 3)
    moments = [call["at_ms"] for call in post.slack.calls]
    assert all(later - earlier >= 90 for earlier, later in pairwise(moments))


async def test_a_wrong_token_replaced_sends_what_was_held(post: Any, until: Any) -> None:
    await post.say("one")
    async with post.sending(token="xoxb-wrong") as sender:
        await until(lambda: sender.is_holding)
    async with post.sending():
        await post.emptied()
    assert post.said() == ["one"]


async def test_pong_joins_again_after_it_was_removed(post: Any) -> None:
    await post.say("one")
    async with post.sending():
        await post.emptied()
        post.slack.workspace.channels["C0INCIDENTS"].has_bot = False
        await post.say("two")
        await post.emptied()
    assert post.said() == ["one", "two"]


async def test_a_channel_that_cannot_be_joined_asks_for_an_invitation(post: Any) -> None:
    post.slack.fail("conversations.join", "refused", code="method_not_supported_for_channel_type")
    await post.say("one")
    async with post.sending():
        await post.emptied()
    assert len(post.failed) == 1
    assert "/invite @pong" in post.failed[0][1]


async def test_an_invited_pong_posts_where_it_could_not_join(post: Any) -> None:
    post.slack.workspace.channels["C0INCIDENTS"].has_bot = True
    post.slack.fail("conversations.join", "refused", code="missing_scope")
    await post.say("one")
    async with post.sending() as sender:
        await post.emptied()
        assert not sender.is_holding
    assert post.said() == ["one"]


async def test_what_slack_takes_late_says_when_it_was_written(post: Any) -> None:
    payload = {"text": "news", "blocks": [{"type": "divider"}]}
    for name, minutes in (("late", 17), ("now", 0)):
        at_ms = post.clock.now_ms() - minutes * 60_000
        await post.store.write(
            lambda r, name=name, at_ms=at_ms: r.outbox.post(name, payload, lane="C0INCIDENTS", at_ms=at_ms)
        )
    async with post.sending():
        await post.emptied()
    late, now = post.said()
    assert "Late: written" in late
    assert now == "news"


async def test_an_edit_of_an_unsent_message_changes_what_is_sent(post: Any) -> None:
    await post.say("one", "first form")
    await post.edit("one", "second form")
    async with post.sending():
        await post.emptied()
    assert post.said() == ["second form"]
    assert post.calls(UPDATE) == []


async def test_an_edit_during_the_post_is_not_lost(post: Any, until: Any) -> None:
    post.slack.fail(POST, "lost_answer", times=1)
    await post.say("one", "first form")
    async with post.sending():
        await until(lambda: post.said() == ["first form"])
        await post.edit("one", "second form")
        await post.emptied()
    assert post.said() == ["second form"]


@pytest.mark.parametrize("kind", ["lost_answer", "server_error", "timeout", "rate_limited"])
async def test_a_failing_edit_is_sent_again_and_the_newest_stays(post: Any, until: Any, kind: str) -> None:
    await post.say("one", "first")
    async with post.sending():
        await post.emptied()
        post.slack.fail(UPDATE, kind, times=1)
        await post.edit("one", "second")
        await until(lambda: len(post.calls(UPDATE)) == 1)
        await post.edit("one", "third")
        await post.edit("one", "fourth")
        await post.emptied()
    assert post.said() == ["fourth"]
    assert [call["args"]["text"] for call in post.calls(UPDATE)][-1] == "fourth"


async def test_waiting_edits_become_one(post: Any) -> None:
    await post.say("one", "first")
    async with post.sending():
        await post.emptied()
    for number in range(20):
        await post.edit("one", f"count {number}")
    async with post.sending():
        await post.emptied()
    assert [call["args"]["text"] for call in post.calls(UPDATE)] == ["count 19"]


@pytest.mark.timeout(180)
@pytest.mark.parametrize("seed", [random.SystemRandom().randrange(10**6)], ids=["random"])
async def test_hundreds_of_messages_arrive_once_and_in_order_through_every_fault(
    post: Any, seed: int
) -> None:
    print(f"seed {seed}")
    dice = random.Random(seed)
    post.slack._faults._dice.seed(seed)
    for kind, share in (
        ("rate_limited", 0.08),
        ("server_error", 0.08),
        ("lost_answer", 0.14),
        ("timeout", 0.02),
    ):
        post.slack.fail("*", kind, share=share)
    threads: list[list[str]] = [[] for _ in range(12)]
    async with post.sending():
        for number in range(300):
            place = dice.randrange(len(threads))
            lane = "C0GENERAL" if place % 2 else "C0INCIDENTS"
            name = f"{place}:{number}"
            await post.say(name, lane=lane, parent=threads[place][0] if threads[place] else None)
            threads[place].append(name)
            if dice.random() < 0.2:
                await asyncio.sleep(dice.random() / 50)
        await post.emptied(seconds=150)
    said = post.said() + post.said("C0GENERAL")
    for thread in threads:
        assert [text for text in said if text in set(thread)] == thread
    assert len(said) == 300
    assert post.failed == []


async def test_what_is_on_its_way_when_pong_stops_arrives_and_is_noted(post: Any, until: Any) -> None:
    post.slack.workspace.channels["C0INCIDENTS"].has_bot = True
    await post.say("one")
    async with post.sending():
        await until(lambda: len(post.calls(POST)) == 1)
    assert post.said() == ["one"]
    assert await post.is_empty()


class Stumbling:
    """A store that cannot take its `place`-th write."""

    def __init__(self, store: Any, place: int) -> None:
        self._store = store
        self._left = place

    def __getattr__(self, name: str) -> Any:
        return getattr(self._store, name)

    async def write(self, work: Any) -> Any:
        self._left -= 1
        if self._left == 0:
            raise StoreBusy("The disk is full.")
        return await self._store.write(work)


@pytest.mark.parametrize("place", [1, 2, 3, 4, 5, 6])
async def test_a_store_that_is_full_for_a_moment_loses_and_doubles_nothing(post: Any, place: int) -> None:
    """Among them is the moment at which Slack has the message and the store cannot note it."""
    await post.say("parent")
    await post.say("reply", parent="parent")
    sender = post.sender()
    sender.store = Stumbling(post.store, place)
    sends = asyncio.create_task(sender.run())
    await post.emptied()
    sends.cancel()
    assert post.said() == ["parent", "reply"]
    assert len(post.calls(POST)) == 2
