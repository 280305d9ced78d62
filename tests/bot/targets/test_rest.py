"""Is a Redis behind a REST API asked as any other, and is what goes wrong there named?"""

import httpx
import pytest

from bot.clock import SystemClock
from bot.diagnostics.diagnosis import Diagnosis
from bot.diagnostics.triage import triage
from bot.playground.ports import free_port
from bot.targets.endpoint import parse_endpoint
from bot.targets.outcome import Kind, Outcome
from bot.targets.ping import ping
from bot.targets.read_only import reading
from bot.targets.rest import Rest
from bot.targets.target import Target
from tests.fixtures.listeners import HTTP_ANSWER, black_hole, speaks
from tests.fixtures.redis_fixtures import StartServer
from tests.fixtures.upstash import TOKEN, upstash


def target(port: int, token: str = TOKEN) -> Target:
    return Target(name="redis-prod", address=parse_endpoint(f"http://:{token}@127.0.0.1:{port}"))


async def outcome(port: int, token: str = TOKEN) -> Outcome:
    return await ping(target(port, token), SystemClock())


async def examined(port: int) -> Diagnosis:
    async with httpx.AsyncClient() as http:
        return await triage(target(port), SystemClock(), http)


async def test_it_is_reached_stage_by_stage(start_server: StartServer) -> None:
    with upstash(start_server()) as port:
        said = await outcome(port)
    assert said.is_healthy
    assert [(stage.name, stage.state) for stage in said.stages] == [
        ("DNS", "skipped"),
        ("TCP", "ok"),
        ("TLS", "skipped"),
        ("PING", "ok"),
    ]


@pytest.mark.parametrize(
    ("says", "kind"),
    [
        ("ERR max requests limit exceeded. Limit: 500000, Usage: 500000.", Kind.QUOTA_USED_UP),
        ("ERR max concurrent connections exceeded", Kind.TOO_MANY_CLIENTS),
        ("ERR DB capacity quota exceeded", Kind.FULL),
        ("LOADING Redis is loading the dataset in memory", Kind.LOADING),
        ("ERR something else", Kind.ERROR),
    ],
)
async def test_what_it_refuses_has_its_name(start_server: StartServer, says: str, kind: Kind) -> None:
    with upstash(start_server(), says=says) as port:
        assert (await outcome(port)).kind is kind


async def test_a_wrong_token_is_a_wrong_password_and_shows_nowhere(start_server: StartServer) -> None:
    with upstash(start_server()) as port:
        said = await outcome(port, token="wrong-token")
    assert said.kind is Kind.CREDENTIALS_WRONG
    assert "wrong-token" not in repr(said)


async def test_nobody_there_nobody_who_answers_and_somebody_else_are_told_apart() -> None:
    assert (await outcome(free_port())).kind is Kind.REFUSED
    with black_hole() as port:
        assert (await outcome(port)).kind is Kind.BLACK_HOLE
    with speaks() as port:
        assert (await outcome(port)).kind is Kind.FROZEN
    with speaks(answer=HTTP_ANSWER, hangs_up=True) as port:
        assert (await outcome(port)).kind is Kind.NOT_REDIS


async def test_what_it_does_not_have_is_not_supported_and_never_healthy(start_server: StartServer) -> None:
    server = start_server()
    for number in range(100):
        server.command("SET", f"cache:{number}", "x", "EX", 100)
    with upstash(server) as port:
        diagnosis = await examined(port)
    missing = {one.check: one.why for one in diagnosis.not_checked}
    assert missing.keys() >= {"slow commands", "pauses", "persistence", "replication", "CPU", "evictions"}
    assert "Pong could not read the answer" not in " ".join(missing.values())
    assert {"expiry", "clients", "response time"} <= {finding.check for finding in diagnosis.findings}
    assert {"slow commands", "persistence"}.isdisjoint(finding.check for finding in diagnosis.findings)


async def test_questions_of_one_moment_are_one_request(start_server: StartServer) -> None:
    with upstash(start_server()) as port:
        rest = parse_endpoint(f"http://:{TOKEN}@127.0.0.1:{port}")
        assert isinstance(rest, Rest)
        async with reading(rest) as redis:
            redis.warm()
            pong, size, refused = await redis.ask_each([("PING",), ("DBSIZE",), ("SLOWLOG", "GET", 3)])
    assert (pong, size, "not available" in str(refused)) == (b"PONG", 0, True)


def test_an_address_has_its_token_apart() -> None:
    rest = parse_endpoint("https://eu1.example.upstash.io")
    assert isinstance(rest, Rest)
    assert (str(rest), rest.url, rest.token) == (
        "eu1.example.upstash.io",
        "https://eu1.example.upstash.io:443",
        None,
    )
    assert "sesame" not in f"{parse_endpoint('https://:sesame@eu1.example')!r}"
