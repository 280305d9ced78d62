"""Does Slack answer, and what does one message of it say?"""

from typing import Any

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.errors import ServiceUnavailable
from bot.outbox.sender import Sender
from bot.pong import Said
from bot.slack.codes import code_of
from bot.slack.socket import Socket


class SlackPulse:
    """What the sender has seen, and a question of its own when that is too long ago."""

    def __init__(self, sender: Sender, client: AsyncWebClient, clock: Clock) -> None:
        self._sender = sender
        self._client = client
        self._clock = clock
        self._answered_ms: int | None = None
        self._socket: Socket | None = None
        self._began_ms = clock.now_ms()

    def listens_by(self, socket: Socket) -> None:
        self._socket = socket

    @property
    def hears_since_ms(self) -> int | None:
        """By HTTP Slack comes to us: nothing tells that it could not, but that Pong was not there."""
        return self._socket.connected_since_ms if self._socket else self._began_ms

    @property
    def answered_ms(self) -> int | None:
        seen = [ms for ms in (self._sender.answered_ms, self._answered_ms) if ms is not None]
        return max(seen, default=None)

    @property
    def is_holding(self) -> bool:
        return self._sender.is_holding

    async def ask(self) -> bool:
        """Whether Slack takes our token now."""
        try:
            await self._client.auth_test()
        except (SlackApiError, aiohttp.ClientError, TimeoutError, OSError):
            return False
        self._answered_ms = self._clock.now_ms()
        return True

    async def message(self, channel: str, ts: str) -> Said | None:
        """Raises ServiceUnavailable when Slack does not tell."""
        try:
            answer = await self._client.conversations_replies(
                channel=channel, ts=ts, oldest=ts, latest=ts, inclusive=True, limit=2
            )
        except SlackApiError as error:
            if code_of(error) in ("thread_not_found", "message_not_found"):
                return None
            raise ServiceUnavailable(f"Slack does not tell the message: {code_of(error)}") from None
        except (aiohttp.ClientError, TimeoutError, OSError) as error:
            raise ServiceUnavailable(f"Slack does not tell the message: {type(error).__name__}") from None
        found = [one for one in answer.get("messages") or [] if one.get("ts") == ts]
        return _said(found[0]) if found else None


def _said(message: dict[str, Any]) -> Said:
    return Said(
        ts=message["ts"],
        user=message.get("user") or "",
        text=_as_read(message.get("text") or ""),
        thread_ts=message.get("thread_ts"),
        is_bots=bool(message.get("bot_id")),
    )


def _as_read(text: str) -> str:
    """Without Slack's escaping: what came from people is escaped anew wherever it is shown."""
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
