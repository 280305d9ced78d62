"""Are the pool's errors and hit rate held against the runbook's figures?"""

from dataclasses import replace

import httpx
import pytest

from bot.applications.health import Application
from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.pool import judge, read
from bot.diagnostics.question import NotSupported
from tests.fixtures.listeners import speaks
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded


def measured(**said: object) -> dict[str, object]:
    empty = {
        "application": "shop",
        "fault": "",
        "connections": 5.0,
        "connection_errors": None,
        "cache_hit_rate": None,
    }
    return empty | said


@pytest.mark.parametrize(
    ("rate", "severity"),
    [
        (0.85, Severity.OK),
        (0.7, Severity.OK),
        (0.69, Severity.NOTICE),
        (0.49, Severity.WARNING),
        (0.0, Severity.WARNING),
    ],
)
def test_the_cache_hit_rate_has_two_thresholds(rate: float, severity: Severity) -> None:
    (finding,) = judge(measured(cache_hit_rate=rate), ThresholdsTable())
    assert finding.severity is severity


@pytest.mark.parametrize(("errors", "severity"), [(0.0, Severity.OK), (3.0, Severity.WARNING)])
def test_any_connection_error_warns(errors: float, severity: Severity) -> None:
    (finding,) = judge(measured(connection_errors=errors), ThresholdsTable())
    assert finding.severity is severity


def test_what_it_does_not_say_is_unknown() -> None:
    assert judge(measured(), ThresholdsTable())[0].severity is Severity.UNKNOWN
    assert judge(measured(fault="answered HTTP 404"), ThresholdsTable())[0].severity is Severity.UNKNOWN


async def test_the_metrics_endpoint_is_read() -> None:
    body = b'{"redis": {"connected": true, "connections": 5, "connectionErrors": 2, "cacheHitRate": 0.85}}'
    answer = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\nConnection: close\r\n\r\n%s" % (len(body), body)
    with speaks(answer=answer, hangs_up=True) as port:
        shop = Application(name="shop", metrics_url=f"http://127.0.0.1:{port}/api/health/metrics")
        async with httpx.AsyncClient() as http:
            found = await read(
                RecordedSubject(
                    recorded("redis-healthy"), target=replace(TARGET, application=shop), http=http
                )
            )
    assert (found["connections"], found["connection_errors"], found["cache_hit_rate"]) == (5, 2, 0.85)


async def test_without_a_metrics_url_it_is_not_supported() -> None:
    with pytest.raises(NotSupported):
        await read(RecordedSubject(recorded("redis-healthy")))
