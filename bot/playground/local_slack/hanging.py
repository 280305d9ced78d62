"""How is a caller left without an answer?"""

import asyncio
from collections.abc import Coroutine
from typing import Any, TypeVar

from starlette.requests import Request

from bot.clock import Clock
from bot.playground.serving import HANG_UP

Result = TypeVar("Result")


async def hang_up(request: Request) -> None:
    """Close the connection; whatever is answered afterwards goes nowhere."""
    drop = (request.scope.get("extensions") or {}).get(HANG_UP)
    if drop is None:
        raise RuntimeError(
            "Only a server started by bot.playground.serving can close a connection unanswered."
        )
    drop()
    await _gone(request)


async def hang_up_after(request: Request, clock: Clock, *, seconds: float) -> None:
    """Say nothing for `seconds`, or until the caller gives up, then close."""
    if await within(clock, _gone(request), seconds=seconds) is None:
        await hang_up(request)


async def within(clock: Clock, work: Coroutine[Any, Any, Result], *, seconds: float) -> Result | None:
    """The result of `work`, or None when it is not there after `seconds` on `clock`."""
    works = asyncio.ensure_future(work)
    ends = asyncio.ensure_future(clock.sleep(seconds))
    try:
        await asyncio.wait({works, ends}, return_when=asyncio.FIRST_COMPLETED)
        return works.result() if works.done() else None
    finally:
        for task in (works, ends):
            task.cancel()
        await asyncio.gather(works, ends, return_exceptions=True)


async def _gone(request: Request) -> bool:
    while (await request.receive())["type"] != "http.disconnect":
        pass
    return True
