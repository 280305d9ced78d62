"""Is only what was measured called whole? Judged on answers in the runbook's shapes."""

from typing import Any

import pytest

from bot.applications import triage
from bot.applications.health import Answer, Application
from bot.clock import SystemClock
from bot.diagnostics.diagnosis import Diagnosis, NotChecked
from bot.diagnostics.finding import Finding, Severity
from bot.targets.address import parse
from bot.targets.meanings import outcome as outcome_of
from bot.targets.outcome import Kind, Outcome
from bot.targets.ping import ping
from bot.targets.target import Target
from bot.verification.verify import by_diagnosis, judge, with_triage
from tests.fixtures.redis_server import RedisServer

WELL = Answer(status_code=200, body={"status": "healthy", "checks": {"redis": "connected"}})
POOL = Answer(
    status_code=200, body={"redis": {"connected": True, "connectionErrors": 0, "cacheHitRate": 0.85}}
)


async def outcome(url: str) -> Outcome:
    return await ping(Target(name="redis-prod", address=parse(url)), SystemClock())


@pytest.fixture
async def up() -> Outcome:
    with RedisServer() as server:
        return await outcome(server.url())


async def test_all_three_well_is_whole(up: Outcome):
    verification = judge(up, "shop", WELL, POOL)
    assert verification.verdict == "whole"
    assert verification.hit_rate == 0.85


async def test_a_server_that_refuses_is_not_whole_whatever_the_application_says():
    assert judge(await outcome("redis://127.0.0.1:1"), "shop", WELL, POOL).verdict == "not whole"


@pytest.mark.parametrize(
    "body",
    [
        {"status": "healthy", "checks": {"redis": "disconnected"}},
        {"status": "degraded", "checks": {"redis": "connected"}},
        {"status": "unhealthy", "checks": {"redis": "connected"}},
        {"status": "healthy", "checks": ["connected"]},
        {"status": "healthy"},
    ],
)
async def test_an_application_that_does_not_say_connected_is_not_whole(up: Outcome, body: dict[str, Any]):
    verification = judge(up, "shop", Answer(status_code=200, body=body), POOL)
    assert verification.verdict == "not whole"
    assert "None" not in str([check.says for check in verification.checks])


@pytest.mark.parametrize(
    "pool",
    [
        {"connected": True, "connectionErrors": 1},
        {"connected": False, "connectionErrors": 0},
        {"connected": "yes", "connectionErrors": 0},
        {"connected": True},
    ],
)
async def test_a_pool_that_is_not_clean_is_not_whole(up: Outcome, pool: dict[str, Any]):
    answer = Answer(status_code=200, body={"redis": pool})
    verification = judge(up, "shop", WELL, answer)
    assert verification.verdict == "not whole"
    assert "None" not in str([check.says for check in verification.checks])


@pytest.mark.parametrize("answer", [None, Answer(fault="cannot be reached")])
async def test_what_could_not_be_asked_is_not_verified(up: Outcome, answer: Answer | None):
    assert judge(up, "shop", answer, answer).verdict == "not verified"


@pytest.mark.parametrize("rate", [True, "0.9", None, [1], 85, -1])
async def test_a_hit_rate_that_is_no_number_is_not_claimed(up: Outcome, rate: object):
    pool = {"connected": True, "connectionErrors": 0, "cacheHitRate": rate}
    assert judge(up, "shop", WELL, Answer(status_code=200, body={"redis": pool})).hit_rate is None


def test_what_a_triage_did_not_check_is_not_whole() -> None:
    shop = Application(name="shop", health_url="http://127.0.0.1:1/")
    said = {
        "whole": {"status": "healthy", "checks": {"database": "connected"}},
        "not verified": {"status": "healthy"},
        "not whole": {"status": "degraded", "checks": {"database": "connected"}},
    }
    for verdict, body in said.items():
        diagnosis = triage.judge(shop, Answer(status_code=200, body=body), took_ms=1, at_ms=5)
        assert by_diagnosis(diagnosis).verdict == verdict
    silent = triage.judge(shop, Answer(fault="cannot be reached"), took_ms=1, at_ms=5)
    assert by_diagnosis(silent).verdict == "not whole"


def triage_of(*findings: Finding, missing: tuple[NotChecked, ...] = ()) -> Diagnosis:
    return Diagnosis(
        target="redis-prod",
        outcome=outcome_of(Kind.HEALTHY, "redis-prod"),
        findings=findings,
        likeliest=None,
        not_checked=missing,
        took_ms=1,
        measured_at_ms=1,
        figures={},
    )


def found(check: str, severity: Severity) -> Finding:
    return Finding(check=check, severity=severity, title=f"{check} is {severity}")


@pytest.mark.parametrize(
    ("findings", "verdict"),
    [
        ([found("memory", Severity.CRITICAL)], "not whole"),
        ([found("memory", Severity.WARNING)], "whole"),
        ([found("memory", Severity.OK), found("persistence", Severity.CRITICAL)], "not whole"),
        ([found("memory", Severity.OK), found("persistence", Severity.WARNING)], "whole"),
        ([], "not verified"),
    ],
)
async def test_what_fills_or_breaks_it_is_not_called_whole(
    up: Outcome, findings: list[Finding], verdict: str
) -> None:
    assert with_triage(judge(up, "shop", WELL, POOL), triage_of(*findings)).verdict == verdict


async def test_why_the_memory_was_not_measured_is_said(up: Outcome) -> None:
    missing = NotChecked(check="memory", why="INFO is forbidden")
    [*_, memory] = with_triage(judge(up, "shop", WELL, POOL), triage_of(missing=(missing,))).checks
    assert (memory.state, memory.says) == ("not checked", "INFO is forbidden")
