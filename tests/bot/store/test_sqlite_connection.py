"""Can a store be looked at while another process works on it?"""

import asyncio
import os
from pathlib import Path

import pytest
from sqlite_utils import Database

from bot.errors import SettingsError
from bot.store.protocol import Store
from bot.store.sqlite_connection import SqliteConnection, drive, looking_at, path_of


def test_the_file_is_read_from_the_address() -> None:
    assert path_of("sqlite:///pong.db") == Path("pong.db")
    assert path_of("sqlite:////var/lib/pong/pong.db") == Path("/var/lib/pong/pong.db")
    for wrong in ("", "pong.db", "sqlite:///", "sqlite://", "postgresql://h/db"):
        with pytest.raises(SettingsError):
            path_of(wrong)


def test_work_that_never_waits_is_driven_to_its_end() -> None:
    async def work() -> int:
        return 4

    async def waits() -> None:
        await asyncio.sleep(0)

    assert drive(work()) == 4
    with pytest.raises(RuntimeError, match="awaits nothing but its records"):
        drive(waits())


async def test_an_onlooker_sees_what_a_working_pong_has_committed(store: Store, url: str) -> None:
    await store.write(lambda records: records.inbox.accept("test", "one", "{}", at_ms=1))
    async with looking_at(url) as look:
        assert look(lambda records: records.inbox.count("new")) == 1
        await store.write(lambda records: records.inbox.accept("test", "two", "{}", at_ms=1))
        assert look(lambda records: records.inbox.count("new")) == 2


async def test_a_store_that_is_not_there_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(SettingsError, match="There is no store"):
        async with looking_at(f"sqlite:///{tmp_path / 'pong.db'}"):
            pass
    assert os.listdir(tmp_path) == []


def of_numbers() -> Database:
    database = Database(memory=True)
    database.executescript("CREATE TABLE numbers (n INTEGER); INSERT INTO numbers VALUES (1), (2), (3)")
    return database


def test_of_many_rows_that_answer_one_is_wanted_and_not_all_are_read() -> None:
    database, read = of_numbers(), list[int]()
    database.conn.create_function("noted", 1, read.append)
    row = drive(SqliteConnection(database).row("SELECT n, noted(n) AS noted FROM numbers"))
    assert row == {"n": 1, "noted": None}
    assert len(read) < 3
    database.conn.close()


def test_a_change_that_gives_rows_back_is_whole_when_one_is_taken() -> None:
    database = of_numbers()
    database.conn.execute("BEGIN")
    assert drive(SqliteConnection(database).row("UPDATE numbers SET n = n + 1 RETURNING n")) == {"n": 2}
    assert database.conn.total_changes == 6
    database.conn.execute("COMMIT")
    assert database.conn.execute("SELECT n FROM numbers").fetchall() == [(2,), (3,), (4,)]
    database.conn.close()
