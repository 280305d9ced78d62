"""How many wait for a lock, and how long does the longest?

No statement is read, so none is quoted. https://www.postgresql.org/docs/current/view-pg-locks.html
"""

from typing import Any

from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.units import seconds
from bot.postgres.session import Session
from bot.postgres.table import DatabaseThresholdsTable

CHECK = "locks"
TELLS_SINCE_WHEN = 140_000
_LONGEST = "max(extract(epoch FROM clock_timestamp() - waitstart))::float"
QUERY = "SELECT count(DISTINCT pid)::int, {longest} FROM pg_locks WHERE NOT granted"


async def read(session: Session) -> dict[str, Any]:
    """waiting; longest_s, None where nobody waits or the server (before PostgreSQL 14) does not say."""
    longest = _LONGEST if session.version >= TELLS_SINCE_WHEN else "NULL::float"
    waiting, longest_s = await session.row(QUERY.format(longest=longest))
    return {"waiting": waiting, "longest_s": longest_s}


def judge(measured: dict[str, Any], thresholds: DatabaseThresholdsTable) -> list[Finding]:
    waiting, longest_s = measured["waiting"], measured["longest_s"]
    severity = _severity(waiting, longest_s or 0, thresholds)
    is_ok = severity is Severity.OK
    since = f", the longest for {seconds(longest_s)}" if longest_s is not None else ""
    who = "1 session waits" if waiting == 1 else f"{waiting:,} sessions wait"
    most = f"{thresholds.lock_wait_warning_s:g} s or {thresholds.lock_waits:,} sessions"
    step = "Find who holds the lock (pg_blocking_pids), and end that transaction by hand."
    return [
        Finding(
            check=CHECK,
            severity=severity,
            title=f"{who} for a lock{since}" if waiting else "nobody waits for a lock",
            meaning="" if is_ok else "A transaction that is held open keeps the others waiting.",
            figure=f"{waiting:,} waiting{since}",
            threshold=f"warning over {most}, critical over {thresholds.lock_wait_critical_s:g} s",
            next_step=None if is_ok else NextStep(label=step),
            figures={"locks_waiting": waiting, "longest_lock_wait_s": round(longest_s or 0, 1)},
        )
    ]


def _severity(waiting: int, longest_s: float, thresholds: DatabaseThresholdsTable) -> Severity:
    if longest_s > thresholds.lock_wait_critical_s:
        return Severity.CRITICAL
    is_much = longest_s > thresholds.lock_wait_warning_s or waiting > thresholds.lock_waits
    return Severity.WARNING if is_much else Severity.OK
