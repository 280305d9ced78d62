"""How does the way to Redis become slow, as a bad network makes it?

The shop, Pong and the alert watcher reach Redis through this; the panel does not. While the server is down
nothing listens here, so that a client is refused as the server itself would refuse it.
"""

import asyncio
import contextlib
from collections.abc import AsyncIterator

from bot.clock import Clock
from bot.tasks import end_tasks

CHUNK_BYTES = 65_536
ABORTED = (ConnectionError, OSError, asyncio.IncompleteReadError)


class Proxy:
    """`delay_s` is how long each chunk is on its way, in each direction."""

    def __init__(self, port: int, server_port: int, clock: Clock) -> None:
        self.port = port
        self.delay_s = 0.0
        self._server_port = server_port
        self._clock = clock
        self._listener: asyncio.Server | None = None
        self._relays: set[asyncio.Task[None]] = set()

    async def open(self) -> None:
        """Listen from now on."""
        if self._listener is None:
            self._listener = await asyncio.start_server(self._take, "127.0.0.1", self.port)

    async def close(self) -> None:
        """Refuse whoever comes, and drop who is there."""
        if self._listener:
            self._listener.close()
            self._listener = None
        await end_tasks(*self._relays)

    async def _take(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        task = asyncio.current_task()
        assert task is not None  # noqa: S101 - asyncio made it
        self._relays.add(task)
        try:
            async with self._server() as (from_server, to_server):
                ways = (self._carry(reader, to_server), self._carry(from_server, writer))
                carrying = [asyncio.create_task(way) for way in ways]
                try:
                    await asyncio.wait(carrying, return_when=asyncio.FIRST_COMPLETED)
                finally:
                    await end_tasks(*carrying)
        except ABORTED:
            pass  # the server refuses: the client is dropped as well
        except asyncio.CancelledError:
            pass  # the proxy closes
        finally:
            self._relays.discard(task)
            writer.transport.abort()

    @contextlib.asynccontextmanager
    async def _server(self) -> AsyncIterator[tuple[asyncio.StreamReader, asyncio.StreamWriter]]:
        reader, writer = await asyncio.open_connection("127.0.0.1", self._server_port)
        try:
            yield reader, writer
        finally:
            writer.transport.abort()

    async def _carry(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        with contextlib.suppress(*ABORTED):
            while chunk := await reader.read(CHUNK_BYTES):
                if self.delay_s:
                    await self._clock.sleep(self.delay_s)
                writer.write(chunk)
                await writer.drain()
