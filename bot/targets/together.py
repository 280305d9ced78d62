"""How do questions that are asked at the same moment go out in one round trip?

What is asked in one turn of the loop is one pipeline; what comes while it is away is the next.
https://redis.io/docs/latest/develop/using-commands/pipelining/
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any, Protocol

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.targets.connection import CLIENT_NAME
from bot.targets.outcomes import NotRedis
from bot.tasks import closed, end_tasks

PIPELINE_MOST = 1000

Word = str | bytes | int
Words = Sequence[Word]
_Waiting = tuple[Words, "asyncio.Future[Any]"]


class Line(Protocol):
    """What a pipeline goes over: a connection, or HTTP."""

    async def open(self) -> None:
        """Get ready, where that saves time; whoever asks first meets a failure again, and says it."""

    async def pipeline(self, commands: Sequence[Words]) -> list[Any]:
        """A reply or an error for each. Raises RedisError, NotRedis or OSError when the line fails."""

    async def close(self) -> None: ...


class OverConnection:
    """The one connection of `redis`."""

    def __init__(self, redis: "Redis") -> None:
        self._redis: Any = redis  # redis-py leaves execute_command without types
        self._is_named = False

    async def open(self) -> None:
        pool = self._redis.connection_pool
        with contextlib.suppress(RedisError, OSError):
            await pool.release(await pool.get_connection())

    async def pipeline(self, commands: Sequence[Words]) -> list[Any]:
        # A name for whoever reads CLIENT LIST, in the same breath: by itself it would cost a round trip.
        named = [] if self._is_named else [("CLIENT", "SETNAME", CLIENT_NAME)]
        async with self._redis.pipeline(transaction=False) as pipeline:
            for words in (*named, *commands):
                pipeline.execute_command(*words)
            replies = list(await pipeline.execute(raise_on_error=False))
        self._is_named = True
        return replies[len(named) :]

    async def close(self) -> None:
        await closed(self._redis)


class Together:
    """Sends over `line`, which it closes in the end; who still waits then is cancelled."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._waiting: list[_Waiting] = []
        self._sending: asyncio.Task[None] | None = None
        self._opening: asyncio.Task[None] | None = None

    def warm(self) -> None:
        """Connect now, so that the first question need not wait for it."""
        if self._opening is None:
            self._opening = asyncio.create_task(self._line.open())

    def ask(self, words: Words) -> "asyncio.Future[Any]":
        """The reply to come: an error reply is its result; a line that fails is its exception."""
        reply: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((words, reply))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        return reply

    async def close(self) -> None:
        await end_tasks(*(task for task in (self._opening, self._sending) if task))
        for _, reply in self._waiting:
            reply.cancel()
        await self._line.close()

    async def _send(self) -> None:
        while True:
            await asyncio.sleep(0)  # the rest of this turn joins in
            asked, self._waiting = self._waiting[:PIPELINE_MOST], self._waiting[PIPELINE_MOST:]
            if not asked:
                return
            await self._pipeline(asked)

    async def _pipeline(self, asked: list[_Waiting]) -> None:
        try:
            replies = await self._line.pipeline([words for words, _ in asked])
        except BaseException as error:
            for _, reply in asked:
                _fail(reply, error)
            if not isinstance(error, RedisError | NotRedis | OSError):
                raise
            return
        for (_, reply), value in zip(asked, replies, strict=True):
            if not reply.done():
                reply.set_result(value)


def _fail(reply: "asyncio.Future[Any]", error: BaseException) -> None:
    if reply.done():
        return
    if isinstance(error, asyncio.CancelledError):
        reply.cancel()
    else:
        reply.set_exception(error)
        reply.exception()  # somebody who has stopped waiting is not warned of it
