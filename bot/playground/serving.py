"""How is an ASGI application served on this machine's own address, and ended quickly?

uvicorn, on 127.0.0.1 only: https://www.uvicorn.org/settings
"""

import asyncio
import contextlib
import socket
import ssl
from collections.abc import AsyncIterator, Callable, Iterator
from functools import partial
from typing import Any

import httpx
from starlette.types import ASGIApp, Message, Receive, Scope, Send
from uvicorn import Config, Server
from uvicorn.protocols.http.h11_impl import H11Protocol

# In a request's scope["extensions"]: a function that drops the connection without an answer.
HANG_UP = "pong.hang_up"

_Transports = dict[tuple[str, int], asyncio.Transport]


@contextlib.asynccontextmanager
async def serving(asgi_app: ASGIApp, port: int = 0) -> AsyncIterator[str]:
    """Serve `asgi_app` and yield its base URL, without a slash at the end.

    Port 0 takes any free one. Raises OSError when `port` is taken. Ends event streams and WebSockets at
    once, and gives ordinary requests a second to finish.
    """
    listener = socket.socket()
    listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
    try:
        listener.bind(("127.0.0.1", port))
    except OSError:
        listener.close()
        raise
    address = f"http://127.0.0.1:{listener.getsockname()[1]}"
    transports: _Transports = {}
    door = _Door(asgi_app, transports)
    server = _Quiet(_config(door, transports))
    task = asyncio.create_task(server.serve(sockets=[listener]))
    try:
        await _ready(server, task)
        yield address
    finally:
        door.end_streams()
        server.ends.set()
        await task


def local_client(base_url: str = "", **options: Any) -> httpx.AsyncClient:
    """An HTTP client for this machine's own addresses: no proxy, and no certificates to load.

    Loading the usual certificates takes 35 ms of processor time for each client, measured.
    """
    nothing_trusted = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    return httpx.AsyncClient(base_url=base_url, trust_env=False, verify=nothing_trusted, **options)


def _config(door: ASGIApp, transports: _Transports) -> Config:
    return Config(
        door,
        http=_remembering(transports),
        ws="websockets-sansio",
        log_config=None,
        log_level="warning",
        access_log=False,
        server_header=False,
        timeout_graceful_shutdown=1,
    )


async def _ready(server: "_Quiet", task: asyncio.Task[None]) -> None:
    starts = asyncio.create_task(server.begun.wait())
    await asyncio.wait({starts, task}, return_when=asyncio.FIRST_COMPLETED)
    starts.cancel()
    if task.done():
        task.result()
        raise RuntimeError("The local server ended before it began: its application's start-up failed.")


class _Quiet(Server):
    """uvicorn, with the process's signals left to the process and the end noticed at once."""

    def __init__(self, config: Config) -> None:
        super().__init__(config)
        self.begun = asyncio.Event()
        self.ends = asyncio.Event()

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        yield

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.begun.set()

    async def main_loop(self) -> None:
        await self.on_tick(0)
        await self.ends.wait()


class _Door:
    """Gives each request a way to hang up, and knows which answers have no end."""

    def __init__(self, app: ASGIApp, transports: _Transports) -> None:
        self._app = app
        self._transports = transports
        self._streams: set[Callable[[], None]] = set()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        hang_up = partial(self._hang_up, tuple(scope["client"]))
        scope["extensions"] = {**(scope.get("extensions") or {}), HANG_UP: hang_up}

        async def noticing(message: Message) -> None:
            if message["type"] == "http.response.start" and _is_stream(message):
                self._streams.add(hang_up)
            await send(message)

        try:
            await self._app(scope, receive, noticing)
        finally:
            self._streams.discard(hang_up)

    def end_streams(self) -> None:
        for hang_up in tuple(self._streams):
            hang_up()

    def _hang_up(self, client: tuple[str, int]) -> None:
        if transport := self._transports.get(client):
            transport.abort()


def _is_stream(message: Message) -> bool:
    return any(
        name.lower() == b"content-type" and value.startswith(b"text/event-stream")
        for name, value in message["headers"]
    )


def _remembering(transports: _Transports) -> type[H11Protocol]:
    """uvicorn's protocol, noting each client's transport: ASGI itself has no way to drop a connection."""

    class Remembering(H11Protocol):
        def connection_made(self, transport: Any) -> None:
            transports[transport.get_extra_info("peername")[:2]] = transport
            super().connection_made(transport)

        def connection_lost(self, exc: Exception | None) -> None:
            for client in [key for key, known in transports.items() if known is self.transport]:
                del transports[client]
            super().connection_lost(exc)

    return Remembering
