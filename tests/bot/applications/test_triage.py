"""Is an application's health told as it is: silent, failing, slow, unwell, and by its parts?"""

import httpx
import pytest

from bot.applications.health import Answer, Application
from bot.applications.triage import judge, triage
from bot.clock import SystemClock
from bot.diagnostics.diagnosis import Diagnosis
from bot.diagnostics.finding import Severity
from bot.slack.render.diagnosis import triage_message
from tests.fixtures.health import health

SHOP = Application(name="shop", health_url="http://127.0.0.1:1/health", databases=("orders",))


def judged(answer: Answer, *, took_ms: float = 3, shop: Application = SHOP) -> Diagnosis:
    return judge(shop, answer, took_ms=took_ms, at_ms=5)


def said(body: dict[str, object], code: int = 200) -> Diagnosis:
    return judged(Answer(status_code=code, body=body))


def found(diagnosis: Diagnosis) -> dict[str, Severity]:
    return {finding.title: finding.severity for finding in diagnosis.findings}


def test_a_well_one_is_well_with_its_figures() -> None:
    diagnosis = said({"status": "healthy", "checks": {"redis": "connected", "database": "connected"}})
    assert diagnosis.is_healthy
    assert not diagnosis.not_checked
    assert diagnosis.figures == {"health_ms": 3, "health_http_status": 200}


def test_silence_is_no_health_and_says_what_was_not_checked() -> None:
    diagnosis = judged(Answer(fault="cannot be reached"))
    assert (diagnosis.outcome.says, diagnosis.outcome.is_reachable) == ("does not answer", False)
    assert {one.check for one in diagnosis.not_checked} == {"status", "parts"}
    assert "it cannot be reached" in triage_message(diagnosis).blocks[0]["text"]["text"]


def test_an_error_in_its_place_is_no_health() -> None:
    diagnosis = judged(Answer(status_code=502, fault="answered HTTP 502"))
    assert (diagnosis.outcome.says, diagnosis.is_healthy) == ("answers with an error", False)


def test_an_answer_without_words_is_not_called_healthy_nor_sick() -> None:
    diagnosis = judged(Answer(status_code=200, fault="did not answer with a JSON object"))
    assert diagnosis.outcome.is_healthy
    assert {one.check for one in diagnosis.not_checked} == {"status", "parts"}


@pytest.mark.parametrize(
    ("status", "severity"), [("unhealthy", Severity.CRITICAL), ("degraded", Severity.WARNING)]
)
def test_what_it_calls_itself_counts(status: str, severity: Severity) -> None:
    diagnosis = said({"status": status}, 503)
    assert found(diagnosis)[f"shop calls itself {status} (HTTP 503)"] is severity
    assert not diagnosis.is_healthy


def test_its_failing_database_leads_to_that_runbook() -> None:
    diagnosis = said({"status": "unhealthy", "checks": {"database": "disconnected", "redis": "connected"}})
    [finding] = [one for one in diagnosis.findings if "database" in one.title]
    assert finding.next_step is not None
    assert finding.next_step.label == "DATABASE_FAILURE may fit: /incident open orders"


def test_its_failing_redis_leads_to_its_triage() -> None:
    [finding] = said({"status": "degraded", "checks": {"redis": "disconnected"}}).sick[1:]
    assert finding.next_step is not None
    assert "/redis triage" in finding.next_step.label


def test_slow_is_a_finding_with_its_threshold() -> None:
    [slow] = judged(Answer(status_code=200, body={"status": "ok"}), took_ms=1_500).sick
    assert (slow.figure, slow.threshold) == ("1,500 ms", "warning over 1,000 ms")


def test_a_part_s_name_makes_no_mention_and_no_link() -> None:
    evil = "<!channel> <https://evil.example|here>"
    message = triage_message(said({"status": "ok", "checks": {evil: "down", f"{evil}2": "ok"}}))
    assert "<!channel>" not in str(message)
    assert "<https://evil" not in str(message)


async def test_a_real_one_is_asked_once_and_read_with_its_503() -> None:
    async with health() as shop, httpx.AsyncClient() as http:
        shop.says({"status": "unhealthy", "checks": {"database": {"status": "down"}}}, 503)
        diagnosis = await triage(Application(name="shop", health_url=shop.url), SystemClock(), http)
    assert [finding.severity for finding in diagnosis.sick] == [Severity.CRITICAL, Severity.WARNING]


async def test_a_real_one_that_is_gone_is_silent() -> None:
    async with httpx.AsyncClient() as http:
        diagnosis = await triage(SHOP, SystemClock(), http)
    assert diagnosis.outcome.says == "does not answer"
