"""Is memory judged against the right limit?"""

from dataclasses import replace

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.memory import judge, read
from bot.diagnostics.question import NotSupported
from bot.diagnostics.samples import Samples
from tests.fixtures.recorded import FLAVOURS, TARGET, RecordedSubject, recorded

MB = 2**20


def measured(used_percent: float, **changes: object) -> dict[str, object]:
    whole = {
        "used_memory_bytes": used_percent * 256 * MB / 100,
        "limit_bytes": 256 * MB,
        "is_own_limit": True,
    }
    return whole | {"policy": "noeviction", "target": "redis-prod"} | changes


@pytest.mark.parametrize(
    ("used_percent", "severity"),
    [
        (79, Severity.OK),
        (80, Severity.OK),
        (81, Severity.WARNING),
        (90, Severity.WARNING),
        (91, Severity.CRITICAL),
        (102, Severity.CRITICAL),
    ],
)
def test_memory_over_80_warns_and_over_90_is_critical(used_percent: float, severity: Severity) -> None:
    (finding,) = judge(measured(used_percent), ThresholdsTable())
    assert finding.severity is severity


def test_a_critical_finding_offers_to_clear_the_cache() -> None:
    (finding,) = judge(measured(97), ThresholdsTable())
    assert (finding.title, finding.threshold) == ("Memory 97 % of 256 MB", "critical over 90 %")
    assert finding.next_step is not None
    assert (finding.next_step.label, finding.next_step.verb, finding.next_step.ref) == (
        "Clear cache…",
        "clear",
        "redis-prod",
    )


def test_thresholds_are_the_targets_own() -> None:
    (finding,) = judge(measured(60), ThresholdsTable(memory_warning_percent=40, memory_critical_percent=50))
    assert (finding.severity, finding.threshold) == (Severity.CRITICAL, "critical over 50 %")


def test_without_a_limit_no_percentage_is_made_up() -> None:
    (finding,) = judge(measured(50, limit_bytes=0), ThresholdsTable())
    assert (finding.severity, finding.title) == (Severity.NOTICE, "Memory 128 MB, no limit set")


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_full_server_is_critical(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-full"))), ThresholdsTable())
    assert (finding.severity, finding.check) == (Severity.CRITICAL, "memory")


async def test_the_configured_limit_stands_in_for_a_missing_one() -> None:
    samples = recorded("redis-out-of-clients")
    subject = RecordedSubject(samples, target=replace(TARGET, memory_limit_bytes=700_000))
    found = await read(subject)
    assert (found["limit_bytes"], found["is_own_limit"]) == (700_000, False)
    assert "host" in judge(found, ThresholdsTable())[0].meaning


async def test_a_server_without_the_field_is_not_supported() -> None:
    with pytest.raises(NotSupported):
        await read(RecordedSubject(Samples({}, {})))
