"""How many clients are connected, and how many may be?

https://redis.io/docs/latest/develop/reference/clients/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.samples import number
from bot.diagnostics.units import count, percent

CHECK = "connections"


async def read(subject: Subject) -> Measured:
    """connected_clients, maxclients (0 when the server does not say)."""
    info = await subject.info()
    connected = number(info, "connected_clients")
    if connected is None:
        raise NotSupported("not supported by this server: INFO has no connected_clients")
    return {"connected_clients": connected, "maxclients": number(info, "maxclients") or 0}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    connected, most = measured["connected_clients"], measured["maxclients"]
    share = connected / most if most else 0
    of = f"{connected:,.0f} of {most:,.0f} clients ({percent(share)})"
    figure = of if most else count(connected, "client", "clients")
    severity, threshold = _severity(100 * share, connected, thresholds)
    is_ok = severity is Severity.OK
    return [
        Finding(
            check=CHECK,
            severity=severity,
            title=f"{figure} connected",
            meaning=""
            if is_ok
            else "When all are taken, new clients are turned away. Likely a connection leak.",
            figure=figure,
            threshold=threshold,
            next_step=None
            if is_ok
            else NextStep(label="Restart the application that leaks connections (step 8)."),
            figures={"connected_clients": connected, "maxclients": most},
        )
    ]


def _severity(taken_percent: float, connected: float, thresholds: ThresholdsTable) -> tuple[Severity, str]:
    if taken_percent > thresholds.clients_percent:
        return Severity.CRITICAL, f"critical over {thresholds.clients_percent:g} % of maxclients"
    if connected > thresholds.connected_clients:
        return Severity.WARNING, f"warning over {thresholds.connected_clients:,}"
    return Severity.OK, f"critical over {thresholds.clients_percent:g} % of maxclients"
