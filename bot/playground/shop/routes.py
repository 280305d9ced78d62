"""How does one speak with the shop? The paths and answers that the runbook knows.

What it says of itself: /api/health and /api/health/metrics (the runbook's steps 3 and 6).
"""

from http.cookies import SimpleCookie

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.playground.shop.shop import SESSION_LIVES_S, Shop


def shop_app(shop: Shop) -> Starlette:
    """The shop on HTTP."""
    doors = _Doors(shop)
    return Starlette(
        routes=[
            Route("/api/health", doors.health),
            Route("/api/health/metrics", doors.metrics),
            Route("/api/patients", doors.patients),
            Route("/api/patients/{number:int}/context", doors.context),
            Route("/api/patients/{number:int}/letter", doors.letter, methods=["POST"]),
            Route("/api/auth/login", doors.log_in, methods=["POST"]),
        ]
    )


class _Doors:
    def __init__(self, shop: Shop) -> None:
        self._shop = shop

    async def health(self, request: Request) -> Response:
        is_connected = await self._shop.ping()
        has_records = self._shop.records.is_connected()
        checks = {"redis": _said(is_connected), "database": _said(has_records)}
        status = "unhealthy" if not has_records else "healthy" if is_connected else "degraded"
        return JSONResponse({"status": status, "checks": checks})

    async def metrics(self, request: Request) -> Response:
        connections = await self._shop.connections()
        usage = self._shop.usage
        figures = {
            "connected": usage.is_connected,
            "connections": connections,
            "connectionErrors": usage.errors_in_a_row,
            "cacheHitRate": round(usage.hit_rate, 2),
        }
        return JSONResponse({"redis": figures})

    async def patients(self, request: Request) -> Response:
        token = _token(request)
        visitor = await self._shop.who(token) if token else None
        if token and visitor is None:
            return JSONResponse({"error": "Log in again."}, 401)
        if not await self._shop.may_ask(visitor or _address(request)):
            return JSONResponse({"error": "Too many requests: wait a minute."}, 429)
        return JSONResponse({"patients": self._shop.records.patients()})

    async def context(self, request: Request) -> Response:
        found = await self._shop.context(request.path_params["number"])
        if found is None:
            return JSONResponse({"error": "There is no such patient."}, 404)
        return JSONResponse(found.body, headers={"X-Cache": "hit" if found.is_cached else "miss"})

    async def letter(self, request: Request) -> Response:
        """Written later, by the queue."""
        await self._shop.jobs.add(request.path_params["number"])
        return JSONResponse({"ok": True}, 202)

    async def log_in(self, request: Request) -> Response:
        try:
            email = (await request.json())["email"]
        except (ValueError, KeyError, TypeError):
            email = None
        if not isinstance(email, str) or "@" not in email:
            return JSONResponse({"error": 'Send {"email": …, "password": …}.'}, 400)
        response = JSONResponse({"ok": True})
        token = await self._shop.log_in(email)
        response.set_cookie("session", token, max_age=SESSION_LIVES_S, httponly=True, samesite="strict")
        return response


def _said(is_connected: bool) -> str:
    return "connected" if is_connected else "disconnected"


def _token(request: Request) -> str | None:
    cookie = SimpleCookie(request.headers.get("cookie", "")).get("session")
    return cookie.value if cookie else None


def _address(request: Request) -> str:
    return request.client.host if request.client else "unknown"
