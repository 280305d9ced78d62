"""How does the bot hear of things over HTTP?

https://docs.slack.dev/authentication/verifying-requests-from-slack
"""

import hashlib
import hmac
import json
from typing import Any
from urllib.parse import urlencode

import httpx

from bot.clock import Clock
from bot.playground.local_slack.sockets import Envelope
from bot.playground.serving import local_client


class HttpDelivery:
    """Signs and posts. The signature's time is the clock's."""

    def __init__(self, clock: Clock, *, signing_secret: str) -> None:
        self._clock = clock
        self._secret = signing_secret.encode()
        self._client: httpx.AsyncClient | None = None

    async def post(self, url: str, envelope: Envelope) -> Any:
        """The body of a 200 answer, parsed when it is JSON. Raises httpx.HTTPError for anything else."""
        content_type, body = _encoded(envelope)
        if self._client is None:
            self._client = local_client(timeout=30)
        headers = {"content-type": content_type, **self._signature(body)}
        if envelope.retry:
            headers |= {"x-slack-retry-num": str(envelope.retry), "x-slack-retry-reason": envelope.reason}
        response = await self._client.post(url, content=body, headers=headers)
        if response.status_code != 200:
            raise httpx.HTTPStatusError(
                f"HTTP {response.status_code}", request=response.request, response=response
            )
        return _decoded(response.text)

    async def close(self) -> None:
        if self._client:
            await self._client.aclose()
            self._client = None

    def _signature(self, body: bytes) -> dict[str, str]:
        timestamp = str(self._clock.now_ms() // 1000)
        signed = hmac.new(self._secret, b"v0:" + timestamp.encode() + b":" + body, hashlib.sha256)
        return {"x-slack-request-timestamp": timestamp, "x-slack-signature": f"v0={signed.hexdigest()}"}


def _encoded(envelope: Envelope) -> tuple[str, bytes]:
    """Events are JSON, commands a form, interactions JSON inside a form."""
    if envelope.kind == "events_api":
        return "application/json", json.dumps(envelope.payload).encode()
    form = (
        envelope.payload if envelope.kind == "slash_commands" else {"payload": json.dumps(envelope.payload)}
    )
    return "application/x-www-form-urlencoded", urlencode(form).encode()


def _decoded(body: str) -> Any:
    try:
        return json.loads(body) if body else None
    except ValueError:
        return body
