"""How does one SQLite file serve as the store, safely and fast?

One writing connection on one thread, which commits all that is waiting together (group commit, WAL,
synchronous=FULL); reads on connections of their own that cannot write; a file lock against a second
process, since old SQLite versions can corrupt a WAL with two writers. https://sqlite.org/wal.html
"""

import asyncio
import contextlib
import fcntl
import logging
import os
import queue
import sqlite3
import threading
from collections.abc import Awaitable, Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, TypeGuard, TypeVar, cast

from sqlite_utils import Database

from bot.errors import StoreBusy, StoreLocked
from bot.store.migrations import migrations
from bot.store.records import Records
from bot.store.sqlite_connection import SqliteConnection, drive, path_of, read_only
from bot.timeline import Event

logger = logging.getLogger(__name__)
T = TypeVar("T")
Work = Callable[[Records], Awaitable[Any]]

GROUP_MOST = 256
_NOT_NOW = {
    sqlite3.SQLITE_BUSY,
    sqlite3.SQLITE_LOCKED,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_CANTOPEN,
}


@dataclass
class _Job:
    work: Work
    future: asyncio.Future[Any]
    loop: asyncio.AbstractEventLoop
    result: Any = None
    error: BaseException | None = None
    noted: list[Event] = field(default_factory=list)

    def settle(self) -> None:
        with contextlib.suppress(RuntimeError):  # the loop of whoever asked has ended
            self.loop.call_soon_threadsafe(self._settle)

    def _settle(self) -> None:
        if self.future.done():
            return
        if self.error is not None:
            self.future.set_exception(self.error)
        else:
            self.future.set_result(self.result)


class SqliteChanges:
    """See protocol.Changes."""

    def __init__(self) -> None:
        self._event = asyncio.Event()

    def tell(self) -> None:
        self._event.set()

    async def wait(self, timeout_s: float) -> None:
        try:
            async with asyncio.timeout(timeout_s):
                await self._event.wait()
        except TimeoutError:
            return  # what is told in this very moment is heard by the next wait
        self._event.clear()


class SqliteStore:
    """See protocol.Store. Build it with `open_sqlite`.

    `redact` cleans every text of the timeline and the outbox; `mirror` is told each event once it is
    committed, on the writer's thread.
    """

    def __init__(self, path: Path, *, redact: Callable[[str], str], mirror: Callable[[Event], None]) -> None:
        self._path = path
        self._redact = redact
        self._mirror = mirror
        self._lock = _lock(path)
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._listeners: list[tuple[asyncio.AbstractEventLoop, SqliteChanges]] = []
        self._local = threading.local()
        self._readers: list[sqlite3.Connection] = []
        self._is_closed = False
        self._pool = ThreadPoolExecutor(max_workers=2, thread_name_prefix="pong-store-read")
        try:
            self._database = _writer(path)
        except sqlite3.Error as error:
            os.close(self._lock)
            raise StoreLocked(f"The store {path} cannot be opened: {error}.") from error
        self._thread = threading.Thread(target=self._write_all, name="pong-store-write", daemon=True)
        self._thread.start()

    async def write(self, work: Callable[[Records], Awaitable[T]]) -> T:
        self._open_only()
        loop = asyncio.get_running_loop()
        job = _Job(work, loop.create_future(), loop)
        self._jobs.put(job)
        return cast(T, await asyncio.shield(job.future))

    async def read(self, work: Callable[[Records], Awaitable[T]]) -> T:
        self._open_only()
        return await asyncio.get_running_loop().run_in_executor(self._pool, self._read, work)

    def changes(self) -> SqliteChanges:
        listener = SqliteChanges()
        self._listeners.append((asyncio.get_running_loop(), listener))
        return listener

    async def close(self) -> None:
        if self._is_closed:
            return
        self._is_closed = True
        self._jobs.put(None)
        loop = asyncio.get_running_loop()
        await loop.run_in_executor(None, self._thread.join)
        self._pool.shutdown()
        for connection in self._readers:
            connection.close()
        self._database.conn.close()
        os.close(self._lock)

    def _open_only(self) -> None:
        if self._is_closed:
            raise StoreBusy("The store is closed: Pong is stopping.")

    def _read(self, work: Callable[[Records], Awaitable[T]]) -> T:
        if not hasattr(self._local, "database"):
            self._local.database = read_only(self._path)
            self._readers.append(self._local.database.conn)
        database: Database = self._local.database
        try:
            database.conn.execute("BEGIN")
            return drive(work(Records(SqliteConnection(database), redact=self._redact)))
        except sqlite3.Error as error:
            raise (_busy(error) if _is_passing(error) else error) from None
        finally:
            if database.conn.in_transaction:
                database.conn.execute("ROLLBACK")

    def _write_all(self) -> None:
        while (job := self._jobs.get()) is not None:
            group = [job]
            is_last = False
            while len(group) < GROUP_MOST and not self._jobs.empty():
                following = self._jobs.get()
                if following is None:
                    is_last = True
                    break
                group.append(following)
            self._commit(group)
            if is_last:
                return

    def _commit(self, group: list[_Job]) -> None:
        connection = self._database.conn
        changes_before = connection.total_changes
        try:
            connection.execute("BEGIN IMMEDIATE")
            for job in group:
                self._run_in_savepoint(job)
            connection.execute("COMMIT")
        except Exception as error:  # this thread has to go on whatever happens: nobody else writes
            if connection.in_transaction:
                connection.execute("ROLLBACK")
            for job in group:
                job.error, job.noted = _busy(error), []
        self._mirror_all(event for job in group for event in job.noted)
        for job in group:
            job.settle()
        if connection.total_changes == changes_before:
            return  # a claim that found nothing must not wake who claims
        for loop, listener in self._listeners:
            with contextlib.suppress(RuntimeError):  # its loop has ended
                loop.call_soon_threadsafe(listener.tell)

    def _mirror_all(self, events: Iterable[Event]) -> None:
        for event in events:
            try:
                self._mirror(event)
            except Exception:
                logger.exception("An event was committed, but could not be mirrored.")

    def _run_in_savepoint(self, job: _Job) -> None:
        connection = self._database.conn
        records = Records(SqliteConnection(self._database), redact=self._redact)
        connection.execute("SAVEPOINT job")
        try:
            job.result = drive(job.work(records))
            job.noted = records.noted
        except Exception as error:
            if not connection.in_transaction:
                raise  # SQLite itself gave up the transaction: the whole group is void
            job.error = _busy(error) if _is_passing(error) else error
            connection.execute("ROLLBACK TO job")
        connection.execute("RELEASE job")


def open_sqlite(url: str, *, redact: Callable[[str], str], mirror: Callable[[Event], None]) -> SqliteStore:
    """The store at `url`, `sqlite:///relative.db` or `sqlite:////absolute.db`, with its schema up to date.

    Raises StoreLocked when another process has it, and SettingsError when the address is no such thing.
    """
    return SqliteStore(path_of(url), redact=redact, mirror=mirror)


def _writer(path: Path) -> Database:
    connection = sqlite3.connect(path, check_same_thread=False, timeout=5)
    database = Database(connection)
    for pragma in ("journal_mode=WAL", "synchronous=FULL", "foreign_keys=ON", "busy_timeout=5000"):
        connection.execute(f"PRAGMA {pragma}")
    migrations.apply(database)
    return database


def _lock(path: Path) -> int:
    path.parent.mkdir(parents=True, exist_ok=True)
    lock = path.with_name(path.name + ".lock")
    handle = os.open(lock, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        holder = os.read(handle, 20).decode() or "unknown"
        os.close(handle)
        raise StoreLocked(
            f"Another Pong (process {holder}) works on {path}:"
            " stop it first, or give this one its own DATABASE_URL."
        ) from None
    os.ftruncate(handle, 0)
    os.pwrite(handle, str(os.getpid()).encode(), 0)
    return handle


def _is_passing(error: Exception) -> TypeGuard[sqlite3.Error]:
    """Whether `error` says that the disk or the file is at fault, not the work."""
    primary = getattr(error, "sqlite_errorcode", 0) & 0xFF
    return primary in _NOT_NOW


def _busy(error: Exception) -> StoreBusy:
    return StoreBusy(f"The store cannot be used now: {error}. Is its disk full, or not writable?")
