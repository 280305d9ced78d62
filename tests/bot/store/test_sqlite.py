"""Is the SQLite store safe against a second process, a full disk and a sudden end, and are its reads free?"""

import asyncio
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest

from bot.errors import SettingsError, StoreBusy, StoreLocked
from bot.store.records import Records
from bot.store.sqlite import SqliteStore, open_sqlite
from bot.text import redact

ROOT = Path(__file__).parents[3]
OPENS = """
import asyncio, sys
from bot.store.sqlite import open_sqlite
store = open_sqlite(sys.argv[1], redact=str, mirror=print)
print("open", flush=True)
sys.stdin.readline()
asyncio.run(store.close())
"""
WRITES = """
import asyncio, sys
from bot.store.sqlite import open_sqlite
async def main():
    store = open_sqlite(sys.argv[1], redact=str, mirror=print)
    async def writes(worker):
        number = 0
        while True:
            await store.write(lambda r: r.inbox.accept("test", f"{worker}-{number}", "{}", at_ms=1))
            print(f"{worker}-{number}", flush=True)
            number += 1
    await asyncio.gather(*(writes(worker) for worker in range(8)))
asyncio.run(main())
"""


async def keep(records: Records, key: str, body: str = "{}") -> int | None:
    return await records.inbox.accept("test", key, body, at_ms=1)


def child(script: str, url: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-c", script, url],
        cwd=ROOT,
        text=True,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
    )


def test_a_second_process_is_refused_with_a_sentence(tmp_path: Path, url: str) -> None:
    with child(OPENS, url) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "open\n"
        with pytest.raises(StoreLocked) as refused:
            open_sqlite(url, redact=redact, mirror=print)
        assert str(refused.value) == (
            f"Another Pong (process {first.pid}) works on {tmp_path / 'pong.db'}:"
            " stop it first, or give this one its own DATABASE_URL."
        )
        first.communicate("\n")


async def test_the_lock_ends_with_its_process_even_when_it_is_killed(url: str) -> None:
    with child(OPENS, url) as first:
        assert first.stdout is not None
        assert first.stdout.readline() == "open\n"
        first.kill()
        first.communicate()
    store = open_sqlite(url, redact=redact, mirror=print)
    await store.close()


def test_what_a_killed_process_had_committed_is_there(tmp_path: Path, url: str) -> None:
    said: list[str] = []
    for _ in range(3):
        with child(WRITES, url.replace("pong.db", f"{len(said)}.db")) as writer:
            assert writer.stdout is not None
            lines = [writer.stdout.readline().strip() for _ in range(200)]
            writer.kill()
            rest, _ = writer.communicate()
            lines += [line for line in rest.split("\n")[:-1] if line]
        with sqlite3.connect(tmp_path / f"{len(said)}.db") as connection:
            kept = {key for (key,) in connection.execute("SELECT dedup_key FROM inbox")}
            assert connection.execute("PRAGMA integrity_check").fetchone() == ("ok",)
        connection.close()
        assert set(lines) <= kept
        said += lines


async def test_a_long_read_does_not_hold_up_a_writer(store: SqliteStore) -> None:
    async def slow(records: Records) -> float:
        time.sleep(0.5)  # noqa: ASYNC251 - on a reader's thread
        await records.inbox.count("new")
        return time.monotonic()

    await store.write(lambda records: keep(records, "first"))
    reads = asyncio.create_task(store.read(slow))
    await asyncio.sleep(0)
    await store.write(lambda records: keep(records, "second"))
    written = time.monotonic()
    assert written < await reads


async def test_waiting_writes_are_committed_together(store: SqliteStore, tmp_path: Path) -> None:
    """One commit for many: a thousand writes must not be a thousand fsyncs."""
    commits: list[str] = []
    store._database.conn.set_trace_callback(lambda sql: commits.append(sql) if sql == "COMMIT" else None)
    await asyncio.gather(*(store.write(lambda records, n=n: keep(records, str(n))) for n in range(1_000)))
    assert len(commits) < 100


async def test_a_write_that_changes_nothing_wakes_nobody(store: SqliteStore) -> None:
    changes = store.changes()
    await store.write(lambda records: records.inbox.claim(now_ms=1, lease_ms=1, most=1))
    with pytest.raises(TimeoutError):
        async with asyncio.timeout(0.2):
            await changes.wait(60)
    await store.write(lambda records: records.inbox.accept("test", "one", "{}", at_ms=1))
    async with asyncio.timeout(5):
        await changes.wait(60)


async def test_the_writer_syncs_in_full_and_keeps_a_wal(store: SqliteStore) -> None:
    pragmas = [
        store._database.execute(f"PRAGMA {name}").fetchone()[0] for name in ("journal_mode", "synchronous")
    ]
    assert pragmas == ["wal", 2]


async def test_a_full_disk_is_said_and_passes(store: SqliteStore) -> None:
    pages = store._database.execute("PRAGMA page_count").fetchone()[0]
    store._database.execute(f"PRAGMA max_page_count={pages}")
    outcomes = await asyncio.gather(
        *(store.write(lambda records, n=n: keep(records, str(n), "x" * 9_000)) for n in range(5)),
        return_exceptions=True,
    )
    assert all(isinstance(outcome, StoreBusy) for outcome in outcomes), outcomes
    assert "disk full" in str(outcomes[0])
    store._database.execute("PRAGMA max_page_count=1000000")
    assert await store.write(lambda records: keep(records, "after", "x" * 9_000)) is not None


async def test_a_store_that_turned_read_only_is_said(store: SqliteStore) -> None:
    store._database.execute("PRAGMA query_only=ON")
    with pytest.raises(StoreBusy):
        await store.write(lambda records: keep(records, "one"))
    store._database.execute("PRAGMA query_only=OFF")
    assert await store.write(lambda records: keep(records, "two")) is not None


async def test_work_that_hides_the_disks_error_harms_nobody_else(store: SqliteStore) -> None:
    """SQLite may give up the whole transaction in the middle of a job: then all in it are told."""

    async def hides(records: Records) -> None:
        await records.inbox._connection.run("ROLLBACK")
        raise ValueError("and says something else")

    outcomes = await asyncio.gather(
        store.write(hides), store.write(lambda records: keep(records, "neighbour")), return_exceptions=True
    )
    assert isinstance(outcomes[0], StoreBusy)
    assert await store.write(lambda records: keep(records, "later")) is not None


async def test_a_mirror_that_fails_stops_nothing(url: str) -> None:
    def fails(event: object) -> None:
        raise BrokenPipeError("stdout is gone")

    store = open_sqlite(url, redact=redact, mirror=fails)
    await store.write(lambda records: records.timeline.note(1, "said", actor="pong", at_ms=1))
    assert len(await store.read(lambda records: records.timeline.of(1))) == 1
    await store.close()


def test_a_caller_whose_loop_has_ended_stops_nothing(url: str) -> None:
    store = open_sqlite(url, redact=redact, mirror=print)

    async def leaves() -> None:
        store.changes()
        task = asyncio.create_task(store.write(lambda records: keep(records, "left")))
        await asyncio.sleep(0)
        task.cancel()

    async def comes() -> int:
        await store.write(lambda records: keep(records, "came"))
        count = await store.read(lambda records: records.inbox.count("new"))
        await store.close()
        return count

    asyncio.run(leaves())
    assert asyncio.run(comes()) == 2


async def test_the_file_is_opened_again_with_all_that_was_in_it(url: str) -> None:
    for number in range(3):
        store = open_sqlite(url, redact=redact, mirror=print)
        await store.write(lambda records, n=number: keep(records, str(n)))
        assert await store.read(lambda records: records.inbox.count("new")) == number + 1
        await store.close()


def test_an_address_that_is_no_sqlite_file_is_refused() -> None:
    with pytest.raises(SettingsError, match=r"sqlite:///pong\.db"):
        open_sqlite("mysql://h/db", redact=redact, mirror=print)


def test_a_file_that_is_no_database_is_refused_with_a_sentence(tmp_path: Path, url: str) -> None:
    (tmp_path / "pong.db").write_bytes(b"not a database at all" * 100)
    with pytest.raises(StoreLocked, match="cannot be opened"):
        open_sqlite(url, redact=redact, mirror=print)


def test_the_lock_file_is_for_its_owner_only(tmp_path: Path, url: str) -> None:
    asyncio.run(open_sqlite(url, redact=redact, mirror=print).close())
    assert os.stat(tmp_path / "pong.db.lock").st_mode & 0o077 == 0
