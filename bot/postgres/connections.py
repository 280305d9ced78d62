"""How many connections does it have, and how many may it have?

https://www.postgresql.org/docs/current/monitoring-stats.html#MONITORING-PG-STAT-DATABASE-VIEW
"""

from typing import Any

from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.units import percent
from bot.postgres.session import Session
from bot.postgres.table import DatabaseThresholdsTable

CHECK = "connections"
# Whoever may log in may read these two: pg_stat_activity hides others' rows from most users.
QUERY = "SELECT sum(numbackends)::int, current_setting('max_connections')::int FROM pg_stat_database"


async def read(session: Session) -> dict[str, Any]:
    """used, most."""
    used, most = await session.row(QUERY)
    return {"used": used or 0, "most": most}


def judge(measured: dict[str, Any], thresholds: DatabaseThresholdsTable) -> list[Finding]:
    used, most = measured["used"], measured["most"]
    share = 100 * used / most
    severity = _severity(share, thresholds)
    is_ok = severity is Severity.OK
    figure = f"{used:,} of {most:,} connections ({percent(share / 100)})"
    step = "Find who holds them, restart the application that leaks, or use a pooler."
    return [
        Finding(
            check=CHECK,
            severity=severity,
            title=f"{figure} taken",
            meaning="" if is_ok else "When all are taken, whoever comes is turned away. Likely a leak.",
            figure=figure,
            threshold=f"warning over {thresholds.connections_warning_percent:g} %, "
            f"critical over {thresholds.connections_critical_percent:g} %",
            next_step=None if is_ok else NextStep(label=step),
            figures={"database_connections": used, "database_connections_most": most},
        )
    ]


def _severity(share: float, thresholds: DatabaseThresholdsTable) -> Severity:
    if share > thresholds.connections_critical_percent:
        return Severity.CRITICAL
    return Severity.WARNING if share > thresholds.connections_warning_percent else Severity.OK
