"""Has what the plan waits for come about, and stayed for a moment?"""

from collections.abc import Awaitable, Callable
from dataclasses import dataclass

from bot.clock import Clock
from bot.execution.effects.effect import STOPPED, Effect, Outcome
from bot.remediations.plan import Wait
from bot.verification.conditions import look
from bot.verification.held import Held, Looker

HEARD_EVERY_S = 1.0
HOLDS_FOR = 2


@dataclass(frozen=True)
class Listener:
    """Whom a wait asks whether it is to stop, and tells what it saw."""

    asked_to_stop: Callable[[], Awaitable[bool]]
    on_look: Callable[[str], Awaitable[None]]


async def wait(step: Wait, looker: Looker, listener: Listener, *, for_its_begin: bool = False) -> Effect:
    """Look every so often until it holds (or has begun) twice in a row, cannot hold any more, or the time is
    over."""
    clock = looker.clock
    begun_s, in_a_row = clock.monotonic_s(), 0
    while True:
        held: Held = await look(step.condition, step.given, looker)
        in_a_row = in_a_row + 1 if (held.has_begun if for_its_begin else held.is_so) else 0
        if in_a_row >= HOLDS_FOR:
            return Effect(Outcome.DONE, held.says)
        if held.state == "never":
            return Effect(Outcome.FAILED, held.says)
        so_far_s = clock.monotonic_s() - begun_s
        if so_far_s >= step.at_most_s:
            return Effect(Outcome.FAILED, f"not within {step.at_most_s:g} s: {held.says}")
        await listener.on_look(_progress(held.says, so_far_s))
        if await _stopped_meanwhile(step.every_s, clock, listener.asked_to_stop):
            return Effect(Outcome.FAILED, f"{STOPPED} the waiting; {held.says}")


def _progress(says: str, so_far_s: float) -> str:
    """With whole minutes alone: each change of it edits the card."""
    minutes = int(so_far_s // 60)
    return f"{says} ({minutes} min so far)" if minutes else says


async def _stopped_meanwhile(
    length_s: float, clock: Clock, asked_to_stop: Callable[[], Awaitable[bool]]
) -> bool:
    """Let `length_s` pass; Stop is heard once a second, however seldom there is a look."""
    end_s = clock.monotonic_s() + length_s
    while not await asked_to_stop():
        left_s = end_s - clock.monotonic_s()
        if left_s <= 0:
            return False
        await clock.sleep(min(left_s, HEARD_EVERY_S))
    return True
