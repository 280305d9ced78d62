"""Is this a primary, and do its replicas follow?

https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
"""

from collections.abc import Mapping
from typing import Any

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject
from bot.diagnostics.samples import Info, number
from bot.diagnostics.units import count, in_bytes

CHECK = "replication"


async def read(subject: Subject) -> Measured:
    """role; is_link_up (replicas only); the replicas, those not online, the longest lag and the backlog."""
    info = await subject.info()
    if "role" not in info:
        raise NotSupported("not supported by this server: INFO has no section on replication")
    replicas = _replicas(info)
    offset = number(info, "master_repl_offset") or 0
    lags = [
        offset - float(replica.get("offset", 0)) for replica in replicas if replica.get("state") == "online"
    ]
    return {
        "role": str(info["role"]),
        "is_meant_as_replica": subject.target.is_replica,
        "is_link_up": info.get("master_link_status") == "up",
        "replicas": len(replicas),
        "replicas_away": len(replicas) - len(lags),
        "lag_bytes": max(lags, default=0.0),
        "backlog_bytes": number(info, "repl_backlog_size") or 0,
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    if measured["is_meant_as_replica"]:
        return [_meant_as_replica(measured)]
    if measured["role"] == "slave":
        return [_replica(measured["is_link_up"])]
    if measured["replicas_away"]:
        replicas = count(measured["replicas"], "replica", "replicas")
        return [_warning(f"{measured['replicas_away']} of {replicas} not online", measured)]
    if 0 < measured["backlog_bytes"] < measured["lag_bytes"]:
        behind, backlog = in_bytes(measured["lag_bytes"]), in_bytes(measured["backlog_bytes"])
        return [_warning(f"A replica is {behind} behind, over the backlog of {backlog}", measured)]
    title = f"Primary with {count(measured['replicas'], 'replica', 'replicas')}"
    return [Finding(check=CHECK, severity=Severity.OK, title=title, figures=_figures(measured))]


def _meant_as_replica(measured: Measured) -> Finding:
    if measured["role"] == "slave" and measured["is_link_up"]:
        title = "A replica as it should be, its link to the primary is up"
        return Finding(check=CHECK, severity=Severity.OK, title=title)
    is_primary = measured["role"] != "slave"
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title="This is a primary where a replica is expected"
        if is_primary
        else "The link to the primary is down",
        meaning="There was a failover, or it was promoted: two servers may take writes."
        if is_primary
        else "What is read here is old, and gets older.",
        figure=f"role {'primary' if is_primary else 'replica, link down'}",
        threshold="a replica with its link up",
        next_step=NextStep(label="Look at the primary and at the network between them."),
    )


def _replica(is_link_up: bool) -> Finding:
    state = "up" if is_link_up else "down"
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title=f"This is a replica, its link to the primary is {state}",
        meaning="Writes fail here." if is_link_up else "Writes fail here, and what is read may be old.",
        figure=f"role replica, link {state}",
        threshold="a primary is expected",
        next_step=NextStep(label="Point the application and this target at the primary."),
    )


def _warning(title: str, measured: Measured) -> Finding:
    return Finding(
        check=CHECK,
        severity=Severity.WARNING,
        title=title,
        meaning="A failover now would lose writes, or a replica must copy everything again.",
        threshold="all online, lag within the backlog",
        next_step=NextStep(label="Look at the replica and at the network between them."),
        figures=_figures(measured),
    )


def _figures(measured: Measured) -> dict[str, float]:
    return {"replicas": measured["replicas"], "replica_lag_bytes": measured["lag_bytes"]}


def _replicas(info: Info) -> list[Mapping[str, Any]]:
    """slave0, slave1 …; redis-py reads each into a mapping."""
    names = [name for name in info if name.startswith("slave") and name[5:].isdigit()]
    return [info[name] for name in names if isinstance(info[name], Mapping)]
