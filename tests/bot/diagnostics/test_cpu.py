"""Is a core that is used up found?"""

import pytest

from bot.config.tables import ThresholdsTable
from bot.diagnostics.cpu import judge, read
from bot.diagnostics.finding import Severity
from bot.diagnostics.question import NotSupported
from bot.diagnostics.samples import Samples
from tests.fixtures.recorded import FLAVOURS, RecordedSubject, changed, recorded


@pytest.mark.parametrize("flavour", FLAVOURS)
async def test_a_healthy_server_has_time_left(flavour: str) -> None:
    (finding,) = judge(await read(RecordedSubject(recorded(f"{flavour}-healthy"))), ThresholdsTable())
    assert finding.severity is Severity.OK


@pytest.mark.parametrize(("core", "severity"), [(0.9, Severity.OK), (0.95, Severity.WARNING)])
def test_over_90_percent_of_a_core_warns(core: float, severity: Severity) -> None:
    (finding,) = judge({"core_share": core, "window_s": 1.0}, ThresholdsTable())
    assert finding.severity is severity


async def test_a_restart_in_between_is_unknown_and_no_figure_is_not_supported() -> None:
    (finding,) = judge(
        await read(RecordedSubject(changed(recorded("redis-healthy"), run_id="b"))), ThresholdsTable()
    )
    assert finding.severity is Severity.UNKNOWN
    with pytest.raises(NotSupported):
        await read(RecordedSubject(Samples({}, {})))
