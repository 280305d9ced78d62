"""Does chat.* keep, change and refuse as Slack does?"""

from collections.abc import Callable
from typing import Any

import pytest

from bot.clock import DrivenClock
from bot.playground.local_slack import Person

Call = Callable[..., Any]
DIVIDED = [{"type": "divider"}]


async def test_posting_needs_membership_and_joining_gives_it(call: Call) -> None:
    assert (await call("chat.postMessage", channel="C0INCIDENTS", text="hello"))["error"] == "not_in_channel"
    await call("conversations.join", channel="C0INCIDENTS")
    assert (await call("chat.postMessage", channel="C0INCIDENTS", text="hello"))["ok"]


async def test_unknown_channel_and_thread_are_refused(call: Call, incidents: str) -> None:
    assert (await call("chat.postMessage", channel="C0NOWHERE", text="hello"))["error"] == "channel_not_found"
    answer = await call("chat.postMessage", channel=incidents, text="hello", thread_ts="1.000001")
    assert answer["error"] == "thread_not_found"


async def test_refused_blocks_say_where(call: Call, incidents: str) -> None:
    long = [{"type": "header", "text": {"type": "plain_text", "text": "x" * 151}}]
    answer = await call("chat.postMessage", channel=incidents, text="hello", blocks=long)
    assert answer["error"] == "invalid_blocks"
    assert answer["response_metadata"]["messages"] == [
        "[ERROR] must be less than 151 characters [json-pointer:/blocks/0/text/text]"
    ]


async def test_every_message_has_its_own_ts_though_the_clock_stands(call: Call, incidents: str) -> None:
    stamps = [(await call("chat.postMessage", channel=incidents, text="hello"))["ts"] for _ in range(4)]
    assert stamps == sorted(set(stamps))


async def test_reply_to_a_reply_stays_in_the_thread(call: Call, incidents: str, maria: Person) -> None:
    parent = (await call("chat.postMessage", channel=incidents, text="parent"))["ts"]
    reply = (await call("chat.postMessage", channel=incidents, text="reply", thread_ts=parent))["ts"]
    await call("chat.postMessage", channel=incidents, text="second", thread_ts=reply)
    assert [message["thread_ts"] for message in await maria.messages()] == [parent] * 3


async def test_update_with_text_alone_removes_the_blocks(call: Call, incidents: str, maria: Person) -> None:
    ts = (await call("chat.postMessage", channel=incidents, text="before", blocks=DIVIDED))["ts"]
    await call("chat.update", channel=incidents, ts=ts, text="after")
    message = await maria.sees("after")
    assert (message["blocks"], message["edited"]) == ([], True)


async def test_update_with_blocks_is_not_marked_edited(call: Call, incidents: str, maria: Person) -> None:
    ts = (await call("chat.postMessage", channel=incidents, text="before"))["ts"]
    await call("chat.update", channel=incidents, ts=ts, text="after", blocks=DIVIDED)
    message = await maria.sees("after")
    assert (message["blocks"][0]["type"], message["edited"]) == ("divider", False)


async def test_only_the_bots_own_messages_can_be_changed(call: Call, incidents: str, maria: Person) -> None:
    ts = await maria.says("mine")
    assert (await call("chat.update", channel=incidents, ts=ts, text="x"))["error"] == "cant_update_message"
    assert (await call("chat.delete", channel=incidents, ts=ts))["error"] == "cant_delete_message"
    assert (await call("chat.update", channel=incidents, ts="1.0", text="x"))["error"] == "message_not_found"


async def test_deleted_message_is_gone(call: Call, incidents: str, maria: Person) -> None:
    ts = (await call("chat.postMessage", channel=incidents, text="hello"))["ts"]
    assert (await call("chat.delete", channel=incidents, ts=ts))["ok"]
    assert await maria.messages() == []


async def test_ephemeral_reaches_one_person_and_no_history(
    call: Call, incidents: str, maria: Person, dev: Person
) -> None:
    await call("chat.postEphemeral", channel=incidents, user="U0MARIA", text="psst")
    assert (await maria.sees("psst"))["ephemeral"]
    assert await maria.messages() == await dev.messages() == []
    assert (await call("conversations.history", channel=incidents))["messages"] == []


async def test_ephemeral_to_somebody_who_left_is_refused(call: Call, incidents: str) -> None:
    answer = await call("chat.postEphemeral", channel=incidents, user="U0GONE", text="psst")
    assert answer["error"] == "user_not_in_channel"


async def test_permalink_of_a_reply_names_its_thread(call: Call, incidents: str) -> None:
    parent = (await call("chat.postMessage", channel=incidents, text="parent"))["ts"]
    reply = (await call("chat.postMessage", channel=incidents, text="reply", thread_ts=parent))["ts"]
    link = (await call("chat.getPermalink", channel=incidents, message_ts=reply))["permalink"]
    assert link.endswith(
        f"/archives/{incidents}/p{reply.replace('.', '')}?thread_ts={parent}&cid={incidents}"
    )


@pytest.mark.parametrize("metadata", ["not json", {"event_type": "pong"}])
async def test_malformed_metadata_is_refused(call: Call, incidents: str, metadata: Any) -> None:
    answer = await call("chat.postMessage", channel=incidents, text="hello", metadata=metadata)
    assert answer["error"] == "invalid_metadata_format"


async def test_metadata_stays_through_an_update_without_any(
    call: Call, incidents: str, clock: DrivenClock
) -> None:
    metadata = {"event_type": "pong", "event_payload": {"dedup_key": "1"}}
    ts = (await call("chat.postMessage", channel=incidents, text="hello", metadata=metadata))["ts"]
    assert (await call("chat.update", channel=incidents, ts=ts, text="new"))["message"][
        "metadata"
    ] == metadata
