"""Are evictions a finding only while they happen?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.evictions import judge, read
from bot.diagnostics.finding import Severity
from tests.fixtures.recorded import FLAVOURS, RecordedSubject, changed, recorded


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_evictions_now_warn(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-evicting"))), ThresholdsTable())
    assert (finding.severity, finding.threshold) == (Severity.WARNING, "any is too many")


def test_the_title_counts_the_keys() -> None:
    (finding,) = judge({"evicted": 1204.0, "window_s": 10.0}, ThresholdsTable())
    assert finding.title == "1,204 keys evicted in 10 s"


async def test_no_eviction_is_fine_and_a_restart_unknown() -> None:
    healthy = recorded("redis-healthy")
    (fine,) = judge(await read(RecordedSubject(healthy)), ThresholdsTable())
    (unknown,) = judge(await read(RecordedSubject(changed(healthy, run_id="b"))), ThresholdsTable())
    assert (fine.severity, unknown.severity) == (Severity.OK, Severity.UNKNOWN)
