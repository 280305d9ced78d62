"""Has what the plan waits for come about, and stayed for a moment?"""

from collections.abc import Awaitable, Callable

from bot.clock import Clock
from bot.execution.effects.effect import Effect, Outcome
from bot.remediations.plan import Wait
from bot.verification.conditions import Held, Looker, look

LOOK_EVERY_S = 1.0
HOLDS_FOR = 2


async def wait(
    step: Wait, looker: Looker, clock: Clock, *, asked_to_stop: Callable[[], Awaitable[bool]]
) -> Effect:
    """Look once a second until it holds twice in a row, cannot hold any more, or the time is over."""
    end_s, in_a_row = clock.monotonic_s() + step.at_most_s, 0
    while True:
        held: Held = await look(step.condition, step.given, looker)
        in_a_row = in_a_row + 1 if held.is_so else 0
        if in_a_row >= HOLDS_FOR:
            return Effect(Outcome.DONE, held.says)
        if held.state == "never":
            return Effect(Outcome.FAILED, held.says)
        if await asked_to_stop():
            return Effect(Outcome.FAILED, f"a person stopped the waiting; {held.says}")
        if clock.monotonic_s() >= end_s:
            return Effect(Outcome.FAILED, f"not within {step.at_most_s:g} s: {held.says}")
        await clock.sleep(LOOK_EVERY_S)
