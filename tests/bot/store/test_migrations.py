"""Does the schema come to be once, and can other tools open the file?"""

import sqlite3
from pathlib import Path

from sqlite_utils import Database

from bot.store.migrations import migrations
from bot.store.sqlite import open_sqlite


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


async def test_a_store_of_before_is_brought_up_to_date_and_keeps_what_it_holds(tmp_path: Path) -> None:
    path = tmp_path / "pong.db"
    database = Database(str(path))
    migrations.apply(database, stop_before="quick_questions")
    for sql in (
        "INSERT INTO inbox (source, dedup_key, body, received_ms, state)"
        " VALUES ('a', 'k', '{}', 1, 'failed')",
        "INSERT INTO approvals VALUES (1, 1, 'U0', 'used', 'd',"
        """ '{"plan": {"remediation": "protect", "target": "redis-prod", "steps": [{"n": 0}]}}', 1)""",
        "INSERT INTO approvals VALUES (2, 1, 'U0', 'used', 'd', '{}', 1)",
        "INSERT INTO executions (approval_id, state) VALUES (1, 'succeeded')",
        "INSERT INTO steps (execution_id, n, state) VALUES (1, 0, 'done')",
    ):
        database.execute(sql)
    database.conn.commit()
    database.conn.close()
    store = open_sqlite(f"sqlite:///{path}", redact=str, mirror=lambda event: None)
    assert await store.read(lambda r: r.inbox.count("failed")) == 1
    assert await store.read(lambda r: r.approvals.steps_done_on("redis-prod", "protect")) == [{"n": 0}]
    await store.close()
