"""Does the probe name each failure that one standalone server can give, within its budget?"""

import asyncio
import time
from pathlib import Path

import pytest
import redis

from bot.clock import SystemClock
from bot.playground.ports import free_port
from bot.targets.address import parse
from bot.targets.outcome import Kind, Outcome
from bot.targets.probe import BUDGET_S, probe
from tests.fixtures.listeners import HTTP_ANSWER, black_hole, speaks
from tests.fixtures.redis_fixtures import StartServer
from tests.fixtures.redis_server import RedisServer


async def ask(url: str) -> Outcome:
    """Probe `url`; whatever comes out, it came within the budget."""
    began_s = time.monotonic()
    outcome = (await probe("redis-prod", parse(url), SystemClock())).outcome
    assert time.monotonic() - began_s < BUDGET_S + 0.2
    return outcome


def states(outcome: Outcome) -> dict[str, str]:
    return {stage.name: stage.state for stage in outcome.stages}


def with_tls(
    start_server: StartServer, certificates: dict[str, Path], *args: str, **named: str
) -> RedisServer:
    certificate = certificates[named.get("certificate", "server.crt")]
    try:
        server = start_server(
            "--port", "0", "--tls-port", str(free_port()), "--tls-auth-clients", "no",
            "--tls-cert-file", str(certificate), "--tls-key-file", str(certificates["server.key"]),
            "--tls-ca-cert-file", str(certificates["ca.crt"]), *args,
        )  # fmt: skip
    except RuntimeError as error:
        if "TLS" in str(error) or "tls" in str(error):
            pytest.skip("this server was built without TLS")
        raise
    server.port = int(server.args[3])
    return server


def tls_url(server: RedisServer, certificates: dict[str, Path], host: str = "127.0.0.1") -> str:
    return f"rediss://{host}:{server.port}?ssl_ca_certs={certificates['ca.crt']}"


async def test_a_healthy_server_is_healthy_at_every_stage(start_server: StartServer) -> None:
    outcome = await ask(start_server().url())
    assert (outcome.kind, outcome.is_reachable, outcome.is_healthy, outcome.sure) == (
        Kind.HEALTHY,
        True,
        True,
        True,
    )
    assert states(outcome) == {
        "DNS": "skipped",
        "TCP": "ok",
        "TLS": "skipped",
        "AUTH": "skipped",
        "PING": "ok",
    }


async def test_a_healthy_server_is_not_kept_waiting_for_a_greeting(start_server: StartServer) -> None:
    url = start_server().url()
    assert min([(await ask(url)).took_ms for _ in range(5)]) < 80


async def test_a_name_is_looked_up(start_server: StartServer) -> None:
    outcome = await ask(f"redis://localhost:{start_server().port}")
    assert outcome.is_healthy
    assert states(outcome)["DNS"] == "ok"


async def test_a_unix_socket_is_reached(start_server: StartServer) -> None:
    outcome = await ask(f"unix://{start_server().socket_path}")
    assert outcome.is_healthy
    assert states(outcome) == {"SOCKET": "ok", "AUTH": "skipped", "PING": "ok"}


async def test_a_unix_socket_that_is_not_there_is_named() -> None:
    assert (await ask("unix:///nowhere/redis.sock")).kind is Kind.SOCKET_MISSING


async def test_a_killed_server_refuses(start_server: StartServer) -> None:
    server = start_server()
    server.kill()
    outcome = await ask(server.url())
    assert outcome.kind is Kind.REFUSED
    assert not outcome.is_reachable
    assert states(outcome) == {
        "DNS": "skipped",
        "TCP": "failed",
        "TLS": "skipped",
        "AUTH": "skipped",
        "PING": "skipped",
    }
    assert (await ask(f"unix://{server.socket_path}")).kind is Kind.REFUSED


async def test_a_frozen_server_is_not_called_unreachable_by_network(start_server: StartServer) -> None:
    server = start_server()
    server.freeze()
    outcome = await ask(server.url())
    assert outcome.kind is Kind.FROZEN
    assert states(outcome)["TCP"] == "ok"
    assert not outcome.sure


async def test_a_server_that_pauses_its_clients_looks_frozen(start_server: StartServer) -> None:
    server = start_server()
    server.command("CLIENT", "PAUSE", 5000, "ALL")
    assert (await ask(server.url())).kind is Kind.FROZEN


async def test_a_name_without_an_address_is_a_dns_failure() -> None:
    outcome = await ask("redis://redis-prod.invalid:6379")
    assert outcome.kind in (Kind.NAME_UNKNOWN, Kind.NAME_SERVER_FAILED, Kind.NAME_SERVER_SILENT)
    assert states(outcome)["DNS"] == "failed"


async def test_a_port_that_never_accepts_is_a_black_hole() -> None:
    with black_hole() as port:
        outcome = await ask(f"redis://127.0.0.1:{port}")
    assert outcome.kind is Kind.BLACK_HOLE
    assert states(outcome)["TCP"] == "failed"
    assert not outcome.sure


async def test_a_missing_password_is_told_from_a_wrong_one(start_server: StartServer) -> None:
    server = start_server("--requirepass", "sesame")
    assert (await ask(server.url())).kind is Kind.CREDENTIALS_MISSING
    assert (await ask(server.url(password="simsim"))).kind is Kind.CREDENTIALS_WRONG
    assert (await ask(server.url(password="sesame"))).is_healthy


async def test_a_user_who_is_off_is_refused(start_server: StartServer) -> None:
    server = start_server()
    server.command("ACL", "SETUSER", "pong", "off", ">sesame", "+@all", "~*")
    assert (await ask(server.url(user="pong", password="sesame"))).kind is Kind.CREDENTIALS_WRONG


async def test_the_password_shows_in_no_outcome(start_server: StartServer) -> None:
    server = start_server("--requirepass", "right-secret")
    for password in ("wrong-secret", "right-secret"):
        assert "secret" not in repr(await ask(server.url(password=password)))


async def test_a_server_without_the_password_is_open_to_all(start_server: StartServer) -> None:
    outcome = await ask(start_server().url(password="sesame"))
    assert outcome.kind is Kind.OPEN_TO_ALL
    assert outcome.is_reachable
    assert not outcome.is_healthy


async def test_a_user_without_info_is_reachable_but_not_healthy(start_server: StartServer) -> None:
    server = start_server()
    server.command("ACL", "SETUSER", "pong", "on", ">sesame", "+ping", "~*")
    outcome = await ask(server.url(user="pong", password="sesame"))
    assert (outcome.kind, outcome.is_reachable, outcome.is_healthy) == (Kind.NO_PERMISSION, True, False)


async def test_a_user_without_ping_lacks_permission(start_server: StartServer) -> None:
    server = start_server()
    server.command("ACL", "SETUSER", "pong", "on", ">sesame", "+info", "~*")
    assert (await ask(server.url(user="pong", password="sesame"))).kind is Kind.NO_PERMISSION


async def test_a_database_that_is_not_there_is_named(start_server: StartServer) -> None:
    assert (await ask(f"{start_server().url()}/99")).kind is Kind.WRONG_DATABASE


async def test_too_many_clients_is_right_every_time(start_server: StartServer) -> None:
    server = start_server("--maxclients", "2")
    with server.client() as one, server.client() as other:
        one.ping()
        other.ping()
        kinds = {(await ask(server.url())).kind for _ in range(25)}
        assert kinds == {Kind.TOO_MANY_CLIENTS}


async def test_a_full_server_answers_but_is_not_healthy(start_server: StartServer) -> None:
    server = start_server("--maxmemory", "4mb")
    server.fill()
    outcome = await ask(server.url())
    assert (outcome.kind, outcome.is_reachable, outcome.is_healthy) == (Kind.FULL, True, False)
    assert (outcome.next_step.verb, outcome.next_step.ref) == ("clear", "redis-prod")


async def test_a_server_that_can_evict_is_not_called_full(start_server: StartServer) -> None:
    server = start_server("--maxmemory", "4mb", "--maxmemory-policy", "allkeys-lru")
    server.fill(keys_most=8_000)
    assert (await ask(server.url())).kind is Kind.HEALTHY


async def test_a_failed_snapshot_stops_writes(start_server: StartServer) -> None:
    server = start_server("--save", "900 1")
    server.command("SET", "one", "1")
    (server.folder / "dump.rdb").mkdir()  # a snapshot cannot be renamed over a folder
    server.command("BGSAVE")
    server.wait_for("persistence", "rdb_last_bgsave_status", "err")
    outcome = await ask(server.url())
    assert outcome.kind is Kind.WRITES_STOPPED
    assert "err" in outcome.seen


async def test_a_replica_is_read_only(start_server: StartServer) -> None:
    primary = start_server()
    replica = start_server("--replicaof", "127.0.0.1", str(primary.port))
    replica.wait_for("replication", "master_link_status", "up")
    outcome = await ask(replica.url())
    assert (outcome.kind, outcome.is_reachable, outcome.is_healthy) == (Kind.READ_ONLY, True, False)


async def test_a_replica_that_serves_nothing_stale_is_cut_off(start_server: StartServer) -> None:
    replica = start_server("--replicaof", "127.0.0.1", str(free_port()), "--replica-serve-stale-data", "no")
    outcome = await ask(replica.url())
    assert outcome.kind is Kind.REPLICA_CUT_OFF
    assert "down" in outcome.seen


async def test_a_loading_server_is_waited_for_not_restarted(start_server: StartServer) -> None:
    server = start_server()
    with server.client() as client:
        pipeline = client.pipeline(transaction=False)
        for number in range(20_000):
            pipeline.set(f"cache:{number}", "x" * 20)
        pipeline.execute()
    server.command("SAVE")
    server.stop()
    server.args = ("--key-load-delay", "2000", "--loading-process-events-interval-bytes", "1024")
    server.start()
    outcome = await ask(server.url())
    assert (outcome.kind, outcome.is_reachable, outcome.is_healthy) == (Kind.LOADING, True, False)
    assert "% loaded" in outcome.seen


async def test_a_long_script_is_busy(start_server: StartServer) -> None:
    server = start_server("--busy-reply-threshold", "50")
    script = asyncio.create_task(asyncio.to_thread(_run_for_ever, server))
    async with asyncio.timeout(10):
        # While the script is young the server is silent, so each probe waits by itself.
        while (outcome := await ask(server.url())).kind in (Kind.HEALTHY, Kind.FROZEN):
            pass
    assert (outcome.kind, outcome.is_reachable) == (Kind.BUSY, True)
    server.command("SCRIPT", "KILL")
    await script


def _run_for_ever(server: RedisServer) -> None:
    with pytest.raises(redis.exceptions.ResponseError):
        server.command("EVAL", "while true do end", 0, socket_timeout=30)


async def test_a_server_in_protected_mode_says_so_before_it_hangs_up() -> None:
    # A server shuts out only those from other hosts, so a listener says what it would say.
    denied = (
        b"-DENIED Redis is running in protected mode because protected mode is enabled and no password\r\n"
    )
    with speaks(first=denied, hangs_up=True) as port:
        assert (await ask(f"redis://127.0.0.1:{port}")).kind is Kind.PROTECTED_MODE


async def test_what_speaks_http_is_the_wrong_port() -> None:
    with speaks(answer=HTTP_ANSWER, hangs_up=True) as port:
        outcome = await ask(f"redis://127.0.0.1:{port}")
    assert outcome.kind is Kind.NOT_REDIS
    assert "HTTP/1.1 400" in outcome.seen


@pytest.mark.parametrize("scheme", ["redis", "rediss"])
async def test_what_greets_as_ssh_is_the_wrong_port(scheme: str) -> None:
    with speaks(first=b"SSH-2.0-OpenSSH_9.6\r\n") as port:
        outcome = await ask(f"{scheme}://127.0.0.1:{port}")
    assert outcome.kind is Kind.NOT_REDIS
    assert "SSH-2.0" in outcome.seen


async def test_a_server_that_hangs_up_is_closed() -> None:
    with speaks(answer=b"", hangs_up=True) as port:
        outcome = await ask(f"redis://127.0.0.1:{port}")
    assert outcome.kind is Kind.CLOSED
    assert not outcome.sure


async def test_an_error_that_nobody_knows_is_shown() -> None:
    with speaks(answer=b"-ERR tell nobody about token=abcdef123456\r\n") as port:
        outcome = await ask(f"redis://127.0.0.1:{port}")
    assert outcome.kind is Kind.ERROR
    assert "tell nobody" in outcome.seen
    assert "abcdef123456" not in outcome.seen


async def test_a_flood_instead_of_a_reply_ends_within_the_budget() -> None:
    with speaks(answer=b"$99999999\r\n" + b"x" * 3_000_000) as port:
        assert not (await ask(f"redis://127.0.0.1:{port}")).is_reachable


async def test_tls_works_and_is_timed(start_server: StartServer, certificates: dict[str, Path]) -> None:
    server = with_tls(start_server, certificates)
    outcome = await ask(tls_url(server, certificates))
    assert outcome.is_healthy
    assert states(outcome)["TLS"] == "ok"


async def test_tls_to_a_plain_port_is_named(start_server: StartServer) -> None:
    assert (await ask(f"rediss://127.0.0.1:{start_server().port}")).kind is Kind.TLS_TO_PLAIN


async def test_plain_to_a_tls_port_is_named(start_server: StartServer, certificates: dict[str, Path]) -> None:
    server = with_tls(start_server, certificates)
    assert (await ask(server.url())).kind is Kind.PLAIN_TO_TLS


async def test_an_unknown_authority_is_a_bad_certificate(
    start_server: StartServer, certificates: dict[str, Path]
) -> None:
    server = with_tls(start_server, certificates)
    assert (await ask(f"rediss://127.0.0.1:{server.port}")).kind is Kind.CERTIFICATE
    assert (await ask(f"rediss://127.0.0.1:{server.port}?ssl_cert_reqs=none")).is_healthy


async def test_another_name_is_a_bad_certificate(
    start_server: StartServer, certificates: dict[str, Path]
) -> None:
    server = with_tls(start_server, certificates)
    outcome = await ask(tls_url(server, certificates, host="localhost"))
    assert outcome.kind is Kind.CERTIFICATE
    assert "localhost" in outcome.seen


async def test_an_expired_certificate_says_so(
    start_server: StartServer, certificates: dict[str, Path]
) -> None:
    server = with_tls(start_server, certificates, certificate="expired.crt")
    outcome = await ask(tls_url(server, certificates))
    assert outcome.kind is Kind.CERTIFICATE
    assert "expired" in outcome.seen


async def test_a_wanted_client_certificate_is_named(
    start_server: StartServer, certificates: dict[str, Path]
) -> None:
    server = with_tls(start_server, certificates, "--tls-auth-clients", "yes")
    assert (await ask(tls_url(server, certificates))).kind is Kind.CERTIFICATE_NEEDED
    own = f"&ssl_certfile={certificates['server.crt']}&ssl_keyfile={certificates['server.key']}"
    assert (await ask(tls_url(server, certificates) + own)).is_healthy


async def test_a_missing_authority_file_is_pongs_own_fault() -> None:
    with speaks() as port:
        outcome = await ask(f"rediss://127.0.0.1:{port}?ssl_ca_certs=/nowhere/ca.crt")
    assert outcome.kind is Kind.OWN_TLS_FILES


async def test_a_stalled_handshake_ends_within_the_budget(
    start_server: StartServer, certificates: dict[str, Path]
) -> None:
    server = with_tls(start_server, certificates)
    server.freeze()
    outcome = await ask(tls_url(server, certificates))
    assert outcome.kind is Kind.TLS_STALLED


@pytest.mark.parametrize("answer", [b"+OK\r\n", b":1\r\n", b"$5\r\nhello\r\n", b"*0\r\n"])
async def test_what_answers_ping_with_something_else_is_no_redis(answer: bytes) -> None:
    with speaks(answer=answer * 3) as port:
        outcome = await ask(f"redis://127.0.0.1:{port}")
    assert (outcome.kind, outcome.is_healthy) == (Kind.NOT_REDIS, False)


@pytest.mark.parametrize("info", [b"$0\r\n\r\n", b"+OK\r\n", b"$7\r\nnothing\r\n"])
async def test_an_info_that_says_nothing_is_not_called_healthy(info: bytes) -> None:
    with speaks(answer=b"+PONG\r\n" + info) as port:
        outcome = await ask(f"redis://127.0.0.1:{port}")
    assert (outcome.kind, outcome.seen) == (Kind.ERROR, "INFO is empty")
