"""Is what a provider's status page says a finding, and a page that cannot be read none?"""

import json
from dataclasses import replace

import httpx
import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.provider import judge, read
from bot.diagnostics.question import NotSupported
from bot.providers.status_page import Provider
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded


async def judged(body: object, *, status: int = 200) -> tuple[Severity, str]:
    answer = httpx.Response(status, content=body if isinstance(body, bytes) else json.dumps(body))
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer)) as http:
        provider = Provider(name="upstash", status_url="https://status.example/api/v2/status.json")
        subject = RecordedSubject(
            recorded("redis-healthy"), target=replace(TARGET, provider=provider), http=http
        )
        (finding,) = judge(await read(subject), ThresholdsTable())
    return finding.severity, finding.title


def page(indicator: str, description: str = "Partial outage") -> dict[str, object]:
    return {"page": {"name": "x"}, "status": {"indicator": indicator, "description": description}}


@pytest.mark.parametrize(
    ("indicator", "severity", "title"),
    [
        ("none", Severity.OK, "upstash reports no incident"),
        ("minor", Severity.NOTICE, "upstash reports: Partial outage"),
        ("major", Severity.WARNING, "upstash reports: Partial outage"),
        ("critical", Severity.CRITICAL, "upstash reports: Partial outage"),
        ("maintenance", Severity.NOTICE, "upstash reports: Partial outage"),
    ],
)
async def test_what_the_page_says_is_the_finding(indicator: str, severity: Severity, title: str) -> None:
    assert await judged(page(indicator)) == (severity, title)


@pytest.mark.parametrize("body", [page("fine"), {"status": "ok"}, [], b"<html>", b"\xff\xfe", {}])
async def test_a_page_that_cannot_be_read_is_never_healthy(body: object) -> None:
    severity, title = await judged(body)
    assert severity is Severity.UNKNOWN
    assert title.startswith("upstash: its status page")


async def test_a_page_that_is_down_is_never_healthy() -> None:
    assert await judged(b"", status=503) == (Severity.UNKNOWN, "upstash: its status page answered HTTP 503")


async def test_without_a_provider_nothing_is_asked() -> None:
    with pytest.raises(NotSupported, match="no provider"):
        await read(RecordedSubject(recorded("redis-healthy")))
