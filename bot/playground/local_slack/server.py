"""How do the local Slack's parts make one server?

https://docs.slack.dev/apis
"""

import asyncio
import contextlib
import json
from collections.abc import AsyncIterator, Awaitable, Callable
from typing import Any

from starlette.applications import Starlette
from starlette.requests import ClientDisconnect, Request
from starlette.responses import JSONResponse, PlainTextResponse, Response
from starlette.routing import BaseRoute, Route, WebSocketRoute

from bot.clock import Clock
from bot.playground.local_slack.client_api import ClientApi
from bot.playground.local_slack.control import Control
from bot.playground.local_slack.delivery import Delivery
from bot.playground.local_slack.failing import UNSENT, answered
from bot.playground.local_slack.faults import Fault, Faults
from bot.playground.local_slack.hooks import Hooks
from bot.playground.local_slack.kept import Kept
from bot.playground.local_slack.people_act import PeopleAct
from bot.playground.local_slack.people_mark import PeopleMark
from bot.playground.local_slack.rates import Rates
from bot.playground.local_slack.refusal import Json, SlackRefusal
from bot.playground.local_slack.traffic import Traffic
from bot.playground.local_slack.web_api import DROPPED, WebApi
from bot.playground.local_slack.workspace import Workspace
from bot.playground.local_slack.world import World, default_world


class LocalSlack:
    """A Slack workspace in memory; with `kept` it remembers what an earlier one knew.

    `asgi()` is the whole server; who adds routes of their own builds a Starlette from `routes()` and
    `lifespan`. Signatures, rate limits, triggers and retries run on `clock`. With `rates_strict` false no
    call is rate limited.
    """

    def __init__(
        self,
        clock: Clock,
        *,
        world: World | None = None,
        burst: int = 4,
        rates_strict: bool = True,
        seed: int = 1,
        kept: Kept | None = None,
    ) -> None:
        self.world = world or default_world()
        self.workspace = Workspace(clock, self.world, kept)
        self.rates = Rates(clock, burst=burst, strict=rates_strict)
        self._faults = Faults(clock, seed)
        self._traffic = Traffic(clock)
        self._delivery = Delivery(clock, self.world, faults=self._faults, traffic=self._traffic)
        self._hooks = Hooks(self.workspace)
        self._web_api = WebApi(
            self.workspace,
            rates=self.rates,
            faults=self._faults,
            traffic=self._traffic,
            new_link=self._delivery.sockets.new_link,
        )
        self._client = ClientApi(
            self.workspace,
            people=PeopleAct(self.workspace, delivery=self._delivery, hooks=self._hooks),
            marks=PeopleMark(self.workspace, self._delivery),
            traffic=self._traffic,
        )
        self._control = Control(self._web_api, faults=self._faults, delivery=self._delivery)

    def asgi(self) -> Starlette:
        return Starlette(routes=self.routes(), lifespan=self.lifespan)

    def routes(self) -> list[BaseRoute]:
        return [
            Route("/api/{method}", self._web_api.endpoint, methods=["GET", "POST"]),
            Route("/upload/v1/{file}", self._upload, methods=["POST"]),
            Route("/hooks/{hook}", self._hook, methods=["POST"]),
            WebSocketRoute("/link", self._delivery.sockets.endpoint),
            *self._client.routes(),
            *self._control.routes(),
        ]

    @contextlib.asynccontextmanager
    async def lifespan(self, app: object) -> AsyncIterator[None]:
        try:
            yield
        finally:
            await self._delivery.close()

    @property
    def calls(self) -> list[Json]:
        """Every Web API call so far: {at_ms, method, args, status, answer}; status 0 was never answered."""
        return list(self._web_api.calls)

    @property
    def connections(self) -> int:
        """How many Socket Mode connections are open."""
        return self._delivery.sockets.number

    async def connected(self, number: int = 1, *, timeout_s: float = 10) -> None:
        """Wait until the bot has `number` Socket Mode connections. Raises TimeoutError."""
        await asyncio.wait_for(self._delivery.sockets.connected(number), timeout_s)

    def fail(self, method: str, kind: Any, **how: Any) -> None:
        """Set a fault: see Fault for `kind` and `how`."""
        self._faults.add(Fault(method=method, kind=kind, **how))

    def heal(self) -> None:
        """Take all faults away."""
        self._faults.clear()

    async def disconnect(self, reason: str | None = None) -> None:
        """Drop the sockets; with a `reason` (warning, refresh_requested) say it, and close them in 10 s."""
        await self._delivery.sockets.disconnect(reason)

    def deliver_to(self, events_url: str | None) -> None:
        """Deliver over HTTP to this URL from now on; None: over Socket Mode."""
        self._delivery.events_url = events_url

    async def _upload(self, request: Request) -> Response:
        return await self._answered(request, self._take_upload, name="upload")

    async def _hook(self, request: Request) -> Response:
        return await self._answered(request, self._use_hook, name="response_url")

    async def _answered(
        self, request: Request, work: Callable[[Request], Awaitable[Response]], *, name: str
    ) -> Response:
        fault = self._faults.pick(name)
        response = await answered(request, work, fault=fault, clock=self.workspace.clock)
        status = response.status_code if response else DROPPED
        said = bytes(response.body).decode() if response else None
        self._traffic.note("pong", name, sent=await _sent_to(request, name), status=status, answer=said)
        return response or UNSENT

    async def _take_upload(self, request: Request) -> Response:
        try:
            file = self.workspace.files.get(request.path_params["file"])
        except SlackRefusal:
            return PlainTextResponse("no such upload", 404)
        content = await request.body()
        if len(content) != file.length:
            return PlainTextResponse(f"expected {file.length} bytes, got {len(content)}", 400)
        file.content = content
        self.workspace.filed(file)
        return PlainTextResponse(f"OK - {len(content)}")

    async def _use_hook(self, request: Request) -> Response:
        try:
            self._hooks.use(request.path_params["hook"], json.loads(await request.body()))
        except SlackRefusal as refusal:
            return JSONResponse(refusal.answer(), 404 if refusal.code.endswith("_url") else 400)
        except ValueError:
            return PlainTextResponse("invalid_payload", 400)
        return PlainTextResponse("ok")


async def _sent_to(request: Request, name: str) -> Any:
    """What was posted: a message to a response_url, or how many bytes of a file."""
    try:
        body = await request.body()
    except ClientDisconnect:
        return None
    if name == "upload":
        return f"{len(body)} bytes"
    with contextlib.suppress(ValueError):
        return json.loads(body)
    return body.decode("utf-8", "replace")
