"""Is triage right, and within 8 s, on servers that are well, dead, frozen, full, busy, or lock it out?"""

import asyncio
import contextlib
import threading
import time
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from dataclasses import replace

import httpx
import pytest
import redis

from bot import catalog
from bot.applications.health import Application
from bot.catalog import DIAGNOSTICS
from bot.clock import SystemClock
from bot.diagnostics import memory
from bot.diagnostics.diagnosis import Diagnosis
from bot.diagnostics.finding import Finding, Severity
from bot.diagnostics.question import Question
from bot.diagnostics.triage import triage
from bot.targets.address import parse
from bot.targets.outcome import Kind
from bot.targets.ping import ping
from bot.targets.target import Target
from tests.fixtures.listeners import black_hole, speaks
from tests.fixtures.redis_fixtures import StartServer
from tests.fixtures.redis_server import RedisServer

WHOLE_BUDGET_S = 8.0
ABOUT_REDIS = {question.check for question in DIAGNOSTICS if question.needs_redis}


@pytest.fixture
async def http() -> AsyncIterator[httpx.AsyncClient]:
    async with httpx.AsyncClient() as client:
        yield client


def target(url: str, application: Application | None = None) -> Target:
    return Target(name="redis-prod", address=parse(url), application=application)


async def examine(examined: Target, http: httpx.AsyncClient) -> Diagnosis:
    began_s = time.monotonic()
    diagnosis = await triage(examined, SystemClock(), http)
    assert time.monotonic() - began_s < WHOLE_BUDGET_S
    answered = {finding.check for finding in diagnosis.findings}
    unanswered = {one.check for one in diagnosis.not_checked}
    assert answered | unanswered >= {
        question.check for question in DIAGNOSTICS
    }  # nothing is passed over in silence
    return diagnosis


def without_answer(diagnosis: Diagnosis) -> set[str]:
    return {one.check for one in diagnosis.not_checked}


def wait_for_questions(server: RedisServer) -> None:
    """Until triage is past the probe: only the client that asks its questions has a name."""
    deadline = time.monotonic() + 5
    while b"name=pong" not in server.command("CLIENT", "LIST"):
        assert time.monotonic() < deadline


@contextmanager
def refused_writes(server: RedisServer) -> Iterator[None]:
    """Somebody goes on writing to a full server, and is refused."""
    ends = threading.Event()

    def write() -> None:
        with server.client() as client:
            while not ends.wait(0.02):
                with contextlib.suppress(redis.exceptions.OutOfMemoryError):
                    client.set("cache:more", "x" * 3000)

    writer = threading.Thread(target=write)
    writer.start()
    try:
        yield
    finally:
        ends.set()
        writer.join()


async def test_a_healthy_server_is_healthy(start_server: StartServer, http: httpx.AsyncClient) -> None:
    diagnosis = await examine(target(start_server("--maxmemory", "100mb").url()), http)
    assert diagnosis.is_healthy
    assert diagnosis.likeliest is None
    assert without_answer(diagnosis) == {
        "hit rate",
        "pauses",
        "sentinels",
        "cluster",
        "name",
        "firewall",
        "application's path",
        "database",
        "logs",
        "queues",
        "provider",
        "traffic",
        "application",
        "pool",
    }


async def test_a_full_server_is_named_with_its_biggest_class(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server("--maxmemory", "8mb")
    server.fill("session", value_bytes=100, keys_most=2000)
    server.fill("cache")
    with refused_writes(server):
        diagnosis = await examine(target(server.url()), http)
    assert diagnosis.outcome.kind is Kind.FULL
    assert [finding.check for finding in diagnosis.sick] == ["memory", "writes"]
    assert {finding.next_step.verb for finding in diagnosis.sick if finding.next_step} == {"clear"}
    assert str(diagnosis.likeliest).startswith("cache keys fill the memory (they hold ")
    assert "OOM error" in str(diagnosis.likeliest)
    assert diagnosis.figures["memory_percent"] > 90
    assert diagnosis.figures["oom_errors"] > 0


async def test_findings_come_worst_first(start_server: StartServer, http: httpx.AsyncClient) -> None:
    server = start_server("--maxmemory", "8mb")
    server.fill()
    ranks = [finding.severity.rank for finding in (await examine(target(server.url()), http)).findings]
    assert ranks == sorted(ranks)
    assert ranks[0] == Severity.CRITICAL.rank


async def test_a_dead_server_is_unreachable_and_nothing_about_it_healthy(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server()
    server.kill()
    diagnosis = await examine(target(server.url()), http)
    assert diagnosis.outcome.kind is Kind.REFUSED
    assert without_answer(diagnosis) >= ABOUT_REDIS
    assert not diagnosis.findings
    assert not diagnosis.is_healthy


async def test_a_frozen_server_is_within_the_budget(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server()
    server.freeze()
    diagnosis = await examine(target(server.url()), http)
    assert diagnosis.outcome.kind is Kind.FROZEN
    assert without_answer(diagnosis) >= ABOUT_REDIS


async def test_a_server_that_freezes_half_way_is_not_checked_rather_than_healthy(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server()
    examining = asyncio.create_task(examine(target(server.url()), http))
    await asyncio.to_thread(wait_for_questions, server)
    server.freeze()
    diagnosis = await examining
    assert diagnosis.outcome.is_healthy
    assert without_answer(diagnosis) >= {"writes", "evictions", "rejected clients"}
    assert "writes" not in {finding.check for finding in diagnosis.findings}


async def test_a_server_that_is_killed_half_way_is_not_checked(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server()
    examining = asyncio.create_task(examine(target(server.url()), http))
    await asyncio.to_thread(wait_for_questions, server)
    server.kill()
    assert without_answer(await examining) >= {"writes", "evictions"}


async def test_what_needs_no_second_look_is_known_a_second_earlier(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    first: list[Diagnosis] = []

    async def known(diagnosis: Diagnosis) -> None:
        first.append(diagnosis)

    server = start_server("--maxmemory", "8mb")
    server.fill("cache", value_bytes=2000)
    whole = await triage(target(server.url()), SystemClock(), http, on_first=known)
    (early,) = first
    assert early.took_ms + 500 < whole.took_ms
    assert {"memory", "connections"} <= {finding.check for finding in early.findings}
    waits = {one.check for one in early.not_checked if "in a moment" in one.why}
    assert waits == {question.check for question in DIAGNOSTICS if question.later}
    assert not any("in a moment" in one.why for one in whole.not_checked)


async def test_a_dead_server_has_no_first_answer_but_the_whole_one(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server()
    server.kill()
    first: list[Diagnosis] = []

    async def known(diagnosis: Diagnosis) -> None:
        first.append(diagnosis)

    await triage(target(server.url()), SystemClock(), http, on_first=known)
    assert first == []


async def test_a_wrong_password_is_one_clear_outcome(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server("--requirepass", "sesame")
    diagnosis = await examine(target(server.url(password="simsim")), http)
    assert diagnosis.outcome.kind is Kind.CREDENTIALS_WRONG
    assert "simsim" not in repr(diagnosis)
    assert (await examine(target(server.url(password="sesame")), http)).outcome.is_healthy


async def test_a_user_without_rights_leaves_checks_unanswered(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server()
    server.command("ACL", "SETUSER", "pong", "on", ">sesame", "+ping", "+client|setname", "+hello", "~*")
    diagnosis = await examine(target(server.url(user="pong", password="sesame")), http)
    assert without_answer(diagnosis) >= {"memory", "keys"}
    assert "response time" in {finding.check for finding in diagnosis.findings}
    assert not diagnosis.is_healthy


async def test_a_server_without_a_client_to_spare_is_still_named(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server("--maxclients", "1")
    with server.client() as client:
        client.ping()
        diagnosis = await examine(target(server.url()), http)
    assert diagnosis.outcome.kind is Kind.TOO_MANY_CLIENTS


async def test_a_server_that_cannot_save_is_looked_at_all_the_same(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server("--save", "900 1")
    server.command("SET", "one", "1")
    (server.folder / "dump.rdb").mkdir()
    server.command("BGSAVE")
    server.wait_for("persistence", "rdb_last_bgsave_status", "err")
    diagnosis = await examine(target(server.url()), http)
    assert diagnosis.outcome.kind is Kind.WRITES_STOPPED
    assert "persistence" in {finding.check for finding in diagnosis.sick}
    assert "disk" in str(diagnosis.likeliest)
    assert "response time" in without_answer(diagnosis)  # PING is refused too


async def test_a_black_hole_is_within_the_budget(http: httpx.AsyncClient) -> None:
    with black_hole() as port:
        assert (await examine(target(f"redis://127.0.0.1:{port}"), http)).outcome.kind is Kind.BLACK_HOLE


async def test_a_missing_authority_file_is_an_outcome_and_no_crash(http: httpx.AsyncClient) -> None:
    with speaks() as port:
        diagnosis = await examine(target(f"rediss://127.0.0.1:{port}?ssl_ca_certs=/nowhere/ca.crt"), http)
    assert diagnosis.outcome.kind is Kind.OWN_TLS_FILES


async def test_the_application_is_asked_though_redis_is_dead(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server()
    server.kill()
    body = b'{"status": "healthy", "checks": {"redis": "connected"}}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
    with speaks(answer=answer, hangs_up=True) as port:
        shop = Application(name="shop", health_url=f"http://127.0.0.1:{port}/api/health")
        diagnosis = await examine(replace(target(server.url()), application=shop), http)
    assert "shop says connected, yet Pong cannot reach Redis" in [
        finding.title for finding in diagnosis.findings
    ]


async def test_a_silent_application_and_a_frozen_redis_are_within_the_budget(
    start_server: StartServer, http: httpx.AsyncClient
) -> None:
    server = start_server()
    server.freeze()
    with speaks() as port:
        url = f"http://127.0.0.1:{port}/"
        shop = Application(name="shop", health_url=url, metrics_url=url)
        diagnosis = await examine(replace(target(server.url()), application=shop), http)
    assert "shop did not answer within 2 s" in [finding.title for finding in diagnosis.findings]


async def test_ping_names_the_target(start_server: StartServer) -> None:
    assert (await ping(target(start_server().url()), SystemClock())).target == "redis-prod"


async def test_a_question_that_trips_over_an_answer_takes_no_other_along(
    start_server: StartServer, http: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    def trips(*args: object) -> list[Finding]:
        raise KeyError("an answer of an unknown form")

    broken = Question(check="strange", read=memory.read, judge=trips)
    monkeypatch.setattr(catalog, "DIAGNOSTICS", (broken, *catalog.DIAGNOSTICS))
    diagnosis = await examine(target(start_server().url()), http)
    (strange,) = [one for one in diagnosis.not_checked if one.check == "strange"]
    assert strange.why == "Pong could not read the answer; its log says why"
    assert any(finding.check == "memory" for finding in diagnosis.findings)
