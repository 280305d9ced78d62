"""What did triage find, for people and for machines?"""

from dataclasses import asdict, dataclass
from typing import Any

from pydantic import TypeAdapter

from bot.diagnostics.finding import Finding, Severity
from bot.targets.outcome import Outcome

SICK = (Severity.CRITICAL, Severity.WARNING)  # a notice alone makes no server sick


@dataclass(frozen=True, kw_only=True)
class NotChecked:
    """A question without an answer, and why: it is never called healthy.

    `is_unset`: pong.toml does not ask for it.
    """

    check: str
    why: str
    is_unset: bool = False


@dataclass(frozen=True, kw_only=True)
class Diagnosis:
    """All that triage of `target` found: `findings` worst first, `likeliest` with its evidence, if any.

    `figures` are all measured numbers by name, units in the names.
    """

    target: str
    outcome: Outcome
    findings: tuple[Finding, ...]
    likeliest: str | None
    not_checked: tuple[NotChecked, ...]
    took_ms: int
    measured_at_ms: int
    figures: dict[str, float]

    @property
    def sick(self) -> tuple[Finding, ...]:
        """The findings that somebody should act on now."""
        return tuple(finding for finding in self.findings if finding.severity in SICK)

    @property
    def is_healthy(self) -> bool:
        """Nothing that was checked is wrong. What was not checked is listed, and not counted as healthy."""
        return self.outcome.is_healthy and not self.sick


def outcome_to_json(outcome: Outcome) -> dict[str, Any]:
    """Plain values for json.dumps. No Address is in them, so no secret is."""
    return asdict(outcome) | {"sure": outcome.sure}


def diagnosis_to_json(diagnosis: Diagnosis) -> dict[str, Any]:
    """Plain values for json.dumps."""
    whole = {"outcome": outcome_to_json(diagnosis.outcome), "is_healthy": diagnosis.is_healthy}
    return asdict(diagnosis) | whole


def schema() -> dict[str, Any]:
    """The JSON Schema of what diagnosis_to_json gives. https://json-schema.org/draft/2020-12/schema"""
    made = TypeAdapter(Diagnosis).json_schema(mode="serialization")
    made["properties"]["is_healthy"] = {"type": "boolean"}
    outcome = made["$defs"]["Outcome"]
    outcome["properties"]["sure"] = {"type": "boolean"}
    for one in (made, outcome):
        one["required"] = sorted(one["properties"])
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", **made}
