"""Is it told which user serves, and are nodes that cannot follow named before anything is changed?"""

from collections import Counter

import pytest

from bot.errors import Refused
from bot.remediations.users import _others, _persists, _replicas, _rights, _turn


def replica(port: int, state: str = "online", ip: str = "10.0.0.1") -> dict[str, object]:
    return {"ip": ip, "port": port, "state": state}


def test_replicas_are_named_in_an_order_that_stays() -> None:
    info = {"connected_slaves": 2, "slave0": replica(7002), "slave1": replica(7001, ip="fd00::1")}
    assert _replicas(info) == ("10.0.0.1:7002", "[fd00::1]:7001")
    assert _replicas({}) == ()


@pytest.mark.parametrize("state", ["wait_bgsave", "send_bulk"])
def test_a_replica_that_is_not_there_would_keep_the_old_users(state: str) -> None:
    info = {"connected_slaves": 2, "slave0": replica(7002), "slave1": replica(7001, state)}
    with pytest.raises(Refused, match="One of its replicas is not online"):
        _replicas(info)


def test_rights_hold_no_password() -> None:
    name, rules = _rights("user shop_a on nopass #aaaa #bbbb ~* resetchannels -@all +get")
    assert (name, rules) == ("shop_a", ("on", "~*", "resetchannels", "-@all", "+get"))


def test_who_has_more_connections_serves() -> None:
    rights: dict[str, tuple[str, ...]] = {"a": ("on",), "b": ("on",)}
    hosts = {"a": Counter({"10.0.0.1": 1}), "b": Counter({"10.0.0.1": 2})}
    assert _turn(("a", "b"), rights, hosts) == ("b", "a")
    with pytest.raises(Refused, match="Neither a nor b is a user that is on"):
        _turn(("a", "b"), {"a": ("off",)}, hosts)


def test_users_are_kept_where_there_is_a_file() -> None:
    assert _persists({"aclfile": "/etc/users.acl"}, has_file=True) == ("ACL", "SAVE")
    assert _persists({"aclfile": ""}, has_file=True) == ("CONFIG", "REWRITE")
    assert _persists({"aclfile": ""}, has_file=False) == ()


def test_users_that_are_on_and_have_no_part_in_it_are_named_with_their_connections() -> None:
    rights: dict[str, tuple[str, ...]] = {
        "a": ("on",),
        "pong": ("on",),
        "thief": ("on",),
        "default": ("on",),
        "gone": ("off",),
    }
    found = _others(rights, Counter({"thief": 2, "pong": 1}), but=("a", "b", "pong"))
    assert found == (("default", 0), ("thief", 2))
