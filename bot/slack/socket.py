"""How does Pong stay connected to Slack by Socket Mode?

The SDK reconnects by itself, but after a refused WebSocket it has been seen to try the same dead ticket for
ever: what has not been connected for 20 s is built anew. https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import logging

from slack_bolt.adapter.socket_mode.async_handler import AsyncSocketModeHandler
from slack_bolt.async_app import AsyncApp
from slack_sdk.web.async_client import AsyncWebClient

from bot.clock import Clock

GIVEN_UP_AFTER_S = 20.0
LOOKED_AT_EVERY_S = 1.0

log = logging.getLogger(__name__)


class Socket:
    """Keeps one Socket Mode connection up until it is cancelled."""

    def __init__(
        self,
        app: AsyncApp,
        *,
        app_token: str,
        api_url: str,
        clock: Clock,
        given_up_after_s: float = GIVEN_UP_AFTER_S,
    ) -> None:
        self._app = app
        self._app_token = app_token
        self._api_url = api_url
        self._clock = clock
        self._given_up_after_s = given_up_after_s
        self.connected_since_ms: int | None = None

    async def run(self) -> None:
        while True:
            handler = AsyncSocketModeHandler(
                self._app,
                self._app_token,
                web_client=AsyncWebClient(token=self._app_token, base_url=self._api_url, timeout=10),
            )
            try:
                await self._stay(handler)
            finally:
                await _closed(handler)

    async def _stay(self, handler: AsyncSocketModeHandler) -> None:
        """Return when the connection has been gone for too long."""
        connecting = asyncio.create_task(self._connect(handler))
        seen_s = self._clock.monotonic_s()
        try:
            while self._clock.monotonic_s() - seen_s < self._given_up_after_s:
                await asyncio.sleep(min(LOOKED_AT_EVERY_S, self._given_up_after_s / 4))
                if not await handler.client.is_connected():
                    self.connected_since_ms = None
                    continue
                seen_s = self._clock.monotonic_s()
                self.connected_since_ms = self.connected_since_ms or self._clock.now_ms()
        finally:
            self.connected_since_ms = None
            connecting.cancel()
            await asyncio.gather(connecting, return_exceptions=True)
        log.warning("not connected to Slack for %.0f s: connecting anew", self._given_up_after_s)

    async def _connect(self, handler: AsyncSocketModeHandler) -> None:
        while True:
            try:
                await handler.connect_async()  # type: ignore[no-untyped-call]
                return
            except Exception as error:  # whatever it is, the watchdog goes on
                log.warning("Slack's socket did not open: %s", type(error).__name__)
                await asyncio.sleep(2)


async def _closed(handler: AsyncSocketModeHandler) -> None:
    """Close it whatever its state: a connection that cannot even be closed must not end Pong."""
    try:
        await handler.close_async()  # type: ignore[no-untyped-call]
    except Exception as error:
        log.warning("Slack's socket did not close: %s", type(error).__name__)
