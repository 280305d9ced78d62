"""What is asked and said when an application's PostgreSQL fails?

It is only looked at: connections and locks are figures here, and whoever ends one does so by hand.
"""

from bot.runbooks.runbook import LooksAt, Runbook, Words

_DOWN = Words(
    impact="The database does not serve, reads and writes fail",
    while_down="Reads and writes of the database fail",
)

DATABASE_FAILURE = Runbook(
    name="database-failure",
    title="Database Failure",
    looks_at=LooksAt.DATABASE,
    public_title="Errors when using our service",
    public_words="Some actions{whose} may fail.",
    severity="P1",
    alerts=frozenset(
        {
            "DatabaseDown",
            "PostgresDown",
            "PostgresConnectionFailed",
            "PostgresTooManyConnections",
            "PostgresLocksHeld",
        }
    ),
    acknowledgement="Acknowledged DATABASE_FAILURE - investigating",
    words={
        "": _DOWN,
        "PostgresTooManyConnections": Words(
            impact="The database turns new connections away, part of the requests fails",
            while_down="New connections to the database may be turned away",
        ),
        "PostgresLocksHeld": Words(
            impact="Statements wait for locks, what writes is slow or fails",
            while_down="Statements of the database wait for locks",
        ),
    },
    allowed={},
)
