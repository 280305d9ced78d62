"""Is a replica told from a primary, and one that lags or is away from one that follows?"""

from dataclasses import replace

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.replication import judge, read
from tests.fixtures.recorded import FLAVOURS, TARGET, RecordedSubject, changed, recorded


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_primary_with_its_replica_is_fine(flavour: str) -> None:
    (finding,) = judge(
        await read(RecordedSubject(recorded(f"{flavour}-primary-with-replica"))), ThresholdsTable()
    )
    assert (finding.severity, finding.title) == (Severity.OK, "Primary with 1 replica")


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_replica_that_lost_its_primary_is_critical(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-replica-cut-off"))), ThresholdsTable())
    assert finding.severity is Severity.CRITICAL
    assert "down" in finding.title


async def test_a_replica_that_is_away_warns() -> None:
    away = {"ip": "127.0.0.1", "port": 1, "state": "wait_bgsave", "offset": 0, "lag": 0}
    samples = changed(recorded("redis-primary-with-replica"), slave0=away)
    (finding,) = judge(await read(RecordedSubject(samples)), ThresholdsTable())
    assert (finding.severity, finding.title) == (Severity.WARNING, "1 of 1 replica not online")


async def test_a_replica_behind_the_backlog_warns() -> None:
    samples = changed(recorded("redis-primary-with-replica"), master_repl_offset=5 * 2**20)
    (finding,) = judge(await read(RecordedSubject(samples)), ThresholdsTable())
    assert finding.severity is Severity.WARNING
    assert "5 MB behind" in finding.title


@pytest.mark.parametrize(
    ("state", "severity"),
    [("primary-with-replica", Severity.CRITICAL), ("replica-cut-off", Severity.CRITICAL)],
)
async def test_what_is_meant_as_a_replica_has_to_be_one(state: str, severity: Severity) -> None:
    target = replace(TARGET, is_replica=True)
    subject = RecordedSubject(recorded(f"redis-{state}"), target=target)
    (finding,) = judge(await read(subject), ThresholdsTable())
    assert finding.severity is severity
    linked = changed(recorded(f"redis-{state}"), role="slave", master_link_status="up")
    (fine,) = judge(await read(RecordedSubject(linked, target=target)), ThresholdsTable())
    assert fine.severity is Severity.OK
