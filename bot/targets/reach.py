"""How is the way to a target, through Sentinels or to every node of a cluster where it has them?

First which servers it is, then a probe of each.
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass, replace

from bot.clock import Clock
from bot.targets.cluster import SLOTS, Map, map_of
from bot.targets.endpoint import Cluster, Endpoint, Sentinels, Server
from bot.targets.meanings import MEANINGS, outcome
from bot.targets.outcome import Kind, Outcome, Stage
from bot.targets.outcomes import kind_of
from bot.targets.probe import BUDGET_S, Probed, probe
from bot.targets.sentinel import View, do_agree, primary_of, views_of
from bot.text import first_few, plain

NODES_MOST = 100  # asked at once


@dataclass(frozen=True, kw_only=True)
class Located:
    """The servers that a target is. `kind` is what was learnt on the way there, HEALTHY when all is well.

    `stage` is how they were found, None for one server with an address of its own.
    """

    nodes: tuple[Server, ...] = ()
    stage: Stage | None = None
    kind: Kind = Kind.HEALTHY
    seen: str = ""
    views: tuple[View, ...] = ()
    map: Map | None = None

    @property
    def is_whole(self) -> bool:
        """False for a cluster of more nodes than are asked."""
        return self.map is None or len(self.nodes) >= len(self.map.primaries)


async def locate(endpoint: Endpoint, clock: Clock) -> Located:
    """At once for one server; else within a second. Raises nothing."""
    if isinstance(endpoint, Server):
        return Located(nodes=(endpoint,))
    began_s = clock.monotonic_s()
    if isinstance(endpoint, Sentinels):
        located = by_sentinels(endpoint, await views_of(endpoint))
    else:
        located = by_cluster(endpoint, await map_of(endpoint))
    if located.stage is None:
        return located
    return replace(located, stage=replace(located.stage, ms=1000 * (clock.monotonic_s() - began_s)))


def by_sentinels(group: Sentinels, views: list[View]) -> Located:
    """Pure."""
    primary = primary_of(group, views)
    faults = "; ".join(f"Sentinel {view.sentinel} {view.fault}" for view in views if view.fault)
    if primary is None:
        is_silent = not any(view.is_reachable for view in views)
        kind = Kind.SENTINELS_SILENT if is_silent else Kind.SENTINEL_WITHOUT_SERVICE
        stage = Stage(name="SENTINEL", state="failed", note=kind.replace("_", " "))
        return Located(stage=stage, kind=kind, seen=faults, views=tuple(views))
    naming = sum(view.primary == (primary.host, primary.port) for view in views)
    note = f"{naming} of {len(views)} name {primary}"
    found = Located(
        nodes=(primary,), stage=Stage(name="SENTINEL", state="ok", note=note), seen=faults, views=tuple(views)
    )
    if do_agree(views):
        return found
    others = {view.primary for view in views if view.primary} - {(primary.host, primary.port)}
    said = ", ".join(f"{host}:{port}" for host, port in sorted(others))
    return replace(found, kind=Kind.SENTINELS_DISAGREE, seen=f"{note}, the others {said}")


def by_cluster(cluster: Cluster, told: Map | Exception) -> Located:
    """Pure. When no seed tells of the cluster, the seeds themselves are what is probed."""
    if isinstance(told, Exception):
        kind = kind_of(told)
        if kind is Kind.NOT_A_CLUSTER:
            stage = Stage(name="CLUSTER", state="failed", note=kind.replace("_", " "))
            return Located(stage=stage, kind=kind, seen=str(told))
        stage = Stage(name="CLUSTER", state="failed", note="no node tells of it")
        # A node that answers and does not tell of its cluster is not called well for its PONG.
        said = kind if MEANINGS[kind].is_reachable else Kind.HEALTHY
        return Located(nodes=cluster.seeds, stage=stage, kind=said, seen=f"CLUSTER INFO: {told}")
    nodes = tuple(cluster.node(node.host, node.port) for node in told.primaries)[:NODES_MOST]
    asked = f", {NODES_MOST} of them asked" if len(told.primaries) > NODES_MOST else ""
    primaries = "1 primary" if len(told.primaries) == 1 else f"{len(told.primaries)} primaries"
    note = f"{primaries}{asked}, {told.slots_ok:,} of {SLOTS:,} slots"
    stage = Stage(name="CLUSTER", state="ok" if told.is_ok else "failed", note=note)
    kind = Kind.HEALTHY if told.is_ok else Kind.CLUSTER_DOWN
    return Located(nodes=nodes or cluster.seeds, stage=stage, kind=kind, seen=note, map=told)


async def probe_all(
    target: str, located: Located, clock: Clock, *, budget_s: float = BUDGET_S
) -> tuple[Probed, ...]:
    """A probe of each node, at once, within `budget_s`; none for a target whose servers nobody knows."""
    probes = (probe(target, node, clock, budget_s=budget_s) for node in located.nodes)
    return tuple(await asyncio.gather(*probes))


def whole(target: str, located: Located, probed: Sequence[Probed]) -> Outcome:
    """What the way to all of them comes to: one outcome. Pure."""
    outcomes = [one.outcome for one in probed]
    if not outcomes:
        return _of_the_group(target, located, None)
    worst = min(outcomes, key=lambda one: (one.is_reachable, one.is_healthy))
    if located.stage is None:
        return worst
    unwell = _unwell(located, outcomes)
    if located.kind is Kind.CLUSTER_DOWN:
        return _of_the_group(target, replace(located, seen=_joined(located.seen, unwell)), worst)
    if located.map and not worst.is_reachable and any(one.is_reachable for one in outcomes):
        return _of_the_group(target, replace(located, kind=Kind.CLUSTER_IN_PART, seen=unwell), worst)
    if located.kind is not Kind.HEALTHY and worst.is_healthy:
        return _of_the_group(target, located, worst)
    seen = unwell if len(outcomes) > 1 else _joined(worst.seen, located.seen if located.views else "")
    return replace(worst, stages=(located.stage, *worst.stages), seen=plain(seen, 200))


def as_meant(outcome_: Outcome, probed: Sequence[Probed], *, is_replica: bool) -> Outcome:
    """A replica that is meant to be one is well while its link is up. Pure."""
    if not is_replica or outcome_.kind is not Kind.READ_ONLY:
        return outcome_
    is_linked = all(one.info.get("master_link_status") == "up" for one in probed)
    meant = outcome(Kind.HEALTHY if is_linked else Kind.REPLICA_CUT_OFF, outcome_.target, seen=outcome_.seen)
    return replace(
        meant, stages=outcome_.stages, took_ms=outcome_.took_ms, measured_at_ms=outcome_.measured_at_ms
    )


def _of_the_group(target: str, located: Located, last: Outcome | None) -> Outcome:
    """The group's own outcome, with the stages of the worst node where one was probed."""
    stages = (located.stage,) if located.stage else ()
    said = outcome(located.kind, target, seen=plain(located.seen, 200))
    if last is None:
        return replace(said, stages=stages, took_ms=round(sum(stage.ms for stage in stages)))
    return replace(
        said, stages=(*stages, *last.stages), took_ms=last.took_ms, measured_at_ms=last.measured_at_ms
    )


def _unwell(located: Located, outcomes: Sequence[Outcome]) -> str:
    """Which nodes are not well, the first few by name."""
    said = [
        f"{node} {one.says}"
        for node, one in zip(located.nodes, outcomes, strict=True)
        if not one.is_healthy and one.kind is not Kind.CLUSTER_DOWN
    ]
    return first_few(said, between="; ")


def _joined(*parts: str) -> str:
    return "; ".join(part for part in parts if part)
