"""Is an address of a PostgreSQL read, and a wrong one refused in a sentence that quotes nothing?"""

import pytest

from bot.errors import BadInput
from bot.postgres.postgres import Postgres, parse


def test_its_parts_are_taken_and_what_pong_sets_is_left_out() -> None:
    said = parse(
        "postgresql://pong:se%40same@db:6432/orders?sslmode=require&connect_timeout=99&options=-c%20x%3Dy"
    )
    assert said == {
        "user": "pong",
        "password": "se@same",
        "host": "db",
        "port": "6432",
        "dbname": "orders",
        "sslmode": "require",
    }


@pytest.mark.parametrize(
    "url",
    [
        "mysql://pong:sesame@db/orders",
        "host=db password=sesame",
        "postgresql://pong:sesame@/orders",
        "postgresql://pong:sesame@one,two/orders",
        "postgresql://pong:sesame@db/orders?sesame=1",
        "postgresql://pong:sesame@db:port/orders",
        "postgresql://pong:%zz-sesame@db/orders",
    ],
)
def test_a_wrong_address_is_refused_without_quoting_it(url: str) -> None:
    with pytest.raises(BadInput, match="write it like postgresql://user:password@host:5432/name") as error:
        parse(url)
    assert "sesame" not in str(error.value)


def test_a_socket_s_folder_is_a_host_too() -> None:
    said = parse("postgresql://pong@%2Frun%2Fpostgresql/orders")
    assert Postgres(name="orders", host=said["host"]).is_local
