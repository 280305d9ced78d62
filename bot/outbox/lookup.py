"""Did a message arrive although Slack's answer did not?

It is looked for by the key in its metadata. https://docs.slack.dev/messaging/message-metadata
"""

from collections.abc import Awaitable, Callable
from typing import Any

from slack_sdk.web.async_client import AsyncWebClient

from bot.outbox.calls import Answer, Calls, Meaning
from bot.store.sending import Letter

EVENT_TYPE = "pong_message"
PAGE = 200


def metadata(dedup_key: str) -> dict[str, Any]:
    """What marks a message as the one that `dedup_key` names. Every app in the channel can read it."""
    return {"event_type": EVENT_TYPE, "event_payload": {"key": dedup_key}}


class Lookup:
    """Finds letters in Slack. `keep_lease` is asked before each further page and raises when it is lost."""

    def __init__(self, client: AsyncWebClient, calls: Calls, *, clock_skew_ms: int) -> None:
        self._client = client
        self._calls = calls
        self._clock_skew_ms = clock_skew_ms

    async def find(self, letter: Letter, keep_lease: Callable[[], Awaitable[None]]) -> Answer:
        """TAKEN with {"ts": …}, or with {} when it certainly is not there; else why nobody could look."""
        cursor = ""
        while True:
            answer = await self._calls.ask(self._page(letter, cursor))
            if answer.code == "thread_not_found":
                return Answer(Meaning.TAKEN)  # with its thread gone, it is not there
            if answer.meaning is not Meaning.TAKEN:
                return answer
            if ts := _ts_in(answer.data, letter.dedup_key):
                return Answer(Meaning.TAKEN, data={"ts": ts})
            cursor = (answer.data.get("response_metadata") or {}).get("next_cursor") or ""
            if not cursor:
                return Answer(Meaning.TAKEN)
            await keep_lease()

    async def _page(self, letter: Letter, cursor: str) -> Any:
        oldest = f"{max(0, letter.created_ms - self._clock_skew_ms) / 1000:.6f}"
        if letter.thread_ts:
            return await self._client.conversations_replies(
                channel=letter.lane,
                ts=letter.thread_ts,
                oldest=oldest,
                cursor=cursor or None,
                limit=PAGE,
                include_all_metadata=True,
            )
        return await self._client.conversations_history(
            channel=letter.lane, oldest=oldest, cursor=cursor or None, limit=PAGE, include_all_metadata=True
        )


def _ts_in(page: dict[str, Any], dedup_key: str) -> str | None:
    for message in page.get("messages") or []:
        mark = message.get("metadata") or {}
        if mark.get("event_type") == EVENT_TYPE and (mark.get("event_payload") or {}).get("key") == dedup_key:
            return str(message["ts"])
    return None
