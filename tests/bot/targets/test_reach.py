"""What do the Sentinels and the nodes of a cluster come to, as one outcome?"""

from dataclasses import replace

from bot.clock import SystemClock
from bot.targets.cluster import map_by
from bot.targets.endpoint import Cluster, Sentinels, parse_endpoint
from bot.targets.meanings import outcome
from bot.targets.outcome import Kind, Stage
from bot.targets.probe import Probed
from bot.targets.reach import Located, as_meant, by_cluster, by_sentinels, locate, probe_all, whole
from bot.targets.sentinel import View
from tests.bot.targets.test_cluster import INFO, NODES

ADDRESS = parse_endpoint("redis://redis.example")


def probed(*kinds: Kind) -> list[Probed]:
    stage = Stage(name="PING", state="ok")
    return [Probed(replace(outcome(kind, "redis-prod"), stages=(stage,), took_ms=7)) for kind in kinds]


def cluster(info: str = INFO) -> Located:
    seeds = parse_endpoint("redis+cluster://10.0.0.1:7000")
    assert isinstance(seeds, Cluster)
    return by_cluster(seeds, map_by(info, NODES, told_by=seeds.seeds[0]))


def sentinels(*views: View) -> Located:
    group = parse_endpoint("redis+sentinel://a,b/shop")
    assert isinstance(group, Sentinels)
    return by_sentinels(group, list(views))


async def test_one_server_needs_no_finding() -> None:
    assert await locate(ADDRESS, SystemClock()) == Located(nodes=(ADDRESS,))  # type: ignore[arg-type]


def test_one_server_is_its_own_outcome() -> None:
    (one,) = probed(Kind.FULL)
    assert whole("redis-prod", Located(nodes=(ADDRESS,)), [one]) is one.outcome  # type: ignore[arg-type]


def test_the_node_that_is_worst_decides_and_is_named() -> None:
    said = whole("redis-prod", cluster(), probed(Kind.HEALTHY, Kind.FULL))
    assert (said.kind, said.seen) == (Kind.FULL, "10.0.0.2:7000 is full: writes fail")
    assert [stage.name for stage in said.stages] == ["CLUSTER", "PING"]


def test_a_node_that_is_gone_leaves_the_cluster_in_part() -> None:
    said = whole("redis-prod", cluster(), probed(Kind.FROZEN, Kind.HEALTHY))
    assert (said.kind, said.is_reachable) == (Kind.CLUSTER_IN_PART, True)
    assert "10.0.0.1:7000 accepts connections" in said.seen


def test_a_cluster_that_is_down_is_down_though_its_nodes_say_pong() -> None:
    said = whole(
        "redis-prod", cluster("cluster_state:fail\r\ncluster_slots_ok:5462"), probed(*[Kind.HEALTHY] * 2)
    )
    assert (said.kind, said.is_healthy) == (Kind.CLUSTER_DOWN, False)
    assert "5,462 of 16,384 slots" in said.seen


def test_nodes_that_are_all_gone_are_no_cluster_in_part() -> None:
    assert whole("redis-prod", cluster(), probed(Kind.REFUSED, Kind.REFUSED)).kind is Kind.REFUSED


def test_sentinels_that_disagree_are_said_unless_the_primary_is_worse() -> None:
    located = sentinels(View(sentinel="a", primary=("x", 1)), View(sentinel="b", primary=("y", 2)))
    assert whole("redis-prod", located, probed(Kind.HEALTHY)).kind is Kind.SENTINELS_DISAGREE
    assert whole("redis-prod", located, probed(Kind.REFUSED)).kind is Kind.REFUSED


def test_without_a_primary_the_sentinels_are_the_outcome() -> None:
    silent = sentinels(View(sentinel="a", fault="refuses connections", is_reachable=False))
    said = whole("redis-prod", silent, [])
    assert (said.kind, said.is_reachable) == (Kind.SENTINELS_SILENT, False)
    assert said.seen == "Sentinel a refuses connections"
    assert [(stage.name, stage.state) for stage in said.stages] == [("SENTINEL", "failed")]


async def test_nobody_to_probe_is_nothing_probed() -> None:
    assert await probe_all("redis-prod", Located(), SystemClock()) == ()


def test_a_replica_that_is_meant_to_be_one_is_well_while_its_link_is_up() -> None:
    (plain,) = probed(Kind.READ_ONLY)
    linked, cut = (replace(plain, info={"master_link_status": status}) for status in ("up", "down"))
    assert as_meant(plain.outcome, [linked], is_replica=True).kind is Kind.HEALTHY
    assert as_meant(plain.outcome, [cut], is_replica=True).kind is Kind.REPLICA_CUT_OFF
    assert as_meant(plain.outcome, [linked], is_replica=False) is plain.outcome
    (full,) = probed(Kind.FULL)
    assert as_meant(full.outcome, [linked], is_replica=True) is full.outcome
