from pathlib import Path
from typing import Any

import pytest

from bot.clock import DrivenClock
from bot.playground.directory import Directory
from bot.playground.guide import STEPS, Guide, done, furthest
from bot.timeline import Event
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import asks, small_pong

ALL = ["break", "look", "ask", "approve", "resolve"]


def event(kind: str, **data: Any) -> Event:
    return Event(incident_id=1, at_ms=1, actor="U0MARIA", kind=kind, data=data)


OPENED = event("incident.opened", alert="RedisMemoryHigh")
TRIAGED = event("redis.triaged")
ASKED = event("approval.asked", title="Clear cache", approval=1)
STARTED = event("execution.started", title="Clear cache", approved_by=["U0DEV"], alone=None)
RESOLVED = event("incident.resolved")


def ticked(*events: Event) -> list[str]:
    found = done(events)
    return [name for name in ALL if name in found]


def test_one_step_after_the_other_is_ticked() -> None:
    assert [step.name for step in STEPS] == ALL
    way = (OPENED, TRIAGED, ASKED, STARTED, RESOLVED)
    assert [ticked(*way[:far]) for far in range(6)] == [ALL[:far] for far in range(6)]


@pytest.mark.parametrize("title", ["Scale redis-prod", "Clear sessions", "Restart Redis"])
def test_another_plan_ticks_nothing(title: str) -> None:
    other = event("approval.asked", title=title), event("execution.started", title=title, alone=None)
    assert ticked(OPENED, TRIAGED, *other, RESOLVED) == ["break", "look"]


def test_who_broke_the_glass_alone_was_not_approved() -> None:
    alone = event("execution.started", title="Clear cache", approved_by=[], alone="U0MARIA")
    assert ticked(OPENED, ASKED, alone, RESOLVED) == ["break", "ask"]


def test_another_failure_ticks_nothing_until_the_memory_is_full_too() -> None:
    other = event("incident.opened", alert="RedisDown"), TRIAGED
    assert ticked(*other, RESOLVED) == []
    assert ticked(*other, event("alert.joined", name="RedisMemoryHigh")) == ["break"]


def test_what_was_resolved_before_the_plan_ran_is_not_over() -> None:
    assert ticked(OPENED, TRIAGED, RESOLVED, ASKED, STARTED) == ["break", "look", "ask", "approve"]


async def test_the_incident_that_is_furthest_along_counts(tmp_path: Path) -> None:
    async with small_pong(tmp_path) as pong:
        await alert(pong, alertmanager())
        assert await pong.pong.store.read(furthest) == frozenset()
        await alert(pong, alertmanager("RedisMemoryHigh"))
        await asked(pong, asks("triage", words=("redis-prod",)))
        assert await pong.pong.store.read(furthest) == {"break", "look"}
        said = {"root_cause": "the cache", "fix": "waited"}
        await asked(pong, asks("resolve", via="modal", ref="1", values=said))
        pong.clock.advance(2 * 60 * 60)
        await alert(pong, alertmanager("RedisMemoryHigh", starts_ms=pong.clock.now_ms()))
        assert await pong.pong.store.read(furthest) == {"break", "look"}


async def test_before_pong_has_a_store_nothing_is_ticked(tmp_path: Path) -> None:
    steps = await Guide(Directory(tmp_path), DrivenClock()).steps()
    assert [step["name"] for step in steps] == ALL
    assert not any(step["is_done"] for step in steps)


async def test_a_store_that_cannot_be_read_ticks_nothing(tmp_path: Path) -> None:
    (tmp_path / "pong.db").write_text("an earlier rehearsal", "utf-8")
    steps = await Guide(Directory(tmp_path), DrivenClock()).steps()
    assert not any(step["is_done"] for step in steps)


def test_each_step_says_what_to_press_or_write_in_a_line_or_two() -> None:
    assert all(20 < len(step.say) <= 110 for step in STEPS)


def test_on_a_phone_it_is_one_short_line() -> None:
    assert all(10 < len(step.brief) <= 34 for step in STEPS)
