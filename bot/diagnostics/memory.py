"""How full is the memory?

used_memory / maxmemory; INFO has no used_memory_percent. https://redis.io/docs/latest/commands/info/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.samples import number
from bot.diagnostics.units import in_bytes, percent

CHECK = "memory"


async def read(subject: Subject) -> Measured:
    """used_memory_bytes, limit_bytes (0 for none), is_own_limit: set on the server itself."""
    info = await subject.info()
    used_bytes = number(info, "used_memory")
    if used_bytes is None:
        raise NotSupported("not supported by this server: INFO has no used_memory")
    own_bytes = number(info, "maxmemory") or 0
    return {
        "used_memory_bytes": used_bytes,
        "limit_bytes": own_bytes or subject.target.memory_limit_bytes or 0,
        "is_own_limit": own_bytes > 0,
        "policy": str(info.get("maxmemory_policy", "")),
        "target": subject.target.name,
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    used_bytes, limit_bytes = measured["used_memory_bytes"], measured["limit_bytes"]
    if not limit_bytes:
        return [_no_limit(used_bytes)]
    share = used_bytes / limit_bytes
    severity, threshold = _severity(100 * share, thresholds)
    return [
        Finding(
            check=CHECK,
            severity=severity,
            title=f"Memory {percent(share)} of {in_bytes(limit_bytes)}",
            meaning="" if severity is Severity.OK else _meaning(measured),
            figure=f"{percent(share)} of {in_bytes(limit_bytes)}",
            threshold=threshold,
            next_step=None if severity is Severity.OK else _clear(measured["target"]),
            figures=_figures(measured) | {"memory_percent": round(100 * share, 1)},
        )
    ]


def _severity(used_percent: float, thresholds: ThresholdsTable) -> tuple[Severity, str]:
    critical, warning = thresholds.memory_critical_percent, thresholds.memory_warning_percent
    if used_percent > critical:
        return Severity.CRITICAL, f"critical over {critical:g} %"
    if used_percent > warning:
        return Severity.WARNING, f"warning over {warning:g} %"
    return Severity.OK, f"warning over {warning:g} %"


def _meaning(measured: Measured) -> str:
    if not measured["is_own_limit"]:
        return "The server has no maxmemory of its own: over this limit its host may kill it."
    if measured["policy"] == "noeviction":
        return "At the limit every write fails; nothing is evicted."
    return "At the limit keys are thrown away to make room."


def _no_limit(used_bytes: float) -> Finding:
    return Finding(
        check=CHECK,
        severity=Severity.NOTICE,
        title=f"Memory {in_bytes(used_bytes)}, no limit set",
        meaning="It grows until its host has none left and kills it.",
        figure=in_bytes(used_bytes),
        threshold="maxmemory is 0",
        next_step=NextStep(label="Set maxmemory, or memory_limit_bytes in pong.toml."),
        figures={"used_memory_bytes": used_bytes},
    )


def _clear(target: str) -> NextStep:
    return NextStep(label="Clear cache…", verb="clear", ref=target)


def _figures(measured: Measured) -> dict[str, float]:
    return {"used_memory_bytes": measured["used_memory_bytes"], "memory_limit_bytes": measured["limit_bytes"]}
