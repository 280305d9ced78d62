"""May one person alone, with a reason and after a delay, do what needs another, and only they?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.approvals.approval import State
from bot.errors import Refused
from commands import VERBS
from tests.commands.approval.test_approve import approves, card, is_ready, state
from tests.fixtures.carrying_out import carried_out, in_real_time, outcome, the_offer
from tests.fixtures.glass import WHY, breaks_glass, maria_asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks


@pytest.fixture
async def alone(tmp_path: Path, redis: RedisServer) -> AsyncIterator[SmallPong]:
    async with maria_asked(tmp_path, redis) as small:
        yield small


async def test_it_starts_after_two_minutes_in_which_everybody_was_told(alone: SmallPong):
    told = await breaks_glass(alone)
    assert f"🚨 <!here> <@{MARIA}> breaks the glass: Clear cache on redis-prod starts at" in told
    assert WHY in told
    assert f"<@{DEV}>: approve or deny it" in told
    post = (await alone.posted("breaks the glass"))[-1]
    assert post["reply_broadcast"]
    await alone.ticks(119, every_s=17)
    assert await state(alone) is State.PENDING
    await alone.ticks(2)
    assert await state(alone) is State.APPROVED
    assert await is_ready(alone)
    assert f"by <@{MARIA}> alone, who broke the glass" in (await card(alone))["text"]


async def test_it_is_carried_out_and_waits_for_another_s_look(alone: SmallPong, redis: RedisServer):
    await breaks_glass(alone)
    await alone.ticks(121)
    row = await carried_out(await _now(alone))
    assert row["state"] == "succeeded", row
    assert f"By <@{MARIA}> alone, who broke the glass." in await outcome(alone)
    assert "Review open" in (await alone.parent())["text"]
    assert not [key for key in redis.command("KEYS", "cache:*") if key]


async def _now(small: SmallPong) -> SmallPong:
    """The same on the machine's clock, and the approval still stands there."""
    real = in_real_time(small)

    async def shift(records) -> None:
        row = await records.approvals.get(1)
        facts = row["facts"] | {"execute_by_ms": real.pong.clock.now_ms() + 60_000}
        await records.approvals.save(1, state=row["state"], facts=facts)

    await small.pong.store.write(shift)
    return real


@pytest.mark.parametrize("who", [DEV, SAM])
async def test_who_does_not_stand_in_its_own_circle_breaks_nothing(alone: SmallPong, who: str):
    assert "You may not break the glass" in await breaks_glass(alone, who)
    assert (await the_offer(alone)).approval.glass is None


@pytest.mark.parametrize("why", ["", "   ", "now now"])
async def test_without_a_reason_nothing_begins(alone: SmallPong, why: str):
    assert VERBS["break_glass"].faults({"reason": why})
    assert "Say in a sentence" in await breaks_glass(alone, why=why)
    assert (await the_offer(alone)).approval.glass is None


async def test_a_press_whose_window_did_not_open_begins_nothing(alone: SmallPong):
    assert "The window did not open" in await breaks_glass(alone, via="button", values={})
    assert (await the_offer(alone)).approval.glass is None


async def test_its_window_says_what_follows(alone: SmallPong):
    ref = (await the_offer(alone)).approval.ref
    view = await VERBS["break_glass"].view(asks("break_glass", via="button", ref=ref), alone.pong)
    told = view["blocks"][0]["text"]["text"]
    assert "Clear cache starts 2 minutes after this without another person's approval" in told


@pytest.mark.parametrize(
    ("by", "says"), [(DEV, "You may not break the glass"), (MARIA, "decided already|denied|was taken back")]
)
async def test_its_window_opens_neither_for_a_plan_that_is_decided_nor_for_whoever_may_not(
    alone: SmallPong, by: str, says: str
):
    if by == MARIA:
        await approves(alone, DEV, verb="deny", via="modal", values={"reason": "wait for me"})
    ref = (await the_offer(alone)).approval.ref
    with pytest.raises(Refused, match=says):
        await VERBS["break_glass"].view(asks("break_glass", by=by, via="button", ref=ref), alone.pong)
    told = await breaks_glass(alone, by, via="button", values={})
    assert "The window did not open" not in told


async def test_another_s_approval_meanwhile_makes_it_an_ordinary_one(alone: SmallPong):
    await breaks_glass(alone)
    await approves(alone, DEV)
    assert await state(alone) is State.APPROVED
    assert f"approved by <@{DEV}>" in (await card(alone))["text"]
    await alone.ticks(130)
    assert "glass.counted" not in [event.kind for event in alone.noted]
    assert "Review open" not in (await alone.parent())["text"]


async def test_another_s_denial_meanwhile_ends_it(alone: SmallPong):
    await breaks_glass(alone)
    await approves(alone, DEV, verb="deny", via="modal", values={"reason": "wait for me"})
    await alone.ticks(130)
    assert await state(alone) is State.DENIED
    assert not await is_ready(alone)


async def test_a_second_break_is_refused(alone: SmallPong):
    await breaks_glass(alone)
    assert "You broke the glass for this, which is your vote" in await breaks_glass(alone)
