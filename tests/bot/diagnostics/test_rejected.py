"""Are clients that are turned away now critical, and never taken for want of memory?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.rejected import judge, read
from tests.fixtures.recorded import FLAVOURS, RecordedSubject, changed, recorded


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_clients_turned_away_are_critical(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-out-of-clients"))), ThresholdsTable())
    assert finding.severity is Severity.CRITICAL


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_full_memory_turns_no_client_away(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-full"))), ThresholdsTable())
    assert finding.severity is Severity.OK


async def test_a_restart_in_between_is_unknown() -> None:
    samples = changed(recorded("redis-out-of-clients"), run_id="another")
    (finding,) = judge(await read(RecordedSubject(samples)), ThresholdsTable())
    assert finding.severity is Severity.UNKNOWN
