"""What is thought to be wrong in an incident: by its newest triage, else by the newest look?"""

from dataclasses import dataclass
from typing import Any, Literal

from bot.diagnostics.diagnosis import SICK
from bot.incident import Incident
from bot.store.records import Records


@dataclass(frozen=True, kw_only=True)
class Found:
    """`says` in the words of whoever looked, so it is escaped before it is shown; `at_ms` since 1970."""

    says: str
    by: Literal["triage", "look"]
    at_ms: int


async def found_so_far(records: Records, incident: Incident) -> Found | None:
    """None while nobody has looked."""
    kept = [one for one in await records.incidents.findings(incident.id) if one["kind"] == "triage"]
    if kept and (says := _thought(kept[-1]["facts"])):
        return Found(says=says, by="triage", at_ms=kept[-1]["at_ms"])
    if incident.outcome and incident.outcome_checked_ms:
        return Found(says=incident.outcome, by="look", at_ms=incident.outcome_checked_ms)
    return None


def _thought(facts: dict[str, Any]) -> str:
    """The likeliest cause, else the worst finding, else where the probe ended; "" where none was kept."""
    if facts.get("likeliest"):
        return str(facts["likeliest"])
    sick = [one for one in facts.get("findings") or [] if one.get("severity") in SICK]
    if sick:
        return str(sick[0].get("title", ""))
    says = (facts.get("outcome") or {}).get("says")
    return f"{facts.get('target', '')} {says}".strip() if says else ""
