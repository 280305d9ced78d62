"""Does every failure that redis-py reports find its kind, as the probe's own sockets do?"""

import errno
import socket
import ssl
from pathlib import Path

import pytest
import redis.exceptions as py

from bot.playground.ports import free_port
from bot.targets.address import parse
from bot.targets.connection import connect
from bot.targets.outcome import Kind
from bot.targets.outcomes import NotRedis, ServerSaid, kind_of, words_of
from bot.text import plain
from tests.fixtures.redis_fixtures import StartServer
from tests.fixtures.redis_groups import cluster_of_three


@pytest.mark.parametrize(
    ("error", "stage", "kind"),
    [
        (ConnectionRefusedError(), "TCP", Kind.REFUSED),
        (OSError(errno.EHOSTUNREACH, "no"), "TCP", Kind.NO_ROUTE),
        (OSError(errno.ENETUNREACH, "no"), "TCP", Kind.NO_ROUTE),
        (TimeoutError(), "DNS", Kind.NAME_SERVER_SILENT),
        (TimeoutError(), "TCP", Kind.BLACK_HOLE),
        (TimeoutError(), "TLS", Kind.TLS_STALLED),
        (TimeoutError(), "PING", Kind.FROZEN),
        (socket.gaierror(socket.EAI_NONAME, "no"), "DNS", Kind.NAME_UNKNOWN),
        (socket.gaierror(socket.EAI_AGAIN, "no"), "DNS", Kind.NAME_SERVER_FAILED),
        (ssl.SSLCertVerificationError("bad"), "TLS", Kind.CERTIFICATE),
        (ssl.SSLError(1, "[SSL: TLSV1_ALERT_PROTOCOL_VERSION] no"), "TLS", Kind.TLS_VERSION),
        (ssl.SSLError(1, "[SSL: TLSV13_ALERT_CERTIFICATE_REQUIRED] no"), "PING", Kind.CERTIFICATE_NEEDED),
        (EOFError(), "PING", Kind.CLOSED),
        (ConnectionResetError(), "PING", Kind.CLOSED),
        (NotRedis(b"\x15\x03\x01"), "PING", Kind.PLAIN_TO_TLS),
        (NotRedis(b"OOM killed"), "PING", Kind.NOT_REDIS),
        (ServerSaid("BUSY Redis is busy running a script."), "PING", Kind.BUSY),
        (ServerSaid("BUSYKEY Target key name already exists."), "PING", Kind.ERROR),
        (ServerSaid("MISCONF Redis is configured to save"), "PING", Kind.WRITES_STOPPED),
        (py.ResponseError("MISCONF Redis is configured to save"), "", Kind.WRITES_STOPPED),
        (py.MaxConnectionsError("Too many connections"), "", Kind.OWN_POOL_FULL),
        (py.ConnectionError("Error 113 connecting to x:1."), "", Kind.NO_ROUTE),
        (py.ConnectionError("Error -3 connecting to x:1."), "", Kind.NAME_SERVER_FAILED),
        (py.TimeoutError("Timeout connecting to server"), "", Kind.BLACK_HOLE),
        (py.TimeoutError("Timeout reading from x:1"), "", Kind.FROZEN),
        (py.InvalidResponse('got "H" as reply type byte'), "", Kind.NOT_REDIS),
        (py.ConnectionError("Connection closed by server."), "", Kind.CLOSED),
        (KeyError("what"), "", Kind.UNKNOWN),
    ],
)
def test_an_error_has_its_kind(error: BaseException, stage: str, kind: Kind) -> None:
    assert kind_of(error, stage) is kind


async def kind_through_client(url: str, *words: str | int) -> Kind:
    async with connect(parse(url), budget_s=1.0) as client:
        try:
            await client.execute_command(*words or ("PING",))  # type: ignore[no-untyped-call]
        except Exception as error:
            return kind_of(error)
    return Kind.HEALTHY


async def test_the_client_reports_the_same_kinds_as_the_probe(start_server: StartServer) -> None:
    server = start_server("--requirepass", "sesame", "--maxclients", "3")
    assert await kind_through_client(server.url()) is Kind.CREDENTIALS_MISSING
    assert await kind_through_client(server.url(password="simsim")) is Kind.CREDENTIALS_WRONG
    assert await kind_through_client(server.url(password="sesame")) is Kind.HEALTHY
    with server.client(password="sesame") as one, server.client(password="sesame") as two:
        one.ping()
        two.ping()
        with server.client(password="sesame") as three:
            three.ping()
            assert await kind_through_client(server.url(password="sesame")) is Kind.TOO_MANY_CLIENTS
    server.freeze()
    assert await kind_through_client(server.url(password="sesame")) is Kind.FROZEN
    server.thaw()
    server.kill()
    assert await kind_through_client(server.url(password="sesame")) is Kind.REFUSED


async def test_refused_writes_have_their_kind(start_server: StartServer) -> None:
    full = start_server("--maxmemory", "4mb")
    full.fill()
    assert await kind_through_client(full.url(), "SET", "cache:x", "x" * 1000) is Kind.FULL
    replica = start_server("--replicaof", "127.0.0.1", str(free_port()))
    assert await kind_through_client(replica.url(), "SET", "one", "1") is Kind.READ_ONLY
    strict = start_server("--replicaof", "127.0.0.1", str(free_port()), "--replica-serve-stale-data", "no")
    assert await kind_through_client(strict.url()) is Kind.REPLICA_CUT_OFF


async def test_a_name_that_dns_does_not_know_has_its_kind() -> None:
    assert await kind_through_client("redis://redis.invalid") in (Kind.NAME_UNKNOWN, Kind.NAME_SERVER_FAILED)


def test_words_leave_out_pythons_brackets() -> None:
    assert words_of(ConnectionRefusedError(errno.ECONNREFUSED, "Connect call failed ('127.0.0.1', 1)")) == (
        "Connection refused"
    )


async def test_a_key_of_another_node_and_a_cluster_that_is_down_have_their_kinds(binary: Path) -> None:
    with cluster_of_three(binary=binary) as cluster:
        urls = [node.url() for node in cluster.nodes]
        kinds = {await kind_through_client(url, "TYPE", "a key of one node") for url in urls}
        assert kinds == {Kind.MOVED, Kind.HEALTHY}
        assert await kind_through_client(urls[0], "DEL", "{a}1", "{b}2") is Kind.MOVED
        cluster.nodes[2].kill()
        cluster.awaits_state("fail")
        assert await kind_through_client(urls[0], "TYPE", "any") is Kind.CLUSTER_DOWN


def test_what_was_seen_is_not_cut_before_its_secrets_are_hidden() -> None:
    said = b"HTTP/1.1 " + b"x " * 20 + b"redis://app:s3cretw0rd@10.0.0.1:6379 token=abcdef123456"
    assert "10.0.0.1" in str(NotRedis(said))
    assert "s3cretw0rd" not in plain(str(NotRedis(said)), 160)
