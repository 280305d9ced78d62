"""Is an address read as written, and its password never shown?"""

import pytest

from bot.errors import BadInput
from bot.targets.address import parse

SECRET = "open-sesame"


def test_every_part_of_a_url_is_read() -> None:
    address = parse("redis://app:p%40ss@redis.example:6380/3")
    assert (address.host, address.port, address.user, address.db, address.tls) == (
        "redis.example",
        6380,
        "app",
        3,
        None,
    )
    assert address.password is not None
    assert address.password.get_secret_value() == "p@ss"


def test_a_bare_host_has_the_usual_port() -> None:
    assert str(parse("redis://redis.example")) == "redis.example:6379"


def test_rediss_has_tls_that_verifies() -> None:
    tls = parse("rediss://redis.example?ssl_ca_certs=/etc/ca.pem").tls
    assert tls is not None
    assert (tls.verifies, tls.ca_file) == (True, "/etc/ca.pem")


def test_a_unix_socket_is_a_path() -> None:
    address = parse("unix://app:secret@/run/redis.sock?db=2")
    assert (str(address), address.user, address.db) == ("/run/redis.sock", "app", 2)


def test_an_ipv6_address_keeps_its_brackets() -> None:
    assert str(parse("redis://[::1]:6380")) == "[::1]:6380"


def test_the_password_shows_nowhere() -> None:
    address = parse(f"redis://app:{SECRET}@redis.example")
    assert SECRET not in f"{address} {address!r}"


@pytest.mark.parametrize(
    "url",
    [
        f"http://app:{SECRET}@redis.example",
        f"redis://app:{SECRET}@",
        f"redis://app:{SECRET}@redis.example:port",
        f"redis://app:{SECRET}@redis.example:99999",
        f"redis://app:{SECRET}@redis.example/zero",
        f"redis://app:{SECRET}@redis.example?retry=9",
        f"rediss://app:{SECRET}@redis.example?ssl_cert_reqs=maybe",
        f"redis://app:{SECRET}@[::1",
        f"unix://app:{SECRET}@host/run/redis.sock",
        SECRET,
        "",
    ],
)
def test_a_bad_url_gets_a_sentence_without_the_password(url: str) -> None:
    with pytest.raises(BadInput) as raised:
        parse(url)
    assert SECRET not in str(raised.value)
    assert str(raised.value).endswith(".")
