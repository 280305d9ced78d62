"""Does what is asked of the store cost the same after years?

https://sqlite.org/eqp.html
"""

import ast
import importlib
import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from sqlite_utils import Database

import bot.store
from bot.store.migrations import migrations

STORE = Path(bot.store.__file__).parent

# Indexes over the few rows that wait, are open or go on: these may be read from end to end.
OVER_A_FEW = {
    "executions_waiting",
    "inbox_waiting",
    "incidents_still_open",
    "outbox_of_message",
    "outbox_waiting",
    "timers_due",
    "watches_on",
}
# What reads a whole table, and why it may.
MAY_SCAN = {
    "incidents.newest": "it ends at its LIMIT",
    "incidents.oldest_of_last_ms": "it ends at its LIMIT",
    "names.all": "as many rows as people who spoke to Pong",
    "outbox.counts": "the index over the states alone, on a reader",
    "sending.budgets": "a row for each method of Slack's",
    "sending.lanes": "a row for each channel",
    "sending.release_all": "a row for each channel, at the start",
}
# With much that waits, another index would have all of it read and sorted for each row that is taken.
WANTED = {
    "inbox.claim": "inbox_waiting",
    "outbox._unsent": "outbox_of_message",
    "outbox.counts": "COVERING INDEX outbox_counted",
    "inbox.count": "COVERING INDEX inbox_counted",
    "sending.waiting": "outbox_waiting",
    "timers.claim": "timers_due",
    "old.empty": "inbox_still_full",
}


def statements() -> Iterator[tuple[str, str]]:
    """Every statement in the store's modules, by the module and function that it stands in."""
    for file in sorted(STORE.glob("*.py")):
        module = importlib.import_module(f"bot.store.{file.stem}")
        for function in ast.walk(ast.parse(file.read_text("utf-8"))):
            if isinstance(function, ast.AsyncFunctionDef):
                yield from (
                    (f"{file.stem}.{function.name}", sql) for sql in _asked_in(function, vars(module))
                )


def _asked_in(function: ast.AsyncFunctionDef, names: dict[str, Any]) -> Iterator[str]:
    for node in ast.walk(function):
        if (
            isinstance(node, ast.Call)
            and isinstance(node.func, ast.Attribute)
            and node.func.attr in ("row", "rows", "run")
            and ast.unparse(node.func.value) == "self._connection"
        ):
            yield eval(compile(ast.Expression(node.args[0]), function.name, "eval"), names)  # noqa: S307


STATEMENTS = list(statements())


@pytest.fixture
def database() -> Iterator[Database]:
    database = Database(memory=True)
    migrations.apply(database)
    yield database
    database.conn.close()


def plan(database: Database, sql: str) -> list[str]:
    parameters = dict.fromkeys(re.findall(r"(?<!\w):(\w+)", sql))
    return [row[3] for row in database.execute(f"EXPLAIN QUERY PLAN {sql}", parameters).fetchall()]


def scans(database: Database, sql: str) -> list[str]:
    """The steps of `sql` that read a table of the store from end to end."""
    found = [step for step in plan(database, sql) if step.startswith("SCAN") and "VIRTUAL TABLE" not in step]
    return [step for step in found if not OVER_A_FEW & set(step.split())]


def test_no_statement_reads_a_whole_table_that_grows(database: Database) -> None:
    assert len(STATEMENTS) > 80
    found = [f"{name}: {step}" for name, sql in STATEMENTS for step in scans(database, sql)]
    assert not [line for line in found if line.split(":")[0] not in MAY_SCAN]


def test_what_may_read_a_whole_table_does_so(database: Database) -> None:
    scanning = {name for name, sql in STATEMENTS if scans(database, sql)}
    assert set(MAY_SCAN) <= scanning


def test_what_may_be_read_whole_is_over_a_part_of_a_table(database: Database) -> None:
    indexes = dict(database.execute("SELECT name, sql FROM sqlite_master WHERE type = 'index'").fetchall())
    assert all(" WHERE " in indexes[name] for name in OVER_A_FEW)


@pytest.mark.parametrize(("name", "index"), WANTED.items())
def test_what_waits_is_found_by_the_index_for_it(database: Database, name: str, index: str) -> None:
    steps = [step for asked, sql in STATEMENTS if asked == name for step in plan(database, sql)]
    assert any(index in step for step in steps), steps
