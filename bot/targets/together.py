"""How do questions that are asked at the same moment go out in one round trip?

What is asked in one turn of the loop is one pipeline; what comes while it is away is the next.
https://redis.io/docs/latest/develop/using-commands/pipelining/
"""

import asyncio
import contextlib
from collections.abc import Sequence
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.targets.connection import CLIENT_NAME
from bot.tasks import end_tasks

PIPELINE_MOST = 1000

Word = str | bytes | int
_Waiting = tuple[Sequence[Word], "asyncio.Future[Any]"]


class Together:
    """Sends to `redis`, over its one connection. Close it with `close`; who still waits is cancelled."""

    def __init__(self, redis: "Redis") -> None:
        self._redis: Any = redis  # redis-py leaves execute_command without types
        self._waiting: list[_Waiting] = []
        self._sending: asyncio.Task[None] | None = None
        self._warming: asyncio.Task[None] | None = None
        self._is_named = False

    def warm(self) -> None:
        """Connect now, so that the first question need not wait for it; a failure shows when one is asked."""
        if self._warming is None:
            self._warming = asyncio.create_task(self._connect())

    def ask(self, words: Sequence[Word]) -> "asyncio.Future[Any]":
        """The reply to come: an error reply is its result; a connection that fails is its exception."""
        reply: asyncio.Future[Any] = asyncio.get_running_loop().create_future()
        self._waiting.append((words, reply))
        if self._sending is None or self._sending.done():
            self._sending = asyncio.create_task(self._send())
        return reply

    async def close(self) -> None:
        await end_tasks(*(task for task in (self._warming, self._sending) if task))
        for _, reply in self._waiting:
            reply.cancel()

    async def _connect(self) -> None:
        pool = self._redis.connection_pool
        with contextlib.suppress(RedisError, OSError):  # whoever asks first meets it again, and says it
            await pool.release(await pool.get_connection())

    async def _send(self) -> None:
        while True:
            await asyncio.sleep(0)  # the rest of this turn joins in
            asked, self._waiting = self._waiting[:PIPELINE_MOST], self._waiting[PIPELINE_MOST:]
            if not asked:
                return
            await self._pipeline(asked)

    async def _pipeline(self, asked: list[_Waiting]) -> None:
        # A name for whoever reads CLIENT LIST, in the same breath: by itself it would cost a round trip.
        named = [] if self._is_named else [("CLIENT", "SETNAME", CLIENT_NAME)]
        try:
            async with self._redis.pipeline(transaction=False) as pipeline:
                for words in (*named, *(words for words, _ in asked)):
                    pipeline.execute_command(*words)
                replies = (await pipeline.execute(raise_on_error=False))[len(named) :]
        except BaseException as error:
            for _, reply in asked:
                _fail(reply, error)
            if not isinstance(error, RedisError | OSError):
                raise
            return
        self._is_named = True
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
