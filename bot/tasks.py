"""How does a task end for certain?

On Python 3.11 a single cancellation may be lost: asyncio.wait_for, which redis-py sends through, drops one
that comes together with its result. https://github.com/python/cpython/issues/86296
"""

import asyncio
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from redis.asyncio import Redis

ASKS_AGAIN_S = 2.0  # long enough for what is closed on the way out, on a busy machine too


async def end_tasks(*tasks: asyncio.Task[Any]) -> None:
    """Cancel `tasks` until they are done; what they raised stays with them. Who is cancelled meanwhile ends
    them all the same, and only then itself."""
    is_cancelled = False
    while pending := [task for task in tasks if not task.done()]:
        for task in pending:
            task.cancel()
        try:
            await asyncio.wait(pending, timeout=ASKS_AGAIN_S)
        except asyncio.CancelledError:
            is_cancelled = True
    if is_cancelled:
        raise asyncio.CancelledError


async def closed(redis: Redis) -> None:
    """Close it for certain: redis-py closes its connections in tasks of their own, and a cancellation that
    comes before they have begun would leave them open."""
    await asyncio.shield(redis.aclose())


@asynccontextmanager
async def using(redis: Redis) -> AsyncIterator[Redis]:
    """Closed at the end for certain: redis-py's own `async with` first counts who uses the client, and a
    cancellation that comes meanwhile would leave its connections open."""
    try:
        yield redis
    finally:
        await closed(redis)
