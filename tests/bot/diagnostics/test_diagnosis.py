"""Does a diagnosis survive JSON, and call nothing healthy that is not?"""

import json
from dataclasses import replace

from bot.diagnostics.diagnosis import Diagnosis, diagnosis_to_json, outcome_to_json
from bot.diagnostics.finding import Finding, Severity
from bot.targets.meanings import outcome
from bot.targets.outcome import Kind

HEALTHY = Diagnosis(
    target="redis-prod",
    outcome=outcome(Kind.HEALTHY, "redis-prod"),
    findings=(Finding(check="memory", severity=Severity.OK, title="Memory 5 %"),),
    likeliest=None,
    not_checked=(),
    took_ms=1000,
    measured_at_ms=1,
    figures={"memory_percent": 5.0},
)


def test_it_becomes_plain_json() -> None:
    facts = json.loads(json.dumps(diagnosis_to_json(HEALTHY)))
    assert facts["outcome"]["kind"] == "healthy"
    assert facts["findings"][0]["severity"] == "ok"
    assert facts["is_healthy"] is True
    assert json.loads(json.dumps(outcome_to_json(HEALTHY.outcome)))["sure"] is True


def test_a_warning_or_a_sick_outcome_is_not_healthy() -> None:
    warning = Finding(check="evictions", severity=Severity.WARNING, title="5 keys evicted")
    assert not replace(HEALTHY, findings=(warning,)).is_healthy
    assert not replace(HEALTHY, outcome=outcome(Kind.FULL, "redis-prod")).is_healthy
    assert HEALTHY.is_healthy
