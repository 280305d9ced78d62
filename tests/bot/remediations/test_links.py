"""Is every server that logs in as one of the two users told, and nobody else?"""

from bot.remediations.links import Links
from bot.remediations.nodes import Node

REWRITE = ("CONFIG", "REWRITE")
PRIMARY = Node(place="10.0.0.1:6379", masteruser="shop_a")
REPLICA = Node(place="10.0.0.2:6379", follows="10.0.0.1:6379", masteruser="shop_a", rewrites=REWRITE)
BELOW = Node(place="10.0.0.3:6379", follows="10.0.0.2:6379", masteruser="shop_b")


def lines(found: Links) -> list[str]:
    return [step.line() for step in found.given("shop_b", "shop_a", "password of shop_b")]


def test_replicas_are_told_and_connected_anew_where_they_are_connected() -> None:
    found = Links(nodes=(REPLICA, BELOW))
    assert lines(found) == [
        "CONFIG SET masteruser shop_b   (on 10.0.0.2:6379)",
        "CONFIG SET masteruser shop_b   (on 10.0.0.3:6379)",
        "CONFIG SET masterauth ••••   (on 10.0.0.2:6379)",
        "CONFIG SET masterauth ••••   (on 10.0.0.3:6379)",
        "CONFIG REWRITE   (on 10.0.0.2:6379)",
    ]
    assert [step.line() for step in found.moved("shop_a")] == [
        "CLIENT LIST, then CLIENT KILL ID of each replica logged in as shop_a   (on 10.0.0.1:6379)",
        "CLIENT LIST, then CLIENT KILL ID of each replica logged in as shop_a   (on 10.0.0.2:6379)",
        "wait at most 300 s until the replica 10.0.0.2:6379 is online   (on 10.0.0.1:6379)",
        "wait at most 300 s until the replica 10.0.0.3:6379 is online   (on 10.0.0.2:6379)",
    ]
    assert found.says("shop_b") == (
        "2 replicas log in with these credentials too: told shop_b, and connected anew once",
    )


def test_the_primary_is_told_what_it_logs_in_with_once_it_is_a_replica() -> None:
    found = Links(nodes=(PRIMARY,))
    assert lines(found) == [
        "CONFIG SET masteruser shop_b   (on 10.0.0.1:6379)",
        "CONFIG SET masterauth ••••   (on 10.0.0.1:6379)",
    ]
    assert found.moved("shop_a") == ()
    assert found.says("shop_b") == ("As a replica it would log in with these credentials too: told shop_b",)


def test_sentinels_are_told_in_one_command_each() -> None:
    found = Links(sentinels=("10.0.0.5:26379", "10.0.0.6:26379"), service="shop", untold=1)
    assert lines(found) == [
        "SENTINEL SET shop auth-user shop_b auth-pass ••••   (on 10.0.0.5:26379)",
        "SENTINEL SET shop auth-user shop_b auth-pass ••••   (on 10.0.0.6:26379)",
    ]
    assert found.says("shop_b") == (
        "2 Sentinels log in with these credentials too: told shop_b",
        "1 Sentinel that Pong does not know, logged in so: will be locked out",
    )
