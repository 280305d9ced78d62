"""Is every server that logs in as one of the two users told, and nobody else?"""

import pytest

from bot.errors import Refused
from bot.remediations.clients import Client
from bot.remediations.links import Links, links_of
from bot.targets.endpoint import Endpoint, parse_endpoint

TURN = ("shop_a", "shop_b")
SENTINELS = parse_endpoint("redis+sentinel://10.0.0.5:26379,10.0.0.6:26379/shop")
REPLICAS = ("10.0.0.2:6379", "10.0.0.3:6379")


def client(user: str, *, flags: str = "N", name: str = "") -> Client:
    return Client(id=1, name=name, address="10.0.0.2:5000", idle_s=0, flags=flags, user=user)


def links(*clients: Client, masteruser: str = "", behind: Endpoint | None = None) -> Links:
    return links_of(clients, TURN, replicas=REPLICAS, masteruser=masteruser, behind=behind)


def lines(found: Links, kept: tuple[str, ...] = ()) -> list[str]:
    return [step.line() for step in found.given("shop_b", "shop_a", "password of shop_b", kept=kept)]


def test_replicas_with_a_user_of_their_own_are_left_alone() -> None:
    found = links(client("shop_a"), client("replicator", flags="S"))
    assert (found, found.moved("shop_a"), found.says("shop_b")) == (Links(), (), ())


@pytest.mark.parametrize("user", TURN)
def test_replicas_that_log_in_as_either_are_told_and_connected_anew(user: str) -> None:
    """As the new one too: what is left of a rotation that broke off is an older password of it."""
    found = links(client(user, flags="S"), client(user, flags="S"))
    assert lines(found, kept=("CONFIG", "REWRITE"))[:3] == [
        "CONFIG SET masteruser shop_b   (on 10.0.0.2:6379)",
        "CONFIG SET masterauth ••••   (on 10.0.0.2:6379)",
        "CONFIG REWRITE   (on 10.0.0.2:6379)",
    ]
    assert [step.line() for step in found.moved("shop_a")] == [
        "CLIENT LIST, then CLIENT KILL ID of each replica logged in as shop_a",
        "wait at most 300 s until the replica 10.0.0.2:6379 is online",
        "wait at most 300 s until the replica 10.0.0.3:6379 is online",
    ]
    assert found.says("shop_b") == (
        "2 replicas log in with these credentials too: told shop_b, and connected anew once",
    )


def test_the_primary_is_told_what_it_logs_in_with_once_it_is_a_replica() -> None:
    found = links(masteruser="shop_a")
    assert lines(found) == ["CONFIG SET masteruser shop_b", "CONFIG SET masterauth ••••"]
    assert found.says("shop_b") == ("As a replica it would log in with these credentials too: told shop_b",)


def test_replicas_that_log_in_differently_are_refused() -> None:
    with pytest.raises(Refused, match="log in as other and shop_a: give all of them the same user"):
        links(client("shop_a", flags="S"), client("other", flags="S"))


def test_sentinels_that_pong_knows_are_told_in_one_command_each() -> None:
    found = links(client("shop_a", name="sentinel-0e9ddb26-cmd"), behind=SENTINELS)
    assert lines(found) == [
        "SENTINEL SET shop auth-user shop_b auth-pass ••••   (on 10.0.0.5:26379)",
        "SENTINEL SET shop auth-user shop_b auth-pass ••••   (on 10.0.0.6:26379)",
    ]
    assert found.says("shop_b") == ("2 Sentinels log in with these credentials too: told shop_b",)


def test_sentinels_with_a_user_of_their_own_are_not_told() -> None:
    assert not lines(links(client("watcher", name="sentinel-0e9ddb26-cmd"), behind=SENTINELS))


def test_sentinels_that_pong_does_not_know_are_named() -> None:
    found = links(client("shop_a", name="sentinel-0e9ddb26-cmd"), client("shop_a", name="shop"))
    assert (found.untold, lines(found)) == (1, [])
    [said] = found.says("shop_b")
    assert said.startswith("Sentinels that Pong does not know (1 connection) log in so, and will be locked")
