"""Does every server of a group tell what it is, and are those named that cannot?"""

from bot.remediations.nodes import group_of, replicas_in
from tests.bot.remediations.conftest import SceneAt
from tests.fixtures.redis_server import RedisServer


def test_replicas_are_read_with_their_state_and_an_ip_of_either_kind() -> None:
    one = {"ip": "10.0.0.1", "port": 7001, "state": "online"}
    info = {"connected_slaves": 2, "slave0": one, "slave1": one | {"ip": "fd00::1", "state": "wait_bgsave"}}
    assert replicas_in(info) == [("10.0.0.1:7001", "online"), ("[fd00::1]:7001", "wait_bgsave")]
    assert replicas_in({}) == []


async def test_a_replica_of_a_replica_is_found_with_whom_it_follows(
    server: RedisServer, scene_at: SceneAt
) -> None:
    own = ("--masteruser", "shop_a", "--masterauth", "first")
    server.command("CONFIG", "SET", "repl-diskless-sync-delay", 0)
    at_once = ("--repl-diskless-sync-delay", "0")
    with (
        RedisServer("--replicaof", "127.0.0.1", str(server.port), *at_once) as replica,
        RedisServer("--replicaof", "127.0.0.1", str(replica.port), *own) as below,
    ):
        replica.command("ACL", "SETUSER", "shop_a", "on", ">first", "+@all")
        server.awaits_replicas(1)
        replica.awaits_replicas(1)
        async with scene_at(server.url()) as scene:
            found = await group_of(scene)
        places = [f"127.0.0.1:{one.port}" for one in (replica, below)]
        assert [(node.place, node.follows, node.masteruser) for node in found.nodes] == [
            ("", None, "default"),
            (places[0], "", "default"),
            (places[1], places[0], "shop_a"),
        ]
        assert not found.silent


async def test_a_replica_that_does_not_let_pong_in_is_named(server: RedisServer, scene_at: SceneAt) -> None:
    server.command("CONFIG", "SET", "repl-diskless-sync-delay", 0)
    with RedisServer("--replicaof", "127.0.0.1", str(server.port)) as replica:
        server.awaits_replicas(1)
        replica.command("CONFIG", "SET", "requirepass", "another")
        async with scene_at(server.url()) as scene:
            found = await group_of(scene)
        assert len(found.nodes) == 1
        [said] = found.silent
        assert said.startswith(f"The replica 127.0.0.1:{replica.port} cannot be changed, for ")
