"""Does Slack answer? What runs with a Stop button asks this first."""

import aiohttp
from slack_sdk.errors import SlackApiError
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock
from bot.outbox.sender import Sender
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
