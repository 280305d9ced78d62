"""Are refused writes told from a server that is merely full, and from one that restarted?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.out_of_memory import judge, read
from bot.targets.outcome import Kind
from tests.fixtures.recorded import FLAVOURS, RecordedSubject, changed, recorded


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_writes_refused_now_are_critical(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-full"))), ThresholdsTable())
    assert finding.severity is Severity.CRITICAL
    assert "writes fail" in finding.title
    assert finding.next_step is not None
    assert finding.next_step.verb == "clear"


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_healthy_server_refuses_nothing(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-healthy"))), ThresholdsTable())
    assert finding.severity is Severity.OK


async def test_errors_of_the_past_are_no_finding() -> None:
    full = recorded("redis-full")
    (finding,) = judge(await read(RecordedSubject(type(full)(full.second, full.second))), ThresholdsTable())
    assert finding.severity is Severity.OK


async def test_a_full_server_that_nobody_writes_to_is_not_called_fine() -> None:
    samples = recorded("redis-healthy")
    (finding,) = judge(await read(RecordedSubject(samples, kind=Kind.FULL)), ThresholdsTable())
    assert finding.severity is Severity.UNKNOWN


async def test_a_restart_in_between_is_unknown() -> None:
    samples = changed(recorded("redis-full"), run_id="another")
    (finding,) = judge(await read(RecordedSubject(samples)), ThresholdsTable())
    assert finding.severity is Severity.UNKNOWN


@pytest.mark.parametrize(("expires", "findings"), [(0, 2), (7, 1)])
async def test_a_volatile_policy_without_ttls_cannot_evict(expires: int, findings: int) -> None:
    fields = {"maxmemory_policy": "volatile-lru", "db0": {"keys": 9, "expires": expires, "avg_ttl": 0}}
    measured = await read(RecordedSubject(changed(recorded("redis-healthy"), **fields)))
    assert len(judge(measured, ThresholdsTable())) == findings
