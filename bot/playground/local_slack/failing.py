"""What does a caller get when a fault strikes?"""

from collections.abc import Awaitable, Callable

from starlette.requests import Request
from starlette.responses import JSONResponse, PlainTextResponse, Response

from bot.clock import Clock
from bot.playground.local_slack.faults import Fault
from bot.playground.local_slack.hanging import hang_up, hang_up_after
from bot.playground.local_slack.refusal import Json

RATE_LIMITED: Json = {"ok": False, "error": "ratelimited"}


async def answered(
    request: Request, work: Callable[[Request], Awaitable[Response]], *, fault: Fault | None, clock: Clock
) -> Response | None:
    """What `work` answers, or the fault instead; None when the connection was dropped without an answer."""
    if fault is None:
        return await work(request)
    if fault.kind == "lost_answer":
        await work(request)
        await hang_up(request)
        return None
    if fault.kind == "timeout":
        await hang_up_after(request, clock, seconds=fault.hang_s)
        return None
    return _failure(fault)


def too_many(retry_after_s: int) -> Response:
    return JSONResponse(RATE_LIMITED, 429, {"Retry-After": str(retry_after_s)})


def _failure(fault: Fault) -> Response:
    if fault.kind == "rate_limited":
        return too_many(fault.retry_after_s)
    if fault.kind == "server_error":
        return PlainTextResponse("upstream connect error", int(fault.code or 500))
    return JSONResponse({"ok": False, "error": fault.code or "internal_error"})


# What is handed to the server after the connection was dropped: it goes nowhere.
UNSENT = Response()
