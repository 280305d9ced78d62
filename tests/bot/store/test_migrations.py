"""Does the schema come to be once, and can other tools open the file?"""

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from bot.store.migrations import migrations


def test_a_second_application_changes_nothing(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "pong.db"))
    migrations.apply(database)
    before = database.schema
    migrations.apply(database)
    assert database.schema == before
    database.conn.close()


def test_a_plain_client_reads_the_tables(tmp_path: Path) -> None:
    database = Database(str(tmp_path / "pong.db"))
    migrations.apply(database)
    database.conn.close()
    with sqlite3.connect(tmp_path / "pong.db") as connection:
        tables = {
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        }
    connection.close()
    assert {"inbox", "alerts", "incidents", "events", "timers", "messages", "outbox", "lanes"} <= tables
    assert {"budgets", "approvals", "votes", "executions", "steps", "findings"} <= tables
