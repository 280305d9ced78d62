"""Is degraded as expected without Redis, unhealthy a finding, and a contradiction named?"""

from dataclasses import replace

import httpx
import pytest

from bot.applications.health import Application
from bot.config.tables import ThresholdsTable
from bot.diagnostics.application import judge, read
from bot.diagnostics.finding import Severity
from bot.targets.outcome import Kind
from tests.fixtures.listeners import speaks
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded


def measured(status: str, redis: str, *, is_reachable: bool, fault: str = "") -> dict[str, object]:
    said = {"target": "redis-prod", "application": "shop", "fault": fault, "status": status, "redis": redis}
    return said | {"is_redis_reachable": is_reachable, "database": "", "databases": ()}


@pytest.mark.parametrize(
    ("status", "redis", "is_reachable", "severities"),
    [
        ("healthy", "connected", True, [Severity.OK]),
        ("degraded", "disconnected", False, [Severity.OK]),
        ("degraded", "disconnected", True, [Severity.WARNING, Severity.WARNING]),
        ("unhealthy", "disconnected", False, [Severity.CRITICAL]),
        ("healthy", "connected", False, [Severity.OK, Severity.WARNING]),
        ("healthy", "disconnected", True, [Severity.OK, Severity.WARNING]),
        ("", "", True, [Severity.UNKNOWN]),
    ],
)
def test_what_it_says_is_held_against_what_pong_sees(
    status: str, redis: str, is_reachable: bool, severities: list[Severity]
) -> None:
    found = judge(measured(status, redis, is_reachable=is_reachable), ThresholdsTable())
    assert [finding.severity for finding in found] == severities


def test_connected_while_redis_is_gone_is_called_a_contradiction() -> None:
    found = judge(measured("healthy", "connected", is_reachable=False), ThresholdsTable())
    assert found[-1].title == "shop says connected, yet Pong cannot reach Redis"


def test_silence_is_critical() -> None:
    (finding,) = judge(measured("", "", is_reachable=True, fault="cannot be reached"), ThresholdsTable())
    assert (finding.severity, finding.title) == (Severity.CRITICAL, "shop cannot be reached")


@pytest.mark.parametrize(("kind", "serves"), [(Kind.BUSY, False), (Kind.LOADING, False), (Kind.FULL, True)])
async def test_a_redis_that_runs_a_script_or_loads_does_not_serve_the_application(
    kind: Kind, serves: bool
) -> None:
    body = b'{"status": "degraded", "checks": {"redis": "disconnected"}}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
    with speaks(answer=answer, hangs_up=True) as port:
        shop = replace(TARGET, application=Application(name="shop", health_url=f"http://127.0.0.1:{port}/"))
        async with httpx.AsyncClient() as http:
            subject = RecordedSubject(recorded("redis-healthy"), target=shop, kind=kind, http=http)
            found = await read(subject)
    assert found == measured("degraded", "disconnected", is_reachable=serves)


async def test_a_503_with_its_status_is_read_beside_what_pong_sees() -> None:
    body = b'{"status": "unhealthy", "checks": {"redis": "disconnected"}}'
    answer = b"HTTP/1.1 503 No\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
    with speaks(answer=answer, hangs_up=True) as port:
        shop = replace(TARGET, application=Application(name="shop", health_url=f"http://127.0.0.1:{port}/"))
        async with httpx.AsyncClient() as http:
            subject = RecordedSubject(recorded("redis-healthy"), target=shop, kind=Kind.REFUSED, http=http)
            found = await read(subject)
    assert found == measured("unhealthy", "disconnected", is_reachable=False)


def test_what_redis_does_not_explain_leads_to_the_application_s_own_runbook() -> None:
    for said in (
        measured("unhealthy", "connected", is_reachable=True),
        measured("", "", is_reachable=True, fault="cannot be reached"),
    ):
        step = judge(said, ThresholdsTable())[0].next_step
        assert step is not None
        assert step.label == "API_SERVER_DOWN may fit: /incident open shop"
    without_redis = judge(measured("unhealthy", "disconnected", is_reachable=False), ThresholdsTable())[0]
    assert without_redis.next_step is not None
    assert "API_SERVER_DOWN" not in without_redis.next_step.label


def test_its_database_that_is_down_leads_to_that_runbook() -> None:
    said = measured("unhealthy", "connected", is_reachable=True)
    *_, finding = judge(said | {"database": "disconnected", "databases": ("orders",)}, ThresholdsTable())
    assert finding.title == "shop says of its database: disconnected"
    assert finding.next_step is not None
    assert finding.next_step.label == "DATABASE_FAILURE may fit: /incident open orders"
