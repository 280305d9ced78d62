"""Do writes fail right now for want of memory, or can nothing be evicted when they would?

errorstat_OOM counts the refused writes; rejected_connections does not: it counts maxclients only.
https://redis.io/docs/latest/develop/reference/eviction/
"""

from collections.abc import Mapping

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, Subject
from bot.diagnostics.samples import Info, errors
from bot.diagnostics.units import count, seconds
from bot.targets.outcome import Kind

CHECK = "writes"


async def read(subject: Subject) -> Measured:
    """refused: writes refused within window_s, None when void; refused_ever; whether eviction can work."""
    samples = await subject.samples()
    return {
        "refused": samples.errors_growth("OOM"),
        "refused_ever": errors(samples.second, "OOM"),
        "window_s": samples.window_s,
        "policy": str(samples.second.get("maxmemory_policy", "noeviction")),
        "has_limit": bool(samples.second.get("maxmemory")),
        "keys_with_ttl": _keys_with_ttl(samples.second),
        "is_full": (await subject.outcome()).kind is Kind.FULL,
        "target": subject.target.name,
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    findings = _refused(measured)
    if measured["has_limit"] and measured["policy"].startswith("volatile-") and not measured["keys_with_ttl"]:
        findings.append(_cannot_evict(measured["policy"]))
    return findings


def _refused(measured: Measured) -> list[Finding]:
    refused, within = measured["refused"], seconds(measured["window_s"])
    figures = {"oom_errors_ever": measured["refused_ever"]}
    if refused is None:
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title="the server restarted meanwhile")]
    if refused == 0:
        # On a full server that only means that nobody tried to write.
        severity = Severity.UNKNOWN if measured["is_full"] else Severity.OK
        title = f"no write was refused in {within}"
        return [Finding(check=CHECK, severity=severity, title=title, figures=figures | {"oom_errors": 0})]
    return [
        Finding(
            check=CHECK,
            severity=Severity.CRITICAL,
            title=f"{count(refused, 'OOM error', 'OOM errors')} in {within}: writes fail",
            meaning="The memory is full and nothing can be evicted. Reads and deletions still work.",
            figure=f"{refused:,.0f} in {within}",
            threshold="any is too many",
            next_step=NextStep(label="Clear cache…", verb="clear", ref=measured["target"]),
            figures=figures | {"oom_errors": refused, "window_s": measured["window_s"]},
        )
    ]


def _cannot_evict(policy: str) -> Finding:
    return Finding(
        check=CHECK,
        severity=Severity.WARNING,
        title=f"Nothing can be evicted: {policy}, and no key has a TTL",
        meaning="At the limit writes will fail instead of making room.",
        threshold="volatile-* needs keys with a TTL",
        next_step=NextStep(label="Give cache keys a TTL, or choose an allkeys-* policy."),
    )


def _keys_with_ttl(info: Info) -> float:
    keyspaces = [
        value for name, value in info.items() if name.startswith("db") and isinstance(value, Mapping)
    ]
    return float(sum(keyspace.get("expires", 0) for keyspace in keyspaces))
