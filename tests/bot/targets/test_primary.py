"""Do changes go to the server that takes them now, and to none while nobody can tell which that is?"""

import pytest

from bot.errors import BadInput, ServiceUnavailable
from bot.playground.ports import free_port
from bot.targets.address import Address
from bot.targets.endpoint import Cluster, Sentinels
from bot.targets.primary import layout_of, parse_changeable, servers_of
from tests.fixtures.redis_groups import cluster_of_three, watched


@pytest.mark.parametrize(
    ("url", "kind"),
    [
        ("redis://a:6379", Address),
        ("redis+sentinel://a,b/shop", Sentinels),
        ("redis+cluster://a:1,b:2", Cluster),
    ],
)
def test_what_can_be_changed_is_read(url: str, kind: type) -> None:
    assert isinstance(parse_changeable(url), kind)


def test_a_rest_api_takes_no_changes() -> None:
    with pytest.raises(BadInput, match="Changes go over the Redis protocol"):
        parse_changeable("https://:token@host")


async def test_the_primary_that_the_sentinels_name_is_changed() -> None:
    with watched() as group:
        endpoint = parse_changeable(group.url)
        assert [server.port for server in await servers_of(endpoint)] == [group.primary.port]
        group.primary.kill()
        group.awaits_failover()
        assert [server.port for server in await servers_of(endpoint)] == [group.replica.port]


async def test_every_primary_of_a_cluster_is_changed_in_an_order_that_stays() -> None:
    with cluster_of_three() as cluster:
        ports = sorted(node.port for node in cluster.nodes)
        backwards = "redis+cluster://" + ",".join(
            f"127.0.0.1:{node.port}" for node in reversed(cluster.nodes)
        )
        for url in (cluster.url, backwards):
            assert [server.port for server in await servers_of(parse_changeable(url))] == ports


@pytest.mark.parametrize("group", ["sentinel://{}/shop", "cluster://{}"])
async def test_nobody_who_answers_is_nobody_to_change(group: str) -> None:
    url = "redis+" + group.format(f"127.0.0.1:{free_port()}")
    with pytest.raises(ServiceUnavailable, match="ping it first"):
        await servers_of(parse_changeable(url))


async def test_a_few_sentinels_alone_name_no_primary() -> None:
    with watched() as group:
        endpoint = parse_changeable(group.url)
        group.sentinels[0].kill()
        assert await servers_of(endpoint)
        group.sentinels[1].kill()
        with pytest.raises(ServiceUnavailable, match="Only 1 of 3 Sentinels name the primary of shop"):
            await servers_of(endpoint)


async def test_slots_that_move_are_another_layout() -> None:
    with cluster_of_three() as cluster:
        endpoint = parse_changeable(cluster.url)
        before = await layout_of(endpoint)
        assert await layout_of(endpoint) == before
        first, second, _ = cluster.nodes
        id = first.command("CLUSTER", "MYID")
        for node in (first, second):
            node.command("CLUSTER", "SETSLOT", 16_000 // 3, "NODE", id)
        moved = await layout_of(endpoint)
    assert (moved != before) == (16_000 // 3 >= 16_384 // 3)


async def test_a_user_who_may_not_ask_for_the_map_is_named_what_is_missing() -> None:
    with cluster_of_three() as cluster:
        for node in cluster.nodes:
            node.command("ACL", "SETUSER", "remedy", "on", ">pw", "~*", "+ping", "+info", "+scan")
        url = cluster.url.replace("redis+cluster://", "redis+cluster://remedy:pw@")
        with pytest.raises(ServiceUnavailable, match=r"give it \+cluster\|info and \+cluster\|nodes"):
            await servers_of(parse_changeable(url))
