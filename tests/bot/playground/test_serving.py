"""Is an application served on this machine alone, and ended quickly whatever is open?"""

import asyncio
import time
from collections.abc import AsyncIterator

import httpx
import pytest
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import PlainTextResponse, Response, StreamingResponse
from starlette.routing import Route, WebSocketRoute
from starlette.websockets import WebSocket
from websockets.asyncio.client import connect
from websockets.exceptions import ConnectionClosed

from bot.playground.serving import HANG_UP, local_client, serving


async def hello(request: Request) -> Response:
    return PlainTextResponse("hello")


async def endless(request: Request) -> Response:
    async def ticks() -> AsyncIterator[str]:
        yield ": open\n\n"
        await asyncio.Event().wait()

    return StreamingResponse(ticks(), media_type="text/event-stream")


async def dropping(request: Request) -> Response:
    request.scope["extensions"][HANG_UP]()
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return PlainTextResponse("nobody reads this")


async def echo(socket: WebSocket) -> None:
    await socket.accept()
    async for text in socket.iter_text():
        await socket.send_text(text)


def application() -> Starlette:
    routes = [Route("/", hello), Route("/endless", endless), Route("/dropping", dropping)]
    return Starlette(routes=[*routes, WebSocketRoute("/echo", echo)])


async def test_port_zero_takes_a_free_port_and_tells_it() -> None:
    async with serving(application()) as base_url, local_client() as client:
        assert base_url.startswith("http://127.0.0.1:")
        assert (await client.get(base_url)).text == "hello"


async def test_taken_port_raises_os_error() -> None:
    async with serving(application()) as base_url:
        port = int(base_url.rpartition(":")[2])
        with pytest.raises(OSError, match="in use"):
            async with serving(application(), port):
                pytest.fail("served twice on one port")


async def test_open_event_stream_does_not_hold_up_the_end() -> None:
    async with local_client() as client:
        async with serving(application()) as base_url:
            request = client.build_request("GET", f"{base_url}/endless")
            stream = await client.send(request, stream=True)
            await anext(stream.aiter_lines())
            began_s = time.monotonic()
        assert time.monotonic() - began_s < 1
        await stream.aclose()


async def test_open_websocket_does_not_hold_up_the_end() -> None:
    async with serving(application()) as base_url:
        socket = await connect(base_url.replace("http", "ws") + "/echo", proxy=None)
        await socket.send("there?")
        assert await socket.recv() == "there?"
        began_s = time.monotonic()
    assert time.monotonic() - began_s < 1
    with pytest.raises(ConnectionClosed):
        await socket.recv()


async def test_hanging_up_leaves_the_caller_without_an_answer() -> None:
    async with serving(application()) as base_url, local_client() as client:
        with pytest.raises(httpx.TransportError):
            await client.get(f"{base_url}/dropping")
        assert (await client.get(base_url)).text == "hello"
