"""Is waiting over when it holds, when it never can, when somebody stops it, and in time?"""

import pytest

from bot.clock import DrivenClock
from bot.execution.effects import wait as effect
from bot.execution.effects.effect import Effect, Outcome
from bot.remediations.plan import Wait
from bot.verification.conditions import Held, Looker

STEP = Wait(at_most_s=10, until="it answers", condition="redis-answers", given="x")
NO, YES, NEVER = Held("not yet", "it does not"), Held("yes", "it answers"), Held("never", "it failed")


class Passing(DrivenClock):
    """On which to sleep is to let the time pass."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)


async def waited(
    monkeypatch: pytest.MonkeyPatch, held: list[Held], *, stops_after: int = 99
) -> tuple[Effect, int]:
    looks = 0

    async def look(condition: str, given: str, _: object) -> Held:
        nonlocal looks
        assert (condition, given) == ("redis-answers", "x")
        looks += 1
        return held[min(looks, len(held)) - 1]

    async def asked_to_stop() -> bool:
        return looks >= stops_after

    monkeypatch.setattr(effect, "look", look)
    looker = Looker(target=None, clock=Passing(), http=None)  # type: ignore[arg-type]
    return await effect.wait(STEP, looker, looker.clock, asked_to_stop=asked_to_stop), looks


async def test_it_has_to_hold_twice_in_a_row(monkeypatch: pytest.MonkeyPatch) -> None:
    told, looks = await waited(monkeypatch, [YES, NO, YES, YES])
    assert (told.outcome, told.detail, looks) == (Outcome.DONE, "it answers", 4)


async def test_what_cannot_hold_any_more_ends_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    told, looks = await waited(monkeypatch, [NO, NEVER])
    assert (told.outcome, told.detail, looks) == (Outcome.FAILED, "it failed", 2)


async def test_after_its_time_it_says_how_it_stands(monkeypatch: pytest.MonkeyPatch) -> None:
    told, looks = await waited(monkeypatch, [NO])
    assert (told.outcome, told.detail) == (Outcome.FAILED, "not within 10 s: it does not")
    assert 10 <= looks <= 12


async def test_stop_is_heard(monkeypatch: pytest.MonkeyPatch) -> None:
    told, looks = await waited(monkeypatch, [NO], stops_after=3)
    assert "a person stopped" in told.detail
    assert looks == 3
