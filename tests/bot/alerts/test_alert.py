"""Is an alert taken only for what it can be?"""

from pathlib import Path

import pytest

from bot.alerts.alert import Alert
from bot.incident import AlertState
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager, grafana
from tests.fixtures.small_pong import small_pong

TOLD_MS = 1_000_000


@pytest.mark.parametrize(
    ("said_ms", "taken_ms"), [(None, None), (TOLD_MS - 1, TOLD_MS - 1), (TOLD_MS + 1, TOLD_MS)]
)
def test_nothing_began_or_ended_after_it_was_told(said_ms: int | None, taken_ms: int | None) -> None:
    one = Alert(
        source="s", key="k", name="n", state=AlertState.RESOLVED, starts_ms=said_ms, ends_ms=said_ms
    ).arrived(TOLD_MS)
    assert (one.starts_ms, one.ends_ms) == (taken_ms, taken_ms)


@pytest.mark.parametrize("ahead_min", [20, 3 * 24 * 60])
async def test_a_sender_whose_clock_is_ahead_delays_no_figure_and_no_question(tmp_path: Path, ahead_min: int):
    async with small_pong(tmp_path) as small:
        now_ms = small.clock.now_ms()
        await alert(small, alertmanager(starts_ms=now_ms + ahead_min * 60_000))
        assert (await the_incident(small)).started_ms == now_ms
        await small.ticks(31 * 60)
        assert len(await small.posted("20 min elapsed")) == 1
        assert len(await small.posted("Shall the public be told")) == 1


async def test_its_repeat_is_known_and_its_end_is_heard(tmp_path: Path) -> None:
    async with small_pong(tmp_path) as small:
        ahead_ms = small.clock.now_ms() + 20 * 60_000
        for _ in range(2):
            await alert(small, grafana(starts_ms=ahead_ms), "grafana")
            small.clock.advance(60)
        assert (await the_incident(small)).alert_count == 1
        ends_ms = ahead_ms + 60_000
        await alert(small, grafana(state="resolved", starts_ms=ahead_ms, ends_ms=ends_ms), "grafana")
        incident = await the_incident(small)
        assert (incident.alert, incident.alert_ended_ms) == (AlertState.RESOLVED, small.clock.now_ms())
