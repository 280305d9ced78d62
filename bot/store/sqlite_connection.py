"""How is one SQLite connection asked, and how does code that only looks get one?"""

import contextlib
import sqlite3
from collections.abc import AsyncIterator, Awaitable, Callable, Coroutine
from pathlib import Path
from typing import Any, TypeVar, cast

from sqlite_utils import Database

from bot.errors import SettingsError
from bot.store.protocol import Row
from bot.store.records import Records

T = TypeVar("T")


class SqliteConnection:
    """A transaction on `database`; its coroutines never wait, so that a plain thread can run them."""

    def __init__(self, database: Database) -> None:
        self._database = database

    async def rows(self, sql: str, **parameters: object) -> list[Row]:
        cursor = self._database.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        return [dict(zip(names, row, strict=True)) for row in cursor.fetchall()]

    async def row(self, sql: str, **parameters: object) -> Row | None:
        cursor = self._database.execute(sql, parameters)
        names = [column[0] for column in cursor.description or ()]
        row = cursor.fetchone()
        cursor.close()  # a RETURNING that is not at its end would hold up the commit
        return dict(zip(names, row, strict=True)) if row else None

    async def run(self, sql: str, **parameters: object) -> int:
        return self._database.execute(sql, parameters).rowcount


def drive(awaitable: Awaitable[T]) -> T:
    """Run a coroutine that never waits, on this thread."""
    coroutine = cast(Coroutine[Any, Any, T], awaitable)
    try:
        coroutine.send(None)
    except StopIteration as stop:
        return cast(T, stop.value)
    coroutine.close()
    raise RuntimeError("work on the store awaits nothing but its records")


def path_of(url: str) -> Path:
    """The file in `sqlite:///relative.db` or `sqlite:////absolute.db`. Raises SettingsError."""
    scheme, _, path = url.partition(":///")
    if scheme != "sqlite" or not path:
        raise SettingsError("DATABASE_URL should read sqlite:///pong.db or sqlite:////var/lib/pong/pong.db.")
    return Path(path)


def read_only(path: Path) -> Database:
    """A connection that cannot write. Any thread may use it, one at a time."""
    uri = f"{path.resolve().as_uri()}?mode=ro"
    return Database(sqlite3.connect(uri, uri=True, check_same_thread=False, timeout=5))


@contextlib.asynccontextmanager
async def looking_at(url: str) -> AsyncIterator[Callable[[Callable[[Records], Awaitable[Any]]], Any]]:
    """Read a store that another process may work on. Raises SettingsError when there is none to read."""
    path = path_of(url)
    if not path.exists():
        raise SettingsError(f"There is no store at {path} yet: `pong run` makes it.")
    database = read_only(path)
    try:
        yield lambda work: drive(work(Records(SqliteConnection(database), redact=str)))
    except sqlite3.DatabaseError as error:
        raise SettingsError(f"The store at {path} cannot be read ({error}).") from None
    finally:
        database.conn.close()
