"""Does INFO betray what PONG hides?"""

import pytest

from bot.targets.look import can_evict, kind_by, parse_info, seen_by
from bot.targets.outcome import Kind
from tests.fixtures.redis_fixtures import StartServer

FULL = {"maxmemory": 1000, "used_memory": 995, "maxmemory_policy": "noeviction"}


@pytest.mark.parametrize(
    ("info", "kind"),
    [
        ({}, Kind.HEALTHY),
        ({"role": "master", "loading": 0}, Kind.HEALTHY),
        ({"loading": 1, "role": "slave"}, Kind.LOADING),
        ({"role": "slave"}, Kind.READ_ONLY),
        ({"cluster_enabled": 1, "cluster_state": "fail"}, Kind.CLUSTER_DOWN),
        ({"cluster_enabled": 1, "cluster_state": "ok"}, Kind.HEALTHY),
        ({"redis_mode": "sentinel"}, Kind.IS_SENTINEL),
        ({"server_mode": "sentinel"}, Kind.IS_SENTINEL),
        ({"role": "slave", "slave_read_only": 0}, Kind.HEALTHY),
        (FULL, Kind.FULL),
        (FULL | {"used_memory": 900}, Kind.HEALTHY),
        (FULL | {"maxmemory": 0}, Kind.HEALTHY),
        (FULL | {"maxmemory_policy": "allkeys-lru"}, Kind.HEALTHY),
        (FULL | {"maxmemory_policy": "volatile-lru", "db0": {"keys": 9, "expires": 0}}, Kind.FULL),
        (FULL | {"maxmemory_policy": "volatile-lru", "db0": {"keys": 9, "expires": 5}}, Kind.HEALTHY),
        ({"maxmemory": "a lot", "used_memory": "more"}, Kind.HEALTHY),
    ],
)
def test_info_has_its_kind(info: dict[str, object], kind: Kind) -> None:
    assert kind_by(info) is kind


def test_lines_become_fields() -> None:
    assert parse_info("# Server\r\nredis_version:7.0.15\r\n\r\nexecutable:/a:b\r\n") == {
        "redis_version": "7.0.15",
        "executable": "/a:b",
    }


def test_fields_are_read_as_redis_py_reads_them(start_server: StartServer) -> None:
    server = start_server("--maxmemory", "100mb")
    server.command("SET", "one", "1", "EX", "100")
    with server.client(decode_responses=True) as client:
        theirs = client.info("everything")
        client.response_callbacks.clear()
        ours = parse_info(client.execute_command("INFO", "everything"))
    moves = {"server_time_usec", "uptime_in_seconds"}
    steady = {name for name, value in theirs.items() if ours.get(name) == value}
    assert len(steady) > 150
    assert {type(ours[name]) for name in ours} >= {int, float, str, dict}
    assert {name for name in theirs if type(theirs[name]) is not type(ours.get(name))} <= moves | {
        "modules",
        "module",
    }
    assert ours["db0"]["expires"] == 1


def test_a_loading_server_says_how_far_it_is() -> None:
    info = {"loading_loaded_perc": 43.2, "loading_eta_seconds": 12}
    assert seen_by(Kind.LOADING, info) == "43 % loaded, about 12 s left"


def test_nothing_is_said_without_info() -> None:
    assert seen_by(Kind.FULL, {}) == ""


def test_any_database_with_a_ttl_can_evict() -> None:
    assert can_evict(
        {
            "maxmemory_policy": "volatile-ttl",
            "db0": {"keys": 1, "expires": 0},
            "db1": {"keys": 3, "expires": 2},
        }
    )
