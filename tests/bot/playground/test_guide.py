from pathlib import Path

from bot.clock import DrivenClock
from bot.playground.directory import Directory
from bot.playground.guide import STEPS, Guide, Rehearsed

NOTHING, EVERYTHING = (
    Rehearsed(),
    Rehearsed(True, True, True, frozenset({"approval.asked", "execution.started"})),
)


def test_nothing_is_ticked_at_first_and_all_five_at_the_end() -> None:
    assert len(STEPS) == 5
    assert not any(step.is_done(NOTHING) for step in STEPS)
    assert all(step.is_done(EVERYTHING) for step in STEPS)


async def test_before_pong_has_a_store_nothing_is_ticked(tmp_path: Path) -> None:
    steps = await Guide(Directory(tmp_path), DrivenClock()).steps()
    assert [step["name"] for step in steps] == ["break", "look", "ask", "approve", "resolve"]
    assert not any(step["is_done"] for step in steps)


async def test_a_store_that_cannot_be_read_ticks_nothing(tmp_path: Path) -> None:
    (tmp_path / "pong.db").write_text("an earlier rehearsal", "utf-8")
    steps = await Guide(Directory(tmp_path), DrivenClock()).steps()
    assert not any(step["is_done"] for step in steps)


def test_each_step_says_what_to_press_or_write_in_a_line_or_two() -> None:
    assert all(20 < len(step.say) <= 110 for step in STEPS)
