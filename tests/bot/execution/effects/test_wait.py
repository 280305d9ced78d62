"""Is waiting over when it holds, when it never can, when somebody stops it, and in time?"""

from dataclasses import replace

import pytest

from bot.clock import DrivenClock
from bot.execution.effects import wait as effect
from bot.execution.effects.effect import Effect, Outcome
from bot.remediations.plan import Wait
from bot.verification.held import Held, Looker

STEP = Wait(at_most_s=10, until="it answers", condition="redis-answers", given="x")
NO, YES, NEVER = Held("not yet", "it does not"), Held("yes", "it answers"), Held("never", "it failed")


class Passing(DrivenClock):
    """On which to sleep is to let the time pass."""

    async def sleep(self, seconds: float) -> None:
        self.advance(seconds)


async def waited(
    monkeypatch: pytest.MonkeyPatch,
    held: list[Held],
    *,
    stops_after: int = 99,
    step: Wait = STEP,
    shown: list[str] | None = None,
) -> tuple[Effect, int]:
    looks = 0

    async def look(condition: str, given: str, _: object) -> Held:
        nonlocal looks
        assert (condition, given) == ("redis-answers", "x")
        looks += 1
        return held[min(looks, len(held)) - 1]

    async def asked_to_stop() -> bool:
        return looks >= stops_after

    async def seen(says: str) -> None:
        if shown is not None:
            shown.append(says)

    monkeypatch.setattr(effect, "look", look)
    looker = Looker(target=None, clock=Passing(), http=None)  # type: ignore[arg-type]
    told = await effect.wait(step, looker, effect.Listener(asked_to_stop=asked_to_stop, on_look=seen))
    return told, looks


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


async def test_what_takes_long_is_looked_at_seldom_and_stop_is_heard_all_the_same(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    seldom = replace(STEP, at_most_s=300, every_s=100)
    told, looks = await waited(monkeypatch, [NO], step=seldom)
    assert (told.detail, looks) == ("not within 300 s: it does not", 4)

    heard: list[bool] = []

    async def stopped_after_three_s() -> bool:
        heard.append(True)
        return len(heard) > 3

    assert await effect._stopped_meanwhile(100, Passing(), stopped_after_three_s)
    assert not await effect._stopped_meanwhile(2, Passing(), never)


async def never() -> bool:
    return False


async def test_what_it_sees_is_shown_with_the_minutes(monkeypatch: pytest.MonkeyPatch) -> None:
    shown: list[str] = []
    minutely = replace(STEP, at_most_s=120, every_s=60)
    await waited(monkeypatch, [NO, YES, YES], step=minutely, shown=shown)
    assert shown == ["it does not", "it answers (1 min so far)"]
