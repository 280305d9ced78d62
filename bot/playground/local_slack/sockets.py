"""How does the bot hear of things over Socket Mode?

https://docs.slack.dev/apis/events-api/using-socket-mode
"""

import asyncio
import json
from collections.abc import Awaitable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

from starlette.websockets import WebSocket, WebSocketDisconnect

from bot.clock import Clock
from bot.playground.local_slack.faults import Faults
from bot.playground.local_slack.refusal import Json, SlackRefusal

CONNECTIONS_MOST = 10
TICKET_LIVES_MS = 30_000
LIVES_S = 18_000
GOODBYE_S = 10


@dataclass(frozen=True, kw_only=True)
class Envelope:
    """`retry` counts from 0; `reason` is why the one before failed."""

    kind: str
    payload: Json
    retry: int = 0
    reason: str = ""


class Sockets:
    """The open connections; any payload may go to any of them."""

    def __init__(self, clock: Clock, *, app_id: str, faults: Faults) -> None:
        self._clock = clock
        self._app_id = app_id
        self._faults = faults
        self._numbers = count(1)
        self._tickets: dict[str, int] = {}
        self._open: list[WebSocket] = []
        self._changed = asyncio.Condition()
        self._closing: set[asyncio.Task[None]] = set()
        self._acks: dict[str, asyncio.Future[Any]] = {}

    @property
    def number(self) -> int:
        return len(self._open)

    def new_link(self, base_url: str) -> str:
        """An address that opens one connection, once, within 30 s. Raises SlackRefusal."""
        if self.number >= CONNECTIONS_MOST:
            raise SlackRefusal("too_many_websockets")
        ticket = f"{next(self._numbers)}-{self._clock.now_ms()}"
        self._tickets[ticket] = self._clock.now_ms() + TICKET_LIVES_MS
        return f"{base_url.replace('http', 'ws', 1)}/link?ticket={ticket}&app_id={self._app_id}"

    async def endpoint(self, socket: WebSocket) -> None:
        dies_ms = self._tickets.pop(socket.query_params.get("ticket", ""), 0)
        if dies_ms < self._clock.now_ms() or self._faults.pick("socket"):
            await socket.close(1008)
            return
        await socket.accept()
        await socket.send_json(self._hello())
        self._open.append(socket)
        await self._announce()
        refreshing = asyncio.create_task(self._refresh(socket))
        try:
            async for text in socket.iter_text():
                self._note_ack(text)
        finally:
            refreshing.cancel()
            self._open = [known for known in self._open if known is not socket]

    async def connected(self, number: int) -> None:
        """Wait until at least `number` connections are open."""
        async with self._changed:
            await self._changed.wait_for(lambda: self.number >= number)

    async def ask(self, envelope: Envelope) -> Any:
        """Send it to one connection and wait for its ack's payload. Raises LookupError without any."""
        envelope_id = f"e{next(self._numbers)}-{self._clock.now_ms()}"
        self._acks[envelope_id] = asyncio.get_running_loop().create_future()
        try:
            await self._send(_framed(envelope, envelope_id))
            return await self._acks[envelope_id]
        finally:
            del self._acks[envelope_id]

    async def disconnect(self, reason: str | None) -> None:
        """Drop all at once; with a `reason` (warning, refresh_requested) say it, and close in 10 s.

        As with Slack, nothing more is sent to a connection that was told to go.
        """
        for socket in list(self._open):
            await self._dismiss(socket, reason)

    async def close(self) -> None:
        for task in self._closing:
            task.cancel()
        await asyncio.gather(*self._closing, return_exceptions=True)

    async def _refresh(self, socket: WebSocket) -> None:
        """Slack ends each connection after some hours, and asks for another one before."""
        await self._clock.sleep(LIVES_S)
        await self._dismiss(socket, "refresh_requested")

    async def _dismiss(self, socket: WebSocket, reason: str | None) -> None:
        self._open = [known for known in self._open if known is not socket]
        if reason:
            await _quietly(socket.send_json(self._goodbye(reason)))
            self._closing.add(asyncio.create_task(self._close_later(socket)))
        else:
            await _quietly(socket.close())

    async def _close_later(self, socket: WebSocket) -> None:
        await self._clock.sleep(GOODBYE_S)
        await _quietly(socket.close())

    async def _send(self, frame: Json) -> None:
        while self._open:
            socket = self._open.pop(0)
            try:
                await socket.send_json(frame)
            except (WebSocketDisconnect, RuntimeError):
                continue  # it went by itself: the next one gets the frame
            self._open.append(socket)
            return
        raise LookupError("No Socket Mode connection is open.")

    async def _announce(self) -> None:
        async with self._changed:
            self._changed.notify_all()

    def _note_ack(self, text: str) -> None:
        try:
            frame = json.loads(text)
        except ValueError:
            return
        ack = self._acks.get(frame.get("envelope_id", "")) if isinstance(frame, dict) else None
        if ack and not ack.done():
            ack.set_result(frame.get("payload"))

    def _hello(self) -> Json:
        return {
            "type": "hello",
            "num_connections": self.number + 1,
            "connection_info": {"app_id": self._app_id},
            "debug_info": self._debug(),
        }

    def _goodbye(self, reason: str) -> Json:
        return {"type": "disconnect", "reason": reason, "debug_info": self._debug()}

    def _debug(self) -> Json:
        return {"host": "applink-local", "build_number": 1, "approximate_connection_time": LIVES_S}


async def _quietly(sending: Awaitable[None]) -> None:
    """The other side may have gone by itself meanwhile."""
    with suppress(WebSocketDisconnect, RuntimeError):
        await sending


def _framed(envelope: Envelope, envelope_id: str) -> Json:
    frame: Json = {"envelope_id": envelope_id, "type": envelope.kind, "payload": envelope.payload}
    frame["accepts_response_payload"] = envelope.kind != "events_api"
    if envelope.kind == "events_api":
        frame |= {"retry_attempt": envelope.retry, "retry_reason": envelope.reason}
    return frame
