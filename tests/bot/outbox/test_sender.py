"""Does what Pong says arrive once, in order, whatever Slack does?"""

from typing import Any

import pytest


async def test_a_message_arrives_and_its_ts_is_kept(post: Any) -> None:
    await post.say("one", "hello")
    async with post.sending() as sender:
        await post.emptied()
    assert post.said() == ["hello"]
    ts = await post.store.read(lambda records: records.outbox.ts_of("one"))
    assert ts in post.slack.workspace.channels["C0INCIDENTS"].messages
    assert sender.answered_ms is not None


async def test_replies_wait_for_their_parent_and_keep_their_order(post: Any) -> None:
    for number in range(5):
        await post.say(f"reply-{number}", parent="parent")
    await post.say("parent")
    async with post.sending():
        await post.emptied()
    assert post.said() == ["parent", *(f"reply-{number}" for number in range(5))]
