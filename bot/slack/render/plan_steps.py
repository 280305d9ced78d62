"""How far has a plan come, step by step, while it runs and once it broke off? Pure."""

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import groupby

from bot.remediations.plan import Plan, RedisCommand, RedisKill, Step, Wait
from bot.slack.render.plan_words import LINE_MOST, code
from bot.text import outside

STEPS_SHOWN = 8
STEPS_BEFORE = 3
PLACED = RedisCommand | RedisKill | Wait


def together(steps: Sequence[Step]) -> list[str]:
    """A line for each step; what is done alike on several servers, one after the other, is one."""
    lines: list[str] = []
    for anywhere, alike in groupby(steps, key=_anywhere):
        same = list(alike)
        places = [step.at or "the primary" for step in same if isinstance(step, PLACED)]
        if len(places) > 1:
            lines.append(f"{anywhere.line()}   (on {', '.join(places)})")
        else:
            lines += [step.line() for step in same]
    return lines


def _anywhere(step: Step) -> Step:
    return replace(step, at="") if isinstance(step, PLACED) else step


def ticked(plan: Plan, at_step: int, sees: str | None) -> str:
    """The steps as a list that ticks itself; of a long one those around the step that runs, which is always
    among them."""
    last = max(0, len(plan.steps) - STEPS_SHOWN)
    first = min(max(0, at_step - STEPS_BEFORE), last)
    return "\n".join(_ticked(plan, first, at_step, sees))


def _ticked(plan: Plan, first: int, at_step: int, sees: str | None) -> Iterator[str]:
    if first:
        yield f"☑ {_steps(first)} before these"
    for number, step in enumerate(plan.steps[first : first + STEPS_SHOWN], first):
        sign = "☑" if number < at_step else "⏳" if number == at_step else "◻"
        seen = f"   {outside(sees, LINE_MOST)}" if sees and number == at_step else ""
        yield f"{sign} {code(step.line())}{seen}"
    if (left := len(plan.steps) - first - STEPS_SHOWN) > 0:
        yield f"◻ and {_steps(left)} more"


def so_far(plan: Plan, at_step: int) -> str:
    """What is done already, and how it is undone; of much the latest. And what is not, where that matters."""
    still = f" 🔴 {outside(plan.still)}." if plan.still and at_step < plan.goes_on_from else ""
    done = [step for step in plan.steps[:at_step] if not isinstance(step, Wait)]
    if not done:
        return f"{still} Nothing was done before that."
    lines = [
        f"\n☑ {code(step.line())} is done. Undo: {outside(step.undo, LINE_MOST)}"
        for step in done[-STEPS_SHOWN:]
    ]
    more = len(done) - STEPS_SHOWN
    return still + (f"\n☑ {_steps(more)} before these" if more > 0 else "") + "".join(lines)


def _steps(number: int) -> str:
    return f"{number} step{'s' if number > 1 else ''}"
