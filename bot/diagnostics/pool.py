"""How is the application's pool of Redis connections?

The runbook's step 6: `.redis` of /api/health/metrics has connected, connections, connectionErrors and
cacheHitRate.
"""

from typing import Any

from bot.applications.health import ask
from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject
from bot.diagnostics.units import count, percent

CHECK = "pool"
HIT_RATE_WARNS_UNDER = 0.5


async def read(subject: Subject) -> Measured:
    """connection_errors and cache_hit_rate (0 to 1), None where it says none; fault without an answer."""
    application = subject.target.application
    if application is None or application.metrics_url is None:
        raise NotSet("no metrics_url in pong.toml")
    answer = await ask(subject.http, application.metrics_url)
    pool = (answer.body or {}).get("redis")
    pool = pool if isinstance(pool, dict) else {}
    return {
        "application": application.name,
        "fault": answer.fault,
        "connections": _number(pool.get("connections")),
        "connection_errors": _number(pool.get("connectionErrors")),
        "cache_hit_rate": _number(pool.get("cacheHitRate")),
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    if measured["fault"]:
        title = f"the metrics of {measured['application']}: {measured['fault']}"
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=title)]
    findings = [*_errors(measured), *_hit_rate(measured, thresholds)]
    if not findings:
        title = f"{measured['application']} says nothing of its pool"
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=title)]
    return findings


def _errors(measured: Measured) -> list[Finding]:
    errors, name = measured["connection_errors"], measured["application"]
    if errors is None:
        return []
    figures = {"pool_connection_errors": errors}
    if errors == 0:
        title = f"{name} counts no connection errors"
        return [Finding(check=CHECK, severity=Severity.OK, title=title, figures=figures)]
    return [
        Finding(
            check=CHECK,
            severity=Severity.WARNING,
            title=f"{name} counts {count(errors, 'connection error', 'connection errors')}",
            meaning="Its pool lost Redis at least once since it started.",
            figure=f"{errors:,.0f}",
            threshold="any is too many",
            next_step=NextStep(label="If it goes on while Redis answers, restart the application (step 8)."),
            figures=figures,
        )
    ]


def _hit_rate(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    rate, name = measured["cache_hit_rate"], measured["application"]
    if rate is None:
        return []
    goal = thresholds.hit_rate_percent / 100
    severity = (
        Severity.WARNING if rate < HIT_RATE_WARNS_UNDER else Severity.NOTICE if rate < goal else Severity.OK
    )
    is_low = severity is not Severity.OK
    return [
        Finding(
            check=CHECK,
            severity=severity,
            title=f"{name} finds {percent(rate)} in its cache",
            meaning="Its answers come slower." if is_low else "",
            figure=percent(rate),
            threshold=f"under {percent(HIT_RATE_WARNS_UNDER if severity is Severity.WARNING else goal)}",
            figures={"pool_cache_hit_rate_percent": round(100 * rate, 1)},
        )
    ]


def _number(value: Any) -> float | None:
    return float(value) if isinstance(value, int | float) and not isinstance(value, bool) else None
