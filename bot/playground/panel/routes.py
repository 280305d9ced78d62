"""How does the page speak with the panel? JSON on /panel/state and /panel/press."""

from collections.abc import Awaitable, Callable
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import PongError
from bot.playground.panel.panel import Panel


def panel_routes(panel: Panel) -> list[BaseRoute]:
    """The panel on HTTP; a refusal is {"ok": false, "error": one sentence}."""
    doors = _Doors(panel)
    return [
        Route("/panel/state", doors.state),
        Route("/panel/press", doors.press, methods=["POST"]),
        Route("/panel/service", doors.service, methods=["POST"]),
    ]


class _Doors:
    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    async def state(self, request: Request) -> Response:
        return JSONResponse({"ok": True, **await self._panel.state()})

    async def press(self, request: Request) -> Response:
        return await self._done(request, "what", self._panel.press)

    async def service(self, request: Request) -> Response:
        """What Pong's configured commands ask for: {"restart": "redis"}, {"fallback": "on"},
        {"credentials": [user, password]}."""
        body = await request.body()
        if body.startswith(b'{"credentials"'):
            return await self._done(request, "credentials", self._panel.credentials)
        if b'"fallback"' in body:
            return await self._done(request, "fallback", self._panel.fallback)
        return await self._done(request, "restart", self._panel.restart)

    async def _done(self, request: Request, name: str, does: Callable[[Any], Awaitable[None]]) -> Response:
        # Another site's page can post a form here, but not JSON without asking the browser first.
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _refused("Send JSON.", 415)
        try:
            await does((await request.json())[name])
        except (ValueError, KeyError, TypeError):
            return _refused(f'Send {{"{name}": …}}.', 400)
        except PongError as error:
            return _refused(str(error), 409)
        return JSONResponse({"ok": True})


def _refused(why: str, status: int) -> Response:
    return JSONResponse({"ok": False, "error": why}, status)
