"""Is history handed out as Slack does: newest first, by pages, threads apart, metadata when asked?"""

from collections.abc import Callable
from typing import Any

import pytest

from bot.clock import DrivenClock

Call = Callable[..., Any]
METADATA = {"event_type": "pong", "event_payload": {"dedup_key": "k1"}}


async def post(call: Call, clock: DrivenClock, count: int, **arguments: Any) -> list[str]:
    stamps = []
    for number in range(count):
        clock.advance(1)
        answer = await call("chat.postMessage", channel="C0INCIDENTS", text=f"m{number}", **arguments)
        stamps.append(answer["ts"])
    return stamps


def texts(answer: dict[str, Any]) -> list[str]:
    return [message["text"] for message in answer["messages"]]


async def test_history_needs_membership(call: Call) -> None:
    assert (await call("conversations.history", channel="C0INCIDENTS"))["error"] == "not_in_channel"


async def test_history_is_newest_first_and_without_replies(
    call: Call, incidents: str, clock: DrivenClock
) -> None:
    stamps = await post(call, clock, 2)
    await post(call, clock, 1, thread_ts=stamps[0])
    answer = await call("conversations.history", channel=incidents)
    assert texts(answer) == ["m1", "m0"]
    assert answer["messages"][1]["reply_count"] == 1


async def test_a_reply_that_is_sent_to_the_channel_too_is_in_its_history_with_its_root(
    call: Call, incidents: str, clock: DrivenClock
) -> None:
    [parent] = await post(call, clock, 1)
    await post(call, clock, 1, thread_ts=parent, reply_broadcast=True)
    await post(call, clock, 1, reply_broadcast=True)  # no reply: a message like any other
    other, reply, _ = (await call("conversations.history", channel=incidents))["messages"]
    assert (reply["subtype"], reply["root"]["text"], reply["thread_ts"]) == ("thread_broadcast", "m0", parent)
    assert "subtype" not in other
    in_thread = (await call("conversations.replies", channel=incidents, ts=parent))["messages"]
    assert [message["ts"] for message in in_thread] == [parent, reply["ts"]]


async def test_pages_hold_every_message_once(call: Call, incidents: str, clock: DrivenClock) -> None:
    await post(call, clock, 7)
    seen, cursor = [], ""
    while True:
        answer = await call("conversations.history", channel=incidents, limit=3, cursor=cursor)
        seen += texts(answer)
        if not answer["has_more"]:
            break
        cursor = answer["response_metadata"]["next_cursor"]
    assert seen == ["m6", "m5", "m4", "m3", "m2", "m1", "m0"]


async def test_oldest_and_latest_exclude_their_own_messages_unless_inclusive(
    call: Call, incidents: str, clock: DrivenClock
) -> None:
    stamps = await post(call, clock, 4)
    bounds = {"channel": incidents, "oldest": stamps[0], "latest": stamps[3]}
    assert texts(await call("conversations.history", **bounds)) == ["m2", "m1"]
    assert texts(await call("conversations.history", **bounds, inclusive=True)) == ["m3", "m2", "m1", "m0"]


async def test_replies_start_with_the_parent_whatever_is_asked_for(
    call: Call, incidents: str, clock: DrivenClock
) -> None:
    parent = (await post(call, clock, 1))[0]
    replies = await post(call, clock, 3, thread_ts=parent)
    answer = await call("conversations.replies", channel=incidents, ts=parent, oldest=replies[0])
    assert [message["ts"] for message in answer["messages"]] == [parent, replies[1], replies[2]]


async def test_metadata_is_shown_only_when_asked_for(call: Call, incidents: str, clock: DrivenClock) -> None:
    parent = (await post(call, clock, 1, metadata=METADATA))[0]
    plain = await call("conversations.replies", channel=incidents, ts=parent)
    full = await call("conversations.replies", channel=incidents, ts=parent, include_all_metadata=True)
    assert "metadata" not in plain["messages"][0]
    assert full["messages"][0]["metadata"] == METADATA


@pytest.mark.parametrize(
    ("arguments", "error"),
    [
        ({"limit": 0}, "invalid_limit"),
        ({"limit": 1001}, "invalid_limit"),
        ({"limit": "many"}, "invalid_arguments"),
        ({"cursor": "guessed"}, "invalid_cursor"),
    ],
)
async def test_malformed_paging_is_refused(
    call: Call, incidents: str, arguments: dict[str, Any], error: str
) -> None:
    assert (await call("conversations.history", channel=incidents, **arguments))["error"] == error


async def test_unknown_thread_is_refused(call: Call, incidents: str) -> None:
    assert (await call("conversations.replies", channel=incidents, ts="1.0"))["error"] == "thread_not_found"


async def test_joining_twice_warns(call: Call, incidents: str) -> None:
    assert (await call("conversations.join", channel=incidents))["warning"] == "already_in_channel"
    assert (await call("conversations.info", channel=incidents))["channel"]["is_member"]


async def test_list_names_every_channel(call: Call) -> None:
    channels = (await call("conversations.list"))["channels"]
    assert {channel["id"]: channel["name"] for channel in channels} == {
        "C0INCIDENTS": "incidents",
        "C0GENERAL": "general",
    }
