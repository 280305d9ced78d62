"""How does the page speak with the panel? JSON on /panel/state and /panel/press."""

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import BaseRoute, Route

from bot.errors import PongError
from bot.playground.panel.panel import Panel


def panel_routes(panel: Panel) -> list[BaseRoute]:
    """The panel on HTTP; a refusal is {"ok": false, "error": one sentence}."""
    doors = _Doors(panel)
    return [Route("/panel/state", doors.state), Route("/panel/press", doors.press, methods=["POST"])]


class _Doors:
    def __init__(self, panel: Panel) -> None:
        self._panel = panel

    async def state(self, request: Request) -> Response:
        return JSONResponse({"ok": True, **await self._panel.state()})

    async def press(self, request: Request) -> Response:
        # Another site's page can post a form here, but not JSON without asking the browser first.
        if request.headers.get("content-type", "").partition(";")[0] != "application/json":
            return _refused("Send JSON.", 415)
        try:
            await self._panel.press(str((await request.json())["what"]))
        except (ValueError, KeyError, TypeError):
            return _refused('Send {"what": …}.', 400)
        except PongError as error:
            return _refused(str(error), 409)
        return JSONResponse({"ok": True})


def _refused(why: str, status: int) -> Response:
    return JSONResponse({"ok": False, "error": why}, status)
