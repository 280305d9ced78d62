"""How much traffic comes now, and is it high while nothing limits it? The runbook's step 3.

Asked of Prometheus, with the query of pong.toml. https://prometheus.io/docs/prometheus/latest/querying/api/
"""

import math
from typing import Any

from bot.applications.health import ask
from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject
from bot.targets.outcome import Kind

CHECK = "traffic"
UNLIMITED = (Kind.FULL, Kind.READ_ONLY, Kind.WRITES_STOPPED)  # reachable, but no counter can be written


async def read(subject: Subject) -> Measured:
    """requests_per_s (None: the query gives no figure); high_per_s; has_limits: can Redis count visitors?"""
    traffic = subject.target.traffic
    if traffic is None:
        raise NotSet("no traffic_query in pong.toml, or no PROMETHEUS_URL")
    answer = await ask(subject.http, traffic.url)
    outcome = await subject.outcome()
    return {
        "requests_per_s": figure_of(answer.body) if answer.body else None,
        "fault": answer.fault,
        "high_per_s": traffic.high_per_s,
        "has_limits": outcome.is_reachable and outcome.kind not in UNLIMITED,
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    rate, high = measured["requests_per_s"], measured["high_per_s"]
    if rate is None:
        why = f"Prometheus {measured['fault']}" if measured["fault"] else "the query gives no figure"
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title=why)]
    said: dict[str, Any] = {
        "figure": f"{rate:,.0f} requests/s",
        "figures": {"requests_per_s": round(rate, 1)},
    }
    said["threshold"] = f"high over {high:,.0f}/s" if high is not None else ""
    is_high = high is not None and rate > high
    if not is_high or measured["has_limits"]:
        severity = Severity.NOTICE if is_high else Severity.OK
        return [Finding(check=CHECK, severity=severity, title=f"Traffic is {said['figure']}", **said)]
    return [
        Finding(
            check=CHECK,
            severity=Severity.CRITICAL,
            title=f"{said['figure']} and no rate limiting",
            meaning="Nothing holds back whoever asks too much: it may be an attack.",
            next_step=NextStep(
                label="Limit it before the application (DDoS protection), then fallback mode (step 12)."
            ),
            **said,
        )
    ]


def figure_of(body: dict[str, Any]) -> float | None:
    """The one figure of an instant query: a scalar, or a vector of one."""
    data = body.get("data")
    result = data.get("result") if isinstance(data, dict) else None
    if isinstance(result, list) and result and isinstance(result[0], dict):
        result = result[0].get("value") if len(result) == 1 else None
    if not (isinstance(result, list) and len(result) == 2):
        return None
    try:
        figure = float(result[1])
    except (TypeError, ValueError):
        return None
    return figure if math.isfinite(figure) else None
