"""Is a cause only named on evidence? Each rule has a row."""

from dataclasses import replace

import pytest

from bot.diagnostics.finding import Finding, Severity
from bot.diagnostics.likeliest import RULES, Evidence, likeliest
from bot.targets.meanings import outcome
from bot.targets.outcome import Kind


def evidence(*sick: str, kind: Kind = Kind.HEALTHY, seen: str = "", **figures: float) -> Evidence:
    findings = [Finding(check=check, severity=Severity.CRITICAL, title=check, figure=check) for check in sick]
    return Evidence(replace(outcome(kind, "redis-prod"), seen=seen), findings, figures)


ROWS = [
    (evidence("provider", kind=Kind.REFUSED), "the provider has an incident of its own (provider)"),
    (
        evidence("traffic", "memory", oom_errors=1),
        "more requests than the application can limit",
    ),
    (
        evidence(kind=Kind.CLUSTER_DOWN, seen="3 primaries, 10,922 of 16,384 slots"),
        "a node of the cluster died, and nobody took its slots (3 primaries, 10,922 of 16,384 slots)",
    ),
    (
        evidence(kind=Kind.READ_ONLY, seen="role replica"),
        "a failover, or the address of a replica",
    ),
    (
        evidence(kind=Kind.SENTINELS_DISAGREE),
        "the Sentinels fail over just now",
    ),
    (evidence(kind=Kind.LOADING, seen="43 % loaded"), "it was restarted (43 % loaded)"),
    (
        evidence(kind=Kind.CREDENTIALS_WRONG),
        "the password was changed",
    ),
    (
        evidence("memory", memory_share_cache_percent=71, oom_errors=412, window_s=10),
        "cache keys fill the memory (they hold 71 %, 412 OOM errors in 10 s)",
    ),
    (
        evidence(
            "writes", memory_share_cache_percent=40, memory_share_other_percent=60, oom_errors=1, window_s=1
        ),
        "more data than memory (1 OOM error in 1 s)",
    ),
    (
        evidence(rejected_connections=6, connected_clients=10, maxclients=10, window_s=1),
        "connections are opened and not closed (10 of 10 taken, 6 turned away in 1 s)",
    ),
    (evidence("persistence"), "the server's disk is full or not writable (persistence failed)"),
    (evidence("slow commands"), "one slow command keeps everybody waiting (slow commands)"),
    (evidence("pauses"), "the host makes it wait (pauses)"),
    (evidence("CPU"), "its core is used up (CPU)"),
    (
        evidence(refused_auth=12),
        "somebody still uses an old password (12 wrong passwords in the last 10 min, the last",
    ),
    (evidence(evicted_keys=5, window_s=1), "too little memory for the cache (5 keys evicted in 1 s)"),
    (evidence("path"), "one of its addresses leads nowhere (path)"),
]


@pytest.mark.parametrize(("rule", "row"), list(zip(RULES, ROWS, strict=True)), ids=lambda one: str(one)[:40])
def test_every_rule_speaks_on_its_evidence(rule: object, row: tuple[Evidence, str]) -> None:
    seen, says = row
    assert str(likeliest(seen)).startswith(says)
    assert rule.says(seen) == likeliest(seen)  # type: ignore[attr-defined]


@pytest.mark.parametrize(
    "seen",
    [
        evidence(),
        evidence(memory_share_cache_percent=99),  # most of a memory that is not full
        evidence("memory"),  # full, and nothing says of what
        evidence("provider"),  # theirs is not ours while all is well here
        evidence(kind=Kind.FROZEN),  # it could be several things
        evidence(kind=Kind.BLACK_HOLE),
    ],
)
def test_without_evidence_nothing_is_said(seen: Evidence) -> None:
    assert likeliest(seen) is None


def test_a_notice_is_no_evidence() -> None:
    notice = Finding(check="CPU", severity=Severity.NOTICE, title="busy")
    assert likeliest(Evidence(outcome(Kind.HEALTHY, "redis-prod"), [notice], {})) is None


def test_a_wrong_password_that_is_tried_no_more_is_no_cause() -> None:
    assert likeliest(evidence(refused_auth=955, refused_auth_age_s=8 * 60)) is None
