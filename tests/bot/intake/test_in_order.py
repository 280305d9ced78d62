"""Does PagerDuty's order of events count, in whatever order they are delivered?"""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest

from bot.elsewhere.order import AHEAD_MOST_MS
from bot.incident import AlertState, Status
from bot.people import Identity
from tests.bot.elsewhere.test_read_back import RULE, kinds, mapped
from tests.bot.intake.test_opening import alert, the_incident
from tests.commands.incident.test_resolve import SAID
from tests.fixtures.alerts import about_page, alertmanager, pagerduty
from tests.fixtures.asking import asked
from tests.fixtures.pagerduty import Pager
from tests.fixtures.small_pong import MARIA, TEAM, SmallPong, asks, small_pong

T0_MS = 1_767_229_860_000  # where the driven clock begins


@pytest.fixture
async def small(tmp_path: Path) -> AsyncIterator[SmallPong]:
    async with small_pong(tmp_path, tables={"alerts": {"rules": [RULE]}}) as pong:
        yield pong


async def tells(small: SmallPong, kind: str, at_s: float, **more: Any) -> None:
    """One event that happened `at_s` seconds after the clock's beginning, delivered now."""
    body = pagerduty(f"incident.{kind}", at_ms=T0_MS + round(at_s * 1000), **more)
    await alert(small, body, "pagerduty")


async def test_who_acknowledged_before_the_page_came_has_it_and_nobody_is_called(tmp_path: Path):
    async with mapped(tmp_path, Pager(users={"PMARIA": "maria@example.com"})) as small:
        small.directory.emails["maria@example.com"] = MARIA
        small.directory.identities[MARIA] = Identity(user_id=MARIA, team_id=TEAM, handle="maria")
        small.clock.advance(2)
        await tells(small, "acknowledged", 1)
        assert await small.posted() == []
        small.clock.advance(1)
        await tells(small, "triggered", 0)
        incident = await the_incident(small)
        assert (incident.status, incident.acknowledged_by) == (Status.ACKNOWLEDGED, MARIA)
        assert incident.acknowledged_ms == T0_MS + 1000
        assert await small.posted("It was acknowledged in PagerDuty already.")
        assert not await small.posted("Please acknowledge")
        assert await small.posted(f"<@{MARIA}> (Maria Lopez in PagerDuty) has it")
        await small.ticks(400)
        assert not await small.posted("nobody has acknowledged")


async def test_it_counts_where_the_page_joins_what_another_told_of(small: SmallPong):
    await alert(small, alertmanager())
    await tells(small, "acknowledged", 1)
    assert (await the_incident(small)).status is Status.TRIGGERED
    await tells(small, "triggered", 0)
    assert (await the_incident(small)).status is Status.ACKNOWLEDGED
    assert await small.posted("Please acknowledge")  # it was said before anybody had it


async def test_what_came_before_the_page_is_told_in_the_order_in_which_it_happened(small: SmallPong):
    for at_s in (9, 3, 6):
        note = about_page("incident_note", content=f"after {at_s} s")
        await tells(small, "annotated", at_s, data=note)
    await tells(small, "triggered", 0)
    said = [post["text"].partition("“")[2] for post in await small.posted("Note in PagerDuty")]
    assert said == ["after 3 s”", "after 6 s”", "after 9 s”"]
    await tells(small, "triggered", 0, event="once more")
    assert len(await small.posted("Note in PagerDuty")) == 3


async def test_an_acknowledgement_counts_from_its_own_time(small: SmallPong):
    await tells(small, "triggered", 0)
    small.clock.advance(120)
    await tells(small, "acknowledged", 5)
    [said] = await small.posted("Maria Lopez in PagerDuty has it")
    # The alert began a minute before it was told.
    assert said["text"].endswith("has it, after 1 min.")
    [noted] = [one for one in small.noted if one.kind == "incident.acknowledged"]
    assert noted.data["said_at_ms"] == T0_MS + 5000  # where the report has it


@pytest.mark.parametrize(("at_s", "taken_s"), [(3600, 30), (-3600, -60)])
async def test_it_is_never_of_after_now_nor_of_before_the_start(small: SmallPong, at_s: int, taken_s: int):
    await alert(small, alertmanager(starts_ms=T0_MS - 60_000))
    await tells(small, "triggered", -3600)
    small.clock.advance(30)
    await tells(small, "acknowledged", at_s)
    incident = await the_incident(small)
    assert incident.acknowledged_ms == T0_MS + taken_s * 1000


async def test_a_late_reopened_makes_nothing_fire_that_was_resolved_since(small: SmallPong):
    await tells(small, "triggered", 0)
    small.clock.advance(30)
    await tells(small, "resolved", 5)
    await tells(small, "resolved", 20)
    await tells(small, "reopened", 10)
    incident = await the_incident(small)
    assert (incident.alert, incident.alert_count) == (AlertState.RESOLVED, 1)
    assert not await small.posted("FIRING AGAIN")
    assert len(await small.posted("Resolved in PagerDuty by")) == 1
    assert kinds(small, 1)[-1] == "alert.late"
    await tells(small, "reopened", 25)
    assert (await the_incident(small)).alert is AlertState.FIRING
    await tells(small, "resolved", 22)
    assert (await the_incident(small)).alert is AlertState.FIRING
    await tells(small, "resolved", 28)
    assert len(await small.posted("Resolved in PagerDuty by")) == 2


async def test_a_late_acknowledgement_does_not_count_once_it_was_taken_back(small: SmallPong):
    await tells(small, "triggered", 0)
    await tells(small, "unacknowledged", 20)
    await tells(small, "acknowledged", 10)
    assert (await the_incident(small)).status is Status.TRIGGERED
    late = [one for one in small.noted if one.data.get("is_late")]
    assert [one.kind for one in late] == ["pagerduty.incident.acknowledged"]
    assert not await small.posted("Acknowledged in PagerDuty")
    await tells(small, "acknowledged", 30)
    assert (await the_incident(small)).status is Status.ACKNOWLEDGED


async def test_a_note_does_not_make_an_earlier_acknowledgement_late(small: SmallPong):
    await tells(small, "triggered", 0)
    await tells(small, "annotated", 20, data=about_page("incident_note", content="hello"))
    await tells(small, "reassigned", 20)
    await tells(small, "acknowledged", 10)
    assert (await the_incident(small)).status is Status.ACKNOWLEDGED


async def test_an_acknowledgement_does_not_make_what_fires_again_late(small: SmallPong):
    await tells(small, "triggered", 0)
    await tells(small, "resolved", 5)
    await tells(small, "acknowledged", 12)
    await tells(small, "reopened", 10)
    incident = await the_incident(small)
    assert (incident.alert, incident.status) == (AlertState.FIRING, Status.ACKNOWLEDGED)


async def test_only_the_newest_reassignment_is_told(small: SmallPong):
    await tells(small, "triggered", 0)
    await tells(small, "reassigned", 20, assignees=[{"summary": "Sam Ito"}])
    await tells(small, "reassigned", 10, assignees=[{"summary": "Dev Okafor"}])
    [said] = await small.posted("Reassigned in PagerDuty")
    assert "to Sam Ito" in said["text"]


async def test_equal_times_keep_the_order_in_which_they_came(small: SmallPong):
    for kind in ("triggered", "acknowledged", "resolved", "reopened"):
        await tells(small, kind, 0)
    assert (await the_incident(small)).alert is AlertState.FIRING


async def test_who_acknowledged_before_reopened_came_has_the_reopened_one(small: SmallPong):
    await tells(small, "triggered", 0)
    await tells(small, "resolved", 5)
    await asked(small, asks("resolve", via="modal", ref="1", values=SAID))
    small.clock.advance(60)
    await tells(small, "acknowledged", 50)
    await tells(small, "reopened", 40)
    incident = await the_incident(small)
    assert (incident.is_open, incident.status) == (True, Status.ACKNOWLEDGED)


async def test_a_clock_that_is_far_ahead_stops_nothing_for_long(small: SmallPong):
    await tells(small, "triggered", 10**6)
    small.clock.advance(AHEAD_MOST_MS / 1000 + 1)
    await tells(small, "resolved", AHEAD_MOST_MS / 1000)
    assert (await the_incident(small)).alert is AlertState.RESOLVED
