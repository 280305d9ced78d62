"""How do a test and the "Break it" panel make the local Slack fail, and see what was asked of it?"""

from dataclasses import asdict

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.local_slack.delivery import Delivery
from bot.playground.local_slack.faults import Fault, Faults
from bot.playground.local_slack.web_api import WebApi


class Control:
    def __init__(self, web_api: WebApi, *, faults: Faults, delivery: Delivery) -> None:
        self._web_api = web_api
        self._faults = faults
        self._delivery = delivery

    def routes(self) -> list[Route]:
        return [
            Route("/control/faults", self.set_fault, methods=["POST"]),
            Route("/control/faults", self.faults, methods=["GET"]),
            Route("/control/faults", self.clear_faults, methods=["DELETE"]),
            Route("/control/calls", self.calls, methods=["GET"]),
            Route("/control/calls", self.forget_calls, methods=["DELETE"]),
            Route("/control/disconnect", self.disconnect, methods=["POST"]),
            Route("/control/events_url", self.set_events_url, methods=["POST"]),
        ]

    async def set_fault(self, request: Request) -> Response:
        try:
            self._faults.add(Fault(**await request.json()))
        except (TypeError, ValueError) as error:
            return JSONResponse({"ok": False, "error": str(error)}, 400)
        return JSONResponse({"ok": True})

    async def faults(self, request: Request) -> Response:
        """Those that can still strike."""
        return JSONResponse([asdict(fault) for fault in self._faults.standing()])

    async def clear_faults(self, request: Request) -> Response:
        self._faults.clear()
        return JSONResponse({"ok": True})

    async def calls(self, request: Request) -> Response:
        return JSONResponse(list(self._web_api.calls))

    async def forget_calls(self, request: Request) -> Response:
        self._web_api.calls.clear()
        return JSONResponse({"ok": True})

    async def disconnect(self, request: Request) -> Response:
        """{reason?}: warning or refresh_requested is said 10 s before; without it the sockets just drop."""
        body = await request.json() if await request.body() else {}
        await self._delivery.sockets.disconnect(body.get("reason"))
        return JSONResponse({"ok": True})

    async def set_events_url(self, request: Request) -> Response:
        """{url}: deliver over HTTP from now on; null: over Socket Mode."""
        self._delivery.events_url = (await request.json()).get("url")
        return JSONResponse({"ok": True})
