"""Is high traffic a finding of its own while nothing limits it?"""

from dataclasses import replace
from typing import Any

import httpx
import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.question import NotSupported
from bot.diagnostics.traffic import figure_of, judge, read
from bot.targets.outcome import Kind
from bot.targets.target import Traffic
from tests.fixtures.recorded import TARGET, RecordedSubject, recorded


def answered(*values: object) -> dict[str, Any]:
    result = [{"metric": {}, "value": [1_700_000_000.0, value]} for value in values]
    return {"status": "success", "data": {"resultType": "vector", "result": result}}


@pytest.mark.parametrize(
    ("rate", "kind", "severity", "title"),
    [
        ("40", Kind.REFUSED, Severity.OK, "Traffic is 40 requests/s"),
        ("4000", Kind.HEALTHY, Severity.NOTICE, "Traffic is 4,000 requests/s"),
        ("4000", Kind.REFUSED, Severity.CRITICAL, "4,000 requests/s and no rate limiting"),
        ("4000", Kind.FULL, Severity.CRITICAL, "4,000 requests/s and no rate limiting"),
    ],
)
async def test_high_traffic_is_critical_only_without_a_limit(
    rate: str, kind: Kind, severity: Severity, title: str
) -> None:
    answer = httpx.Response(200, json=answered(rate))
    async with httpx.AsyncClient(transport=httpx.MockTransport(lambda request: answer)) as http:
        target = replace(
            TARGET, traffic=Traffic(url="http://prometheus.example/api/v1/query?query=x", high_per_s=500)
        )
        subject = RecordedSubject(recorded("redis-healthy"), target=target, kind=kind, http=http)
        (finding,) = judge(await read(subject), ThresholdsTable())
    assert (finding.severity, finding.title) == (severity, title)


@pytest.mark.parametrize(
    "body",
    [
        answered(),
        answered("1", "2"),
        answered("NaN"),
        answered("many"),
        {"data": []},
        {"data": {"result": "x"}},
    ],
)
def test_what_is_no_figure_is_none(body: dict[str, Any]) -> None:
    assert figure_of(body) is None


def test_a_scalar_is_a_figure_too() -> None:
    assert figure_of({"data": {"resultType": "scalar", "result": [1_700_000_000.0, "12.5"]}}) == 12.5


async def test_without_a_query_nothing_is_asked() -> None:
    with pytest.raises(NotSupported, match="no traffic_query"):
        await read(RecordedSubject(recorded("redis-healthy")))
