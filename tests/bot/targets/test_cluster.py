"""Are a cluster's nodes and slots read right, as real nodes and older ones write them?"""

import pytest

from bot.clock import SystemClock
from bot.playground.ports import free_port
from bot.targets.address import parse
from bot.targets.cluster import Map, map_by, map_of
from bot.targets.endpoint import Cluster, parse_endpoint
from bot.targets.outcome import Kind
from bot.targets.ping import ping
from bot.targets.target import Target
from tests.fixtures.listeners import speaks
from tests.fixtures.redis_groups import cluster_of_three

INFO = "cluster_state:ok\r\ncluster_slots_ok:16384\r\n"
NODES = """\
aaa 10.0.0.1:7000@17000,one.example myself,master - 0 0 1 connected 0-5460 5470
bbb 10.0.0.2:7000@17000 master,fail - 0 0 2 disconnected 5461-5469 5471-16383 [7->-ccc]
ccc 10.0.0.3:7000@17000 slave aaa 0 0 1 connected
ddd :0@0 master,noaddr - 0 0 0 disconnected
eee :7000@17000 master - 0 0 4 connected
"""


def test_the_lines_of_a_node_become_nodes() -> None:
    told = map_by(INFO.encode(), NODES.encode(), told_by=parse("redis://10.0.0.9:7000"))
    assert [str(node) for node in told.nodes] == [
        "10.0.0.1:7000",
        "10.0.0.2:7000",
        "10.0.0.3:7000",
        "10.0.0.9:7000",  # one that names no host is the one that was asked
    ]
    assert [node.slots for node in told.nodes] == [5462, 10922, 0, 0]
    assert [str(node) for node in told.primaries] == ["10.0.0.1:7000", "10.0.0.2:7000"]
    assert [str(node) for node in told.failed] == ["10.0.0.2:7000"]
    assert [str(node) for node in told.without_replica] == ["10.0.0.2:7000"]
    assert (told.is_ok, told.slots_ok) == (True, 16384)


def test_what_is_no_node_is_left_out() -> None:
    assert map_by("nonsense", "too few words\n", told_by=parse("redis://10.0.0.9")).nodes == ()


async def test_a_real_cluster_is_told_by_the_first_seed_that_answers() -> None:
    with cluster_of_three() as real:
        cluster = parse_endpoint(f"redis+cluster://127.0.0.1:{free_port()},127.0.0.1:{real.nodes[0].port}")
        assert isinstance(cluster, Cluster)
        told = await map_of(cluster)
    assert isinstance(told, Map)
    assert {node.port for node in told.primaries} == {node.port for node in real.nodes}
    assert sum(node.slots for node in told.nodes) == told.slots_ok == 16384


@pytest.mark.parametrize("answer", [b"+OK\r\n", b"$22\r\ncluster_slots_ok:plenty\r\n", b":7\r\n", b"*0\r\n"])
async def test_what_answers_as_no_cluster_does_is_an_error_and_no_crash(answer: bytes) -> None:
    with speaks(answer=answer * 6) as port:
        cluster = parse_endpoint(f"redis+cluster://127.0.0.1:{port}")
        assert isinstance(cluster, Cluster)
        target = Target(name="redis-prod", address=cluster)
        assert not (await ping(target, SystemClock())).is_healthy


async def test_a_user_who_may_not_ask_for_the_map_is_not_told_that_all_is_well() -> None:
    with cluster_of_three() as real:
        for node in real.nodes:
            node.command("ACL", "SETUSER", "pong", "on", ">sesame", "+ping", "+info", "~*")
        hosts = ",".join(f"127.0.0.1:{node.port}" for node in real.nodes)
        target = Target(name="redis-prod", address=parse_endpoint(f"redis+cluster://pong:sesame@{hosts}"))
        outcome = await ping(target, SystemClock())
    assert (outcome.kind, outcome.is_healthy) == (Kind.NO_PERMISSION, False)
