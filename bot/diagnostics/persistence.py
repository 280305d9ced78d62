"""Does the server save what it holds?

https://redis.io/docs/latest/operate/oss_and_stack/management/persistence/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSupported, Subject

CHECK = "persistence"
WHAT = {
    "rdb_last_bgsave_status": "the last snapshot",
    "aof_last_bgrewrite_status": "the last rewrite of the append-only file",
    "aof_last_write_status": "the last write of the append-only file",
}


async def read(subject: Subject) -> Measured:
    """The three status fields that the server has, as it words them, and whether it is loading."""
    info = await subject.info()
    statuses = {name: str(info[name]) for name in WHAT if name in info}
    if not statuses:
        raise NotSupported("not supported by this server: INFO has no section on persistence")
    return {"statuses": statuses, "is_loading": bool(info.get("loading"))}


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    failed = [WHAT[name] for name, status in measured["statuses"].items() if status != "ok"]
    if measured["is_loading"]:
        return [_loading()]
    if not failed:
        return [Finding(check=CHECK, severity=Severity.OK, title="Snapshots and append-only file are fine")]
    return [
        Finding(
            check=CHECK,
            severity=Severity.CRITICAL,
            title=f"Saving fails: {', '.join(failed)}",
            meaning="A restart would lose what was written since; by default writes are refused too.",
            figure=", ".join(failed),
            threshold="any error",
            next_step=NextStep(label="Look at the server's disk (full, or not writable) and its log."),
            figures={"persistence_errors": len(failed)},
        )
    ]


def _loading() -> Finding:
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title="The server is loading its data",
        meaning="Commands fail until it is done. A restart begins anew.",
        threshold="loading is 1",
        next_step=NextStep(label="Wait; do not restart it."),
    )
