"""Is a message found that is there, and only then?"""

from typing import Any

import pytest
from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.calls import Answer, Calls, Meaning
from bot.outbox.lookup import Lookup, metadata
from bot.store.outbox import POST, Letter

CHANNEL = "C0INCIDENTS"
HOUR_MS = 60 * 60 * 1000


@pytest.fixture
def client(post: Any) -> AsyncWebClient:
    post.slack.workspace.channels[CHANNEL].has_bot = True
    return AsyncWebClient(
        "xoxb-local-pong", base_url=f"{post.slack.base_url}/api/", timeout=1, retry_handlers=[]
    )


def letter(post: Any, key: str, thread_ts: str | None = None) -> Letter:
    return Letter(
        id=1,
        lane=CHANNEL,
        message_id=key,
        parent_id="parent" if thread_ts else None,
        klass=2,
        dedup_key=key,
        method=POST,
        payload={"text": "x"},
        state="sending",
        attempts=1,
        next_ms=0,
        tried_ms=0,
        created_ms=post.clock.now_ms(),
        ts=None,
        thread_ts=thread_ts,
        parent_failed=False,
        file_link=None,
    )


async def find(post: Any, client: AsyncWebClient, wanted: Letter) -> Answer:
    async def keep_lease() -> None:
        return

    return await Lookup(client, Calls(post.clock), clock_skew_ms=HOUR_MS).find(wanted, keep_lease)


async def say(client: AsyncWebClient, thread_ts: str | None = None, **more: Any) -> str:
    answer = await client.chat_postMessage(channel=CHANNEL, text="x", thread_ts=thread_ts, **more)
    return str(answer["ts"])


async def test_a_message_is_found_by_its_key_in_channel_and_thread(post: Any, client: AsyncWebClient) -> None:
    parent_ts = await say(client, metadata=metadata("parent"))
    reply_ts = await say(client, parent_ts, metadata=metadata("reply"))
    assert (await find(post, client, letter(post, "parent"))).data == {"ts": parent_ts}
    assert (await find(post, client, letter(post, "reply", parent_ts))).data == {"ts": reply_ts}


async def test_a_message_that_is_not_there_is_absent(post: Any, client: AsyncWebClient) -> None:
    parent_ts = await say(client, metadata=metadata("parent"))
    await say(client, parent_ts, metadata=metadata("other"))
    await say(client, parent_ts)
    await say(client, parent_ts, metadata={"event_type": "anothers", "event_payload": {"key": "reply"}})
    assert await find(post, client, letter(post, "reply", parent_ts)) == Answer(Meaning.TAKEN)


async def test_a_reply_whose_thread_is_gone_is_absent(post: Any, client: AsyncWebClient) -> None:
    assert await find(post, client, letter(post, "reply", "1700000000.000100")) == Answer(Meaning.TAKEN)


async def test_slacks_clock_may_be_behind_ours(post: Any, client: AsyncWebClient) -> None:
    ts = await say(client, metadata=metadata("one"))
    ahead = letter(post, "one").__dict__ | {"created_ms": post.clock.now_ms() + HOUR_MS - 60_000}
    assert (await find(post, client, Letter(**ahead))).data == {"ts": ts}


async def test_a_look_up_that_fails_says_why_and_not_that_nothing_is_there(
    post: Any, client: AsyncWebClient
) -> None:
    post.slack.fail("conversations.history", "server_error", times=1)
    assert (await find(post, client, letter(post, "one"))).meaning is Meaning.UNSURE
    post.slack.workspace.channels[CHANNEL].has_bot = False
    assert (await find(post, client, letter(post, "one"))).meaning is Meaning.OUTSIDE


async def test_the_lease_is_kept_before_every_further_page(
    post: Any, client: AsyncWebClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("bot.outbox.lookup.PAGE", 2)
    for _ in range(5):
        await say(client)
    asked = 0

    async def keep_lease() -> None:
        nonlocal asked
        asked += 1
        if asked == 2:
            raise RuntimeError("lost")

    lookup = Lookup(client, Calls(post.clock), clock_skew_ms=HOUR_MS)
    with pytest.raises(RuntimeError, match="lost"):
        await lookup.find(letter(post, "one"), keep_lease)
    assert len(post.calls("conversations.history")) == 2
