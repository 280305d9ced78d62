"""Does a diagnosis survive JSON, and call nothing healthy that is not?"""

import json
import os
from dataclasses import replace
from pathlib import Path

import jsonschema

from bot.diagnostics.diagnosis import Diagnosis, NotChecked, diagnosis_to_json, outcome_to_json, schema
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


SCHEMA = Path(__file__).parents[3] / "docs" / "triage.schema.json"


def test_the_documented_schema_is_that_of_the_code() -> None:
    """`DOCS=docs` writes it."""
    if os.environ.get("DOCS"):
        SCHEMA.write_text(json.dumps(schema(), indent=2) + "\n", "utf-8")
    assert json.loads(SCHEMA.read_text("utf-8")) == json.loads(json.dumps(schema()))


def test_what_is_printed_fits_the_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())
    whole = replace(
        HEALTHY,
        likeliest="its core is used up (CPU)",
        not_checked=(NotChecked(check="queues", why="no queues in pong.toml", is_unset=True),),
    )
    facts = json.loads(json.dumps(diagnosis_to_json(whole)))
    jsonschema.validate(facts, schema())
    outcome_schema = schema() | {"$ref": "#/$defs/Outcome"}
    outcome_schema.pop("properties"), outcome_schema.pop("required")
    jsonschema.validate(json.loads(json.dumps(outcome_to_json(whole.outcome))), outcome_schema)
    facts["took_ms"] = "long"
    assert not jsonschema.Draft202012Validator(schema()).is_valid(facts)
