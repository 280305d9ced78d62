"""Are the clients chosen that were meant, and no others?"""

import pytest

from bot.remediations.clients import chosen, is_application, parse_list, sentinel_of

LISTED = b"""id=3 addr=10.0.0.1:5000 fd=8 name=worker age=900 idle=800 flags=N db=0 user=app
id=4 addr=10.0.0.1:5001 fd=9 name=worker age=900 idle=5 flags=b db=0 user=app
id=5 addr=10.0.0.2:5000 fd=10 name= age=900 idle=700 flags=P db=0 user=app
id=6 addr=10.0.0.3:5000 fd=11 name= age=900 idle=700 flags=S db=0 user=repl
id=7 addr=[::1]:5000 fd=12 name=web age=9 idle=601 flags=N db=0 user=app
no line of a client
id=x addr=10.0.0.4:1 idle=9 flags=N
"""


def test_lines_are_read_and_what_is_none_is_left_out() -> None:
    clients = parse_list(LISTED)
    assert [client.id for client in clients] == [3, 4, 5, 6, 7]
    assert (clients[0].name, clients[0].address, clients[0].idle_s) == ("worker", "10.0.0.1:5000", 800)


@pytest.mark.parametrize(
    ("by", "given", "ids"),
    [
        ("idle", "600", [3, 7]),
        ("idle", "700", [3]),
        ("name", "worker", [3]),
        ("name", "work", []),
        ("address", "10.0.0.3:5000", [6]),
        ("address", "10.0.0.1", []),
        ("user", "repl", [6]),
        ("user", "app", [3, 4, 5, 7]),
        ("replica", "repl", [6]),
        ("replica", "app", []),
    ],
)
def test_replicas_subscribers_and_clients_that_block_are_spared(by: str, given: str, ids: list[int]) -> None:
    assert [client.id for client in chosen(parse_list(LISTED), by, given)] == ids


def test_a_name_cannot_pass_for_another_field() -> None:
    [client] = parse_list(b"id=9 addr=1.2.3.4:5 name=id=1 idle=0 flags=N")
    assert (client.id, client.name) == (9, "id=1")


def test_replicas_and_sentinels_are_no_applications() -> None:
    listed = parse_list(
        b"id=1 addr=1.2.3.4:5 name=sentinel-0e9ddb26-cmd idle=0 flags=N user=a\n"
        b"id=2 addr=1.2.3.4:5 name=sentinel-0e9ddb26-pubsub idle=0 flags=P user=a\n"
        b"id=3 addr=1.2.3.4:5 name= idle=0 flags=S user=a\n"
        b"id=4 addr=1.2.3.4:5 name=sentinel-shop idle=0 flags=N user=a\n"
    )
    assert [sentinel_of(client) for client in listed] == ["0e9ddb26", "0e9ddb26", "", ""]
    assert [client.id for client in listed if is_application(client)] == [4]
