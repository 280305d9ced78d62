"""Does the report hold everything that was recorded, and claim nothing that was not?"""

from dataclasses import replace
from typing import Any

from bot.incident import Conclusion, Incident, Status
from bot.report.report import Kept, filename, write
from bot.runbooks.redis_failure import REDIS_FAILURE
from bot.timeline import GENESIS, Event, link

START_MS = 1_767_229_800_000
INCIDENT = Incident(
    id=4,
    runbook="redis-failure",
    target="redis-prod",
    title="Redis Failure",
    channel="C0INCIDENTS",
    opened_ms=START_MS + 120_000,
    alert_name="RedisDown",
    alert_started_ms=START_MS,
    source="alertmanager",
    status=Status.RESOLVED,
    owner="U0MARIA",
    acknowledged_ms=START_MS + 180_000,
    mitigated_ms=START_MS + 600_000,
    resolved_ms=START_MS + 1_320_000,
    resolved_by="U0MARIA",
    root_cause="The cache had *no* limit | <script>",
    fix="@everyone cleared it, see https://evil.example",
)


def events(*kinds: str) -> list[Event]:
    chain: list[Event] = []
    for kind in kinds:
        prev_hash = chain[-1].hash if chain else GENESIS
        event = Event(
            incident_id=4,
            at_ms=START_MS,
            actor="U0MARIA",
            kind=kind,
            data={"by": "U0DEV"},
            prev_hash=prev_hash,
        )
        chain.append(replace(event, hash=link(event, prev_hash)))
    return chain


def kept(**changes: object) -> Kept:
    facts: dict[str, object] = {
        "incident": INCIDENT,
        "events": events("incident.opened", "incident.resolved"),
        "findings": [],
        "actions": [],
        "handles": {"U0MARIA": "maria", "U0DEV": "dev"},
    }
    return Kept(**(facts | changes))  # type: ignore[arg-type]


def measured(at_ms: int, percent: float) -> dict[str, object]:
    finding = {"severity": "critical", "title": "Memory 97 % of 256 MB", "meaning": "Writes fail."}
    facts = {"figures": {"memory_percent": percent, "used_memory_bytes": 2**28 * percent / 100}}
    return {"at_ms": at_ms, "kind": "triage", "facts": facts | {"findings": [finding]}}


def test_each_duration_counts_from_the_alert() -> None:
    report = write(kept(), REDIS_FAILURE)
    assert "| Acknowledged | 2026-01-01T01:13:00Z | 3 min |" in report
    assert "| Resolved | 2026-01-01T01:32:00Z | 22 min |" in report


def test_what_nobody_said_or_measured_is_called_so() -> None:
    report = write(kept(incident=replace(INCIDENT, root_cause=None, mitigated_ms=None)), REDIS_FAILURE)
    assert "## Root cause\n\nnot said" in report
    assert "| Mitigated | not measured |" in report
    assert "None were measured." in report
    assert "None was asked for." in report


def test_typed_text_stays_text() -> None:
    report = write(kept(), REDIS_FAILURE)
    assert "\\*no\\* limit \\| \\<script\\>" in report
    assert "@everyone" not in report
    assert "https://evil" not in report


def test_figures_stand_before_and_after_in_units() -> None:
    report = write(kept(findings=[measured(START_MS, 97), measured(START_MS + 60_000, 26)]), REDIS_FAILURE)
    assert "| Memory | 97 % | 26 % |" in report
    assert "| Memory used | 248 MB | 67 MB |" in report


def test_a_single_measurement_is_no_comparison() -> None:
    assert "Measured once only." in write(kept(findings=[measured(START_MS, 97)]), REDIS_FAILURE)


def test_actions_name_who_asked_who_approved_and_how_it_ended() -> None:
    approval = {
        "id": 1,
        "created_ms": START_MS,
        "requester": "U0MARIA",
        "state": "used",
        "votes": [{"vote": "approve", "voter": "U0DEV"}],
        "facts": {
            "plan": {"title": "Clear cache", "target": "redis-prod"},
            "why": {"said": "the *list* is stale", "found": {"says": "memory is at 97 %"}},
        },
    }
    ran: dict[str, Any] = {"state": "succeeded", "result": "{}"}
    report = write(kept(actions=[(approval, ran)]), REDIS_FAILURE)
    asked = "| Clear cache on redis-prod | 2026-01-01T01:10:00Z | @maria |"
    why = "the \\*list\\* is stale; found: memory is at 97 % |"
    assert f"{asked} {why} approve by @dev | succeeded |" in report.replace("\u2060", "")
    refused: dict[str, Any] = {"state": "failed", "result": '{"refused": "More would be lost now."}'}
    report = write(kept(actions=[(approval, refused)]), REDIS_FAILURE)
    assert "| approve by @dev | did not run |" in report.replace("\u2060", "")


def test_a_changed_timeline_is_told() -> None:
    chain = events("incident.opened", "incident.resolved")
    assert "The chain of hashes is whole." in write(kept(events=chain), REDIS_FAILURE)
    forged = [replace(chain[0], actor="U0SAM"), chain[1]]
    assert "The chain is broken" in write(kept(events=forged), REDIS_FAILURE)


def test_the_file_is_named_by_its_day_its_runbook_and_its_number() -> None:
    assert filename(INCIDENT) == "2026-01-01-redis-failure-4.md"


def test_alerts_that_join_one_after_the_other_are_one_row_and_counted() -> None:
    chain = events("incident.opened", *["alert.joined"] * 300, "incident.acknowledged", "alert.joined")
    told = write(kept(events=chain), REDIS_FAILURE)
    assert told.count("alert.joined") == 2
    assert "300 times until" in told


def test_a_person_within_a_sentence_is_named_as_people_are() -> None:
    [event] = events("public.asked")
    event = replace(event, data={"why": "<@U0MARIA> says that users see it"})
    told = write(kept(events=[event]), REDIS_FAILURE)
    assert "maria says that users see it" in told
    assert "U0MARIA" not in told


def test_what_was_not_whole_when_it_was_closed_is_not_called_mitigated() -> None:
    closed = replace(INCIDENT, mitigated_ms=INCIDENT.resolved_ms, verdict="not whole")
    assert "| Mitigated | not measured |" in write(kept(incident=closed), REDIS_FAILURE)


def test_what_it_was_thought_to_be_before_it_was_reopened_stands_with_its_time() -> None:
    earlier = Conclusion(
        resolved_ms=START_MS + 300_000, by="U0DEV", root_cause="The *zebra* cache", fix="Bounded it"
    )
    told = write(kept(incident=replace(INCIDENT, concluded=(earlier,))), REDIS_FAILURE)
    assert "## Earlier conclusions" in told
    row = "| 2026-01-01T01:15:00Z | @dev | The \\*zebra\\* cache | Bounded it |"
    assert row in told.replace("\u2060", "")
    assert told.index("no\\* limit") < told.index("zebra")
    assert "Earlier conclusions" not in write(kept(), REDIS_FAILURE)
