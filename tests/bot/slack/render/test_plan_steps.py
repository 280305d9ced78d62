"""Does a plan of many steps say which one runs, and what is done already?"""

from dataclasses import replace

import pytest

from bot.remediations.plan import Plan, RedisCommand, Repeat, Tier, Wait
from bot.slack.render.plan_steps import STEPS_SHOWN, so_far, ticked, together

PLAN = Plan(
    remediation="rotate",
    title="Rotate from a to b",
    target="redis-prod",
    address="10.0.0.5:6379",
    tier=Tier.ACCESS_CHANGING,
    steps=tuple(
        RedisCommand(arguments=("ACL", f"STEP{number}"), undo=f"undo {number}.", repeat=Repeat.HARMLESS)
        for number in range(20)
    ),
    lost="nothing",
    undo="Undo: back",
    preconditions=(),
    goal="it is b",
)


@pytest.mark.parametrize("steps", [1, 8, 9, 20])
def test_the_step_that_runs_is_always_among_those_that_are_shown(steps: int) -> None:
    plan = replace(PLAN, steps=PLAN.steps[:steps])
    for number in range(steps):
        lines = ticked(plan, number, "it answers").splitlines()
        assert [line for line in lines if "⏳" in line] == [f"⏳ `ACL STEP{number}`   it answers"]
        assert len([line for line in lines if "`" in line]) == min(steps, STEPS_SHOWN)


def test_how_many_stand_before_and_behind_is_said() -> None:
    lines = ticked(PLAN, 10, None).splitlines()
    assert (lines[0], lines[-1]) == ("☑ 7 steps before these", "◻ and 5 steps more")
    assert ticked(replace(PLAN, steps=PLAN.steps[:9]), 8, None).startswith("☑ 1 step before these\n")


def test_what_is_done_is_named_with_its_undo_the_latest_too() -> None:
    wait = Wait(at_most_s=5, until="it answers", condition="redis-answers")
    told = so_far(replace(PLAN, steps=(*PLAN.steps[:10], wait, *PLAN.steps[10:])), 13)
    assert "`ACL STEP11` is done. Undo: undo 11." in told
    assert told.startswith("\n☑ 4 steps before these\n☑ `ACL STEP4`")
    assert "wait at most" not in told
    assert so_far(PLAN, 0) == " Nothing was done before that."


def test_what_is_done_alike_on_several_servers_is_one_line_that_names_them() -> None:
    off = RedisCommand(arguments=("ACL", "SETUSER", "a", "off"), undo="on", repeat=Repeat.HARMLESS)
    save = RedisCommand(arguments=("ACL", "SAVE"), undo="none", repeat=Repeat.HARMLESS, at="10.0.0.2:6379")
    steps = (off, replace(off, at="10.0.0.2:6379"), save, off)
    assert together(steps) == [
        "ACL SETUSER a off   (on the primary, 10.0.0.2:6379)",
        "ACL SAVE   (on 10.0.0.2:6379)",
        "ACL SETUSER a off",
    ]


def test_what_breaks_off_before_it_counts_says_what_still_works() -> None:
    step = RedisCommand(arguments=("PING",), undo="none", repeat=Repeat.HARMLESS)
    plan = replace(PLAN, steps=(step,) * 3, goes_on_from=2, still="the leaked password still works")
    assert [f"🔴 {plan.still}." in so_far(plan, number) for number in range(3)] == [True, True, False]
