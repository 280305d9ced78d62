"""Which tables does the store have, and how did they come to be? What came last is in `migrations.py`."""

from sqlite_utils import Database, Migrations

migrations = Migrations("pong")


@migrations()
def inbox(database: Database) -> None:
    database.executescript("""
        CREATE TABLE inbox (
            id INTEGER PRIMARY KEY,
            source TEXT NOT NULL,
            dedup_key TEXT NOT NULL,
            headers TEXT NOT NULL DEFAULT '{}',
            body TEXT NOT NULL,
            received_ms INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'new',   -- new | working | done | failed
            attempts INTEGER NOT NULL DEFAULT 0,
            next_ms INTEGER NOT NULL DEFAULT 0,
            lease_ms INTEGER NOT NULL DEFAULT 0,
            error TEXT,
            UNIQUE (source, dedup_key)
        );
        CREATE INDEX inbox_waiting ON inbox (id) WHERE state IN ('new', 'working');
        CREATE TABLE alerts (
            source TEXT NOT NULL,
            alert_key TEXT NOT NULL,
            incident_id INTEGER,
            status TEXT NOT NULL,
            starts_ms INTEGER,
            ends_ms INTEGER,
            seen INTEGER NOT NULL DEFAULT 1,
            PRIMARY KEY (source, alert_key)
        );
    """)


@migrations()
def incidents(database: Database) -> None:
    database.executescript("""
        CREATE TABLE incidents (
            id INTEGER PRIMARY KEY,
            runbook TEXT NOT NULL,
            target TEXT NOT NULL DEFAULT '',
            status TEXT NOT NULL,
            opened_ms INTEGER NOT NULL,
            resolved_ms INTEGER,
            version INTEGER NOT NULL,
            facts TEXT NOT NULL
        );
        CREATE UNIQUE INDEX incidents_open ON incidents (runbook, target) WHERE status <> 'resolved';
        CREATE TABLE events (
            seq INTEGER PRIMARY KEY,
            incident_id INTEGER NOT NULL,
            at_ms INTEGER NOT NULL,
            actor TEXT NOT NULL,
            kind TEXT NOT NULL,
            data TEXT NOT NULL,
            prev_hash TEXT NOT NULL,
            hash TEXT NOT NULL
        );
        CREATE INDEX events_of_incident ON events (incident_id, seq);
        CREATE TABLE timers (
            id INTEGER PRIMARY KEY,
            incident_id INTEGER NOT NULL,
            kind TEXT NOT NULL,
            slot INTEGER NOT NULL,
            due_ms INTEGER NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting',   -- waiting | fired | cancelled
            owner TEXT NOT NULL DEFAULT '',
            lease_ms INTEGER NOT NULL DEFAULT 0,
            fence INTEGER NOT NULL DEFAULT 0,
            UNIQUE (incident_id, kind, slot)
        );
        CREATE INDEX timers_due ON timers (due_ms) WHERE state = 'waiting';
    """)


@migrations()
def outbox(database: Database) -> None:
    database.executescript("""
        CREATE TABLE messages (
            id TEXT PRIMARY KEY,
            lane TEXT NOT NULL,
            parent_id TEXT,
            ts TEXT
        );
        CREATE INDEX messages_by_ts ON messages (lane, ts);
        CREATE TABLE outbox (
            id INTEGER PRIMARY KEY,
            lane TEXT NOT NULL,
            message_id TEXT NOT NULL,
            class INTEGER NOT NULL,
            dedup_key TEXT NOT NULL UNIQUE,
            coalesce_key TEXT,
            method TEXT NOT NULL,
            payload TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'pending',   -- pending | sending | sent | failed | replaced
            attempts INTEGER NOT NULL DEFAULT 0,
            next_ms INTEGER NOT NULL DEFAULT 0,
            tried_ms INTEGER,
            created_ms INTEGER NOT NULL,
            sent_ms INTEGER,
            file_link TEXT,
            error TEXT
        );
        CREATE INDEX outbox_waiting ON outbox (lane, class, id) WHERE state IN ('pending', 'sending');
        CREATE INDEX outbox_of_message ON outbox (message_id) WHERE state IN ('pending', 'sending');
    """)


@migrations()
def lanes(database: Database) -> None:
    database.executescript("""
        CREATE TABLE lanes (
            lane TEXT PRIMARY KEY,
            next_ms INTEGER NOT NULL DEFAULT 0,
            owner TEXT NOT NULL DEFAULT '',
            lease_ms INTEGER NOT NULL DEFAULT 0,
            fence INTEGER NOT NULL DEFAULT 0
        );
        CREATE TABLE budgets (
            method TEXT PRIMARY KEY,
            next_ms INTEGER NOT NULL
        );
    """)


@migrations()
def approvals(database: Database) -> None:
    database.executescript("""
        CREATE TABLE approvals (
            id INTEGER PRIMARY KEY,
            incident_id INTEGER NOT NULL,
            requester TEXT NOT NULL,
            state TEXT NOT NULL,
            digest TEXT NOT NULL,
            facts TEXT NOT NULL,
            created_ms INTEGER NOT NULL
        );
        CREATE TABLE votes (
            approval_id INTEGER NOT NULL REFERENCES approvals (id),
            voter TEXT NOT NULL,
            vote TEXT NOT NULL,
            digest TEXT NOT NULL,
            at_ms INTEGER NOT NULL,
            UNIQUE (approval_id, voter)
        );
    """)


@migrations()
def executions(database: Database) -> None:
    database.executescript("""
        CREATE TABLE executions (
            id INTEGER PRIMARY KEY,
            approval_id INTEGER NOT NULL UNIQUE REFERENCES approvals (id),
            state TEXT NOT NULL,   -- ready | executing | succeeded | failed | unknown
            owner TEXT NOT NULL DEFAULT '',
            lease_ms INTEGER NOT NULL DEFAULT 0,
            fence INTEGER NOT NULL DEFAULT 0,
            stop_asked_by TEXT,
            result TEXT
        );
        CREATE TABLE steps (
            execution_id INTEGER NOT NULL REFERENCES executions (id),
            n INTEGER NOT NULL,
            state TEXT NOT NULL,   -- intended | done | failed | unknown
            cursor TEXT,
            evidence TEXT,
            PRIMARY KEY (execution_id, n)
        );
    """)


@migrations()
def findings(database: Database) -> None:
    database.executescript("""
        CREATE TABLE findings (
            id INTEGER PRIMARY KEY,
            incident_id INTEGER NOT NULL,
            at_ms INTEGER NOT NULL,
            kind TEXT NOT NULL,
            facts TEXT NOT NULL
        );
    """)


@migrations()
def indexes(database: Database) -> None:
    database.executescript("""
        CREATE INDEX alerts_of_incident ON alerts (incident_id, status);
        CREATE INDEX approvals_of_incident ON approvals (incident_id);
        CREATE INDEX executions_waiting ON executions (state, id) WHERE state IN ('ready', 'executing');
        CREATE INDEX findings_of_incident ON findings (incident_id, id);
    """)


@migrations()
def names(database: Database) -> None:
    database.executescript("CREATE TABLE names (id TEXT PRIMARY KEY, handle TEXT NOT NULL);")


@migrations()
def samples(database: Database) -> None:
    database.executescript("""
        CREATE TABLE samples (
            incident_id INTEGER NOT NULL,
            at_ms INTEGER NOT NULL,
            run_id TEXT NOT NULL,
            used_bytes INTEGER NOT NULL,
            limit_bytes INTEGER NOT NULL,
            ops_per_s REAL NOT NULL,
            clients INTEGER NOT NULL,
            hits INTEGER NOT NULL,
            misses INTEGER NOT NULL,
            evicted INTEGER NOT NULL,
            refused INTEGER NOT NULL
        );
        CREATE INDEX samples_of_incident ON samples (incident_id, at_ms);
    """)


@migrations()
def watches(database: Database) -> None:
    database.executescript("""
        CREATE TABLE watches (
            id INTEGER PRIMARY KEY,
            target TEXT NOT NULL,
            message_id TEXT NOT NULL,
            until_ms INTEGER NOT NULL,
            is_on INTEGER NOT NULL,
            last TEXT
        );
        CREATE INDEX watches_on ON watches (id) WHERE is_on = 1;
    """)


@migrations()
def pings(database: Database) -> None:
    database.executescript("ALTER TABLE samples ADD COLUMN ping_ms REAL;")


@migrations()
def begun(database: Database) -> None:
    database.executescript("ALTER TABLE executions ADD COLUMN begun_ms INTEGER;")


@migrations()
def words(database: Database) -> None:
    """A plan keeps the words that it was asked with; it kept the name of a class of key alone."""
    database.executescript("""
        UPDATE approvals SET facts = json_remove(
            json_set(
                facts,
                '$.words', json_array(json_extract(facts, '$.class_name')),
                '$.plan.remediation', 'clear'
            ),
            '$.class_name'
        ) WHERE json_extract(facts, '$.class_name') IS NOT NULL;
        ALTER TABLE steps ADD COLUMN detail TEXT;
    """)


@migrations()
def alert_links(database: Database) -> None:
    """Where an alert stands at its source."""
    database.executescript("ALTER TABLE alerts ADD COLUMN link TEXT;")


@migrations()
def errands(database: Database) -> None:
    """What is written back to where alerts come from, and an alert's labels, by which it is silenced."""
    database.executescript("""
        ALTER TABLE alerts ADD COLUMN labels TEXT;
        CREATE TABLE errands (
            id INTEGER PRIMARY KEY,
            incident_id INTEGER NOT NULL,
            kind TEXT NOT NULL,
            facts TEXT NOT NULL,
            state TEXT NOT NULL DEFAULT 'waiting',   -- waiting | done | failed | over
            tries INTEGER NOT NULL DEFAULT 0,
            at_ms INTEGER NOT NULL
        );
        CREATE INDEX errands_of_incident ON errands (incident_id, id);
    """)


@migrations()
def moments(database: Database) -> None:
    database.executescript("CREATE INDEX events_at ON events (incident_id, kind, at_ms);")


@migrations()
def alert_names(database: Database) -> None:
    """What an alert is called: of what still fires that is said."""
    database.executescript("ALTER TABLE alerts ADD COLUMN name TEXT;")
