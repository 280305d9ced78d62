"""Does Pong stay within what Slack allows?"""

import asyncio
import random
from pathlib import Path
from typing import Any

from bot.clock import DrivenClock
from bot.outbox.pacing import JOIN, Budgets, Pacing
from bot.playground.local_slack import LocalSlack
from bot.playground.serving import serving
from bot.store.sqlite import open_sqlite

NOW_MS = 1_000_000


async def test_the_true_limits_never_meet_a_429(tmp_path: Path, make_post: Any) -> None:
    clock = DrivenClock()
    slack = LocalSlack(clock)
    store = open_sqlite(f"sqlite:///{tmp_path / 'pong.db'}", redact=str, mirror=lambda event: None)
    async with serving(slack.asgi()) as base_url:
        slack.base_url = base_url  # type: ignore[attr-defined]
        post = make_post(store, slack, clock)
        for number in range(70):
            await post.say(f"m{number}", lane="C0GENERAL" if number % 2 else "C0INCIDENTS")
        edits = 0
        async with post.sending(pacing=Pacing(dice=random.Random(1))), asyncio.timeout(60):
            while not await post.is_empty() or edits < 70:
                clock.advance(0.25)
                if edits < 70 and post.said():
                    await post.edit(f"m{edits % 2}", f"edit {edits}")
                    edits += 1
                await asyncio.sleep(0.005)
    await store.close()
    assert {call["status"] for call in slack.calls} == {200}
    assert len(post.calls("chat.postMessage")) == 70


def test_the_waits_double_and_are_bounded_and_jittered() -> None:
    seed = random.SystemRandom().randrange(10**6)
    print(f"seed {seed}")
    pacing = Pacing(dice=random.Random(seed))
    for attempts in range(1, 200):
        full_ms = min(60_000, 1_000 * 2 ** (attempts - 1))
        assert full_ms / 2 <= pacing.backoff_ms(attempts) <= full_ms


def test_a_paced_method_is_called_at_most_fifty_times_in_any_minute() -> None:
    pacing = Pacing()
    spent: dict[str, int] = {}
    moments = []
    for now_ms in range(NOW_MS, NOW_MS + 200_000, 50):
        budgets = Budgets(spent, pacing)
        if budgets.ready_ms(JOIN) <= now_ms:
            moments.append(now_ms)
            spent[JOIN] = budgets.after_call_ms(JOIN, now_ms=now_ms) or 0
    assert max(sum(start <= one < start + 60_000 for one in moments) for start in moments) <= 50
    assert len(moments) > 150


def test_nothing_is_called_before_the_time_slack_asked_for() -> None:
    budgets = Budgets({}, pacing := Pacing())
    spent_ms = budgets.after_refusal_ms(30, now_ms=NOW_MS)
    assert Budgets({JOIN: spent_ms}, pacing).ready_ms(JOIN) == NOW_MS + 30_000


def test_an_absurd_retry_after_is_bounded() -> None:
    assert Pacing().asked_ms(86_400) == 300_000


def test_a_clock_set_back_does_not_silence_a_method() -> None:
    budgets = Budgets({JOIN: NOW_MS + 3_600_000}, Pacing())
    assert (budgets.after_call_ms(JOIN, now_ms=NOW_MS) or 0) < NOW_MS + 10_000
