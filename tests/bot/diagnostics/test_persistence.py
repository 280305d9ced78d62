"""Is a failed snapshot found, and loading no time to restart?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.finding import Severity
from bot.diagnostics.persistence import judge, read
from bot.diagnostics.question import NotSupported
from bot.diagnostics.samples import Samples
from tests.fixtures.recorded import FLAVOURS, RecordedSubject, recorded


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_failed_snapshot_is_critical(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-cannot-save"))), ThresholdsTable())
    assert (finding.severity, finding.figure) == (Severity.CRITICAL, "the last snapshot")


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_healthy_server_saves(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-healthy"))), ThresholdsTable())
    assert finding.severity is Severity.OK


def test_loading_is_waited_for() -> None:
    (finding,) = judge({"statuses": {"rdb_last_bgsave_status": "ok"}, "is_loading": True}, ThresholdsTable())
    assert finding.next_step is not None
    assert "do not restart" in finding.next_step.label


async def test_a_server_that_does_not_tell_is_not_supported() -> None:
    with pytest.raises(NotSupported):
        await read(RecordedSubject(Samples({}, {"role": "master"})))
