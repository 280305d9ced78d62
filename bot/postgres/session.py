"""How is a PostgreSQL asked, so that it does not suffer from the question, nor Pong from its silence?

One connection, which may only read. https://www.postgresql.org/docs/current/runtime-config-client.html
"""

import asyncio
import contextlib
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

from psycopg import AsyncConnection, Error
from psycopg.conninfo import make_conninfo

from bot.postgres.postgres import Postgres

CONNECT_WITHIN_S = 2  # libpq knows whole seconds, and none under 2
ANSWERS_WITHIN_S = 2.0
# The server itself ends what takes longer, also when Pong is gone by then.
OPTIONS = (
    "-c default_transaction_read_only=on -c statement_timeout=1000 -c lock_timeout=500"
    " -c idle_in_transaction_session_timeout=3000"
)


class Session:
    """One connection. `is_silent` once the server has let it wait for too long."""

    def __init__(self, connection: AsyncConnection[Any]) -> None:
        self.is_silent = False
        self.connection = connection

    @property
    def version(self) -> int:
        """As in 180006."""
        return self.connection.info.server_version

    async def row(self, query: str) -> tuple[Any, ...]:
        """The one row of a query without parameters. Raises psycopg.Error."""
        cursor = await self.connection.execute(query.encode())
        return await cursor.fetchone() or ()

    def hang_up(self) -> None:
        """psycopg's own way to give up asks the server to cancel, and waits for that too."""
        self.is_silent = True
        with (
            contextlib.suppress(OSError, Error),
            socket.socket(fileno=os.dup(self.connection.pgconn.socket)) as line,
        ):
            line.shutdown(socket.SHUT_RDWR)


@asynccontextmanager
async def session(postgres: Postgres, place: str) -> AsyncIterator[Session]:
    """A login at `place`, the number of its host ("" for a socket file). Raises psycopg.Error."""
    where = {"hostaddr": place} if place else {}
    ours = {"options": OPTIONS, "connect_timeout": str(CONNECT_WITHIN_S), "application_name": "pong"}
    conninfo = make_conninfo("", **(postgres.said | where | ours))
    connection = await AsyncConnection.connect(conninfo, autocommit=True, prepare_threshold=None)
    one = Session(connection)
    alarm = asyncio.get_running_loop().call_later(ANSWERS_WITHIN_S, one.hang_up)
    try:
        yield one
    finally:
        alarm.cancel()
        await connection.close()
