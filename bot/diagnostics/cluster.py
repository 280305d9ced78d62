"""Does the cluster serve all of its slots, and are its nodes there?

https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/
"""

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Finding, NextStep, Severity
from bot.diagnostics.question import Measured, NotSet, Subject
from bot.diagnostics.units import count
from bot.targets.cluster import SLOTS
from bot.targets.endpoint import Cluster
from bot.text import first_few

CHECK = "cluster"


async def read(subject: Subject) -> Measured:
    """is_ok and slots_ok as the nodes say; how many primaries; which nodes failed or have no replica."""
    if not isinstance(subject.target.address, Cluster):
        raise NotSet("no cluster in the target's address")
    told = subject.located.map
    if told is None:
        return {"is_told": False}
    return {
        "is_told": True,
        "is_ok": told.is_ok,
        "slots_ok": told.slots_ok,
        "primaries": len(told.primaries),
        "failed": [str(node) for node in told.failed],
        "without_replica": [str(node) for node in told.without_replica],
    }


def judge(measured: Measured, thresholds: ThresholdsTable) -> list[Finding]:
    if not measured["is_told"]:
        return [Finding(check=CHECK, severity=Severity.UNKNOWN, title="no node tells of the cluster")]
    found = [finding for rule in (_slots, _failed, _alone) if (finding := rule(measured))]
    if found:
        return found
    title = f"All {SLOTS:,} slots are served by {count(measured['primaries'], 'primary', 'primaries')}"
    return [Finding(check=CHECK, severity=Severity.OK, title=title, figures=_figures(measured))]


def _slots(measured: Measured) -> Finding | None:
    missing = SLOTS - measured["slots_ok"]
    if measured["is_ok"] and not missing:
        return None
    return Finding(
        check=CHECK,
        severity=Severity.CRITICAL,
        title=f"{missing:,} of {SLOTS:,} slots {'is' if missing == 1 else 'are'} served by nobody",
        meaning="The cluster refuses all commands while a slot is missing, unless it is told not to."
        if not measured["is_ok"]
        else "Keys of these slots cannot be read or written.",
        figure=f"{missing:,} of {SLOTS:,}",
        threshold="none",
        next_step=NextStep(label="Bring the failed nodes back, or make a replica take over."),
        figures=_figures(measured),
    )


def _failed(measured: Measured) -> Finding | None:
    failed: list[str] = measured["failed"]
    if not failed:
        return None
    return Finding(
        check=CHECK,
        severity=Severity.WARNING,
        title=f"Not reached by the others: {first_few(failed)}",
        meaning="The other nodes have given up on it; what it held is served by a replica, or by nobody.",
        figure=count(len(failed), "node", "nodes"),
        threshold="none",
        next_step=NextStep(label="Look at its host and at the network between the nodes (step 7)."),
        figures=_figures(measured),
    )


def _alone(measured: Measured) -> Finding | None:
    alone: list[str] = measured["without_replica"]
    if not alone:
        return None
    primaries = count(measured["primaries"], "primary", "primaries")
    has = "has" if len(alone) == 1 else "have"
    return Finding(
        check=CHECK,
        severity=Severity.NOTICE,
        title=f"{len(alone)} of {primaries} {has} no replica: {first_few(alone)}",
        meaning="If one dies, its slots are gone until it is back.",
        figure=f"{len(alone)} of {measured['primaries']}",
        threshold="none",
        next_step=NextStep(label="Give each primary a replica."),
        figures=_figures(measured),
    )


def _figures(measured: Measured) -> dict[str, float]:
    return {"cluster_slots_ok": measured["slots_ok"], "cluster_nodes_failed": len(measured["failed"])}
