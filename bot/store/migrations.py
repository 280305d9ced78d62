"""What was changed last in the store's tables? A change is a new function at the end."""

from sqlite_utils import Database

from bot.store.tables import migrations

__all__ = ["migrations"]


@migrations()
def quick_questions(database: Database) -> None:
    """What is asked at each alert, tick and redraw costs the same after years: no table is read whole."""
    database.executescript("""
        -- Partial, so that what asks for a few rows does not take these and sort all that waits.
        CREATE INDEX inbox_counted ON inbox (state) WHERE state <> '';
        CREATE INDEX outbox_counted ON outbox (state) WHERE state <> '';
        CREATE INDEX incidents_still_open ON incidents (id) WHERE status <> 'resolved';
        CREATE INDEX incidents_open_on ON incidents (target, id) WHERE status <> 'resolved';
        CREATE INDEX incidents_of_target ON incidents (target, runbook, id);
        CREATE INDEX incidents_by_opening ON incidents (opened_ms);
        CREATE INDEX executions_by_beginning ON executions (begun_ms);
        CREATE INDEX approvals_of_plan ON approvals (
            json_extract(facts, '$.plan.remediation'), json_extract(facts, '$.plan.target')
        );
    """)


@migrations()
def still_full(database: Database) -> None:
    """What is old is emptied, and is found without a look at what is empty by now."""
    database.executescript("""
        CREATE INDEX inbox_still_full ON inbox (received_ms) WHERE state = 'done' AND body <> '';
        CREATE INDEX outbox_still_full ON outbox (created_ms) WHERE state = 'sent' AND payload <> '{}';
    """)


@migrations()
def changes(database: Database) -> None:
    """What comes out of order from where alerts come from."""
    database.executescript("""
        CREATE TABLE changes (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            alert_key TEXT NOT NULL,
            happened_ms INTEGER NOT NULL,
            kept_ms INTEGER NOT NULL,
            facts TEXT NOT NULL
        );
        CREATE INDEX changes_of_alert ON changes (source, alert_key);
        CREATE INDEX changes_kept ON changes (kept_ms);
        CREATE TABLE newest (
            source TEXT NOT NULL,
            alert_key TEXT NOT NULL,
            strand TEXT NOT NULL,
            happened_ms INTEGER NOT NULL,
            PRIMARY KEY (source, alert_key, strand)
        );
    """)
