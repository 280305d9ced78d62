"""Are the addresses of Sentinels and clusters read as written, and their passwords never shown?"""

import pytest

from bot.errors import BadInput
from bot.targets.address import Address
from bot.targets.endpoint import Cluster, Sentinels, parse_endpoint, port_of

SECRET = "open-sesame"


def test_one_server_stays_one_server() -> None:
    assert isinstance(parse_endpoint("redis://redis.example:6380/3"), Address)


def test_sentinels_have_their_own_port_and_password() -> None:
    url = f"redis+sentinel://app:{SECRET}@one.example,two.example:26380/shop/2?sentinel_password=s%40y"
    found = parse_endpoint(url)
    assert isinstance(found, Sentinels)
    assert [str(one) for one in found.sentinels] == ["one.example:26379", "two.example:26380"]
    assert (found.service, found.server.user, found.server.db) == ("shop", "app", 2)
    assert found.server.password is not None
    assert found.server.password.get_secret_value() == SECRET
    assert {one.password.get_secret_value() for one in found.sentinels if one.password} == {"s@y"}
    assert {one.user for one in found.sentinels} == {None}


def test_a_cluster_has_seeds_with_one_password() -> None:
    found = parse_endpoint(f"rediss+cluster://:{SECRET}@one.example:7000,two.example/?ssl_ca_certs=/ca.crt")
    assert isinstance(found, Cluster)
    assert [str(seed) for seed in found.seeds] == ["one.example:7000", "two.example:6379"]
    other = found.node("three.example", 7001)
    assert (str(other), other.password, other.tls) == (
        "three.example:7001",
        found.seeds[0].password,
        found.seeds[0].tls,
    )


def test_a_password_with_an_at_sign_is_one_password() -> None:
    found = parse_endpoint("redis+cluster://app:p%40ss@one.example,two.example")
    assert isinstance(found, Cluster)
    assert found.seeds[1].password is not None
    assert found.seeds[1].password.get_secret_value() == "p@ss"


def test_the_password_shows_nowhere() -> None:
    for url in (
        f"redis+cluster://:{SECRET}@one.example",
        f"redis+sentinel://:{SECRET}@one.example/shop?sentinel_password={SECRET}",
    ):
        assert SECRET not in f"{parse_endpoint(url)} {parse_endpoint(url)!r}"


@pytest.mark.parametrize(
    ("url", "says"),
    [
        ("redis+sentinel://one.example", "Which service do the Sentinels watch"),
        (f"redis+sentinel://:{SECRET}@one.example/", "Which service"),
        (f"redis+cluster://:{SECRET}@one.example/3", "A cluster has one database"),
        (f"redis+cluster://:{SECRET}@one.example:port", "cannot be read"),
        (f"redis+cluster://:{SECRET}@one.example?nonsense=1", "an option Pong does not know"),
        ("redis+other://one.example", "The address of a group"),
        ("redis+cluster://", "The address of a group"),
    ],
)
def test_a_bad_address_is_one_sentence_without_its_password(url: str, says: str) -> None:
    with pytest.raises(BadInput, match=says) as error:
        parse_endpoint(url)
    assert SECRET not in str(error.value)


def test_valkey_is_another_name_for_it() -> None:
    assert parse_endpoint("valkey://one.example") == parse_endpoint("redis://one.example")
    assert parse_endpoint("valkeys+cluster://one.example") == parse_endpoint("rediss+cluster://one.example")


@pytest.mark.parametrize(
    ("url", "port"),
    [
        ("redis://h:7000", 7000),
        ("redis+sentinel://a:26380,b/shop", 26380),
        ("redis+cluster://a:7001,b", 7001),
        ("https://h", 443),
    ],
)
def test_an_application_reaches_it_by_its_port(url: str, port: int) -> None:
    assert port_of(parse_endpoint(url)) == port
