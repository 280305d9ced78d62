"""Does what one person starts alone wait until others could have stopped it, whatever fails meanwhile?"""

from collections.abc import AsyncIterator, Iterator
from dataclasses import replace
from pathlib import Path

import pytest

from bot.approvals.approval import State
from bot.approvals.offer import policy
from bot.slack.render.blocks import date
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import carried_out, in_real_time, the_offer
from tests.fixtures.glass import WHY, breaks_glass, heard, maria_asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import MARIA, GivenSlack, SmallPong, asks


@pytest.fixture(scope="module")
def server() -> Iterator[RedisServer]:
    with RedisServer("--maxmemory", "24mb") as running:
        running.fill("cache", value_bytes=100, keys_most=500)
        yield running


@pytest.fixture
async def alone(tmp_path: Path, server: RedisServer) -> AsyncIterator[SmallPong]:
    async with maria_asked(tmp_path, server) as small:
        yield small


async def unheard(small: SmallPong) -> None:
    """Maria breaks the glass while Slack takes no post."""
    ref = (await the_offer(small)).approval.ref
    await asked(small, asks("break_glass", by=MARIA, via="modal", ref=ref, values={"reason": WHY}))


async def state(small: SmallPong) -> State:
    return (await the_offer(small)).approval.state


async def test_the_delay_begins_when_slack_has_taken_the_post(alone: SmallPong) -> None:
    await unheard(alone)
    await alone.ticks(150, every_s=5)
    assert await state(alone) is State.PENDING
    await heard(alone)
    await alone.ticks(115, every_s=5)
    assert await state(alone) is State.PENDING
    await alone.ticks(10, every_s=5)
    assert await state(alone) is State.APPROVED


async def test_what_slack_never_takes_does_not_start(alone: SmallPong) -> None:
    await unheard(alone)
    await alone.ticks(920, every_s=5)
    assert await state(alone) is State.CANCELLED
    *_, post = await alone.posted("others could not be told of it and stop it")
    assert "Nothing was run. Next: ask again" in post["text"]


async def test_while_no_press_reaches_pong_the_delay_does_not_pass(alone: SmallPong) -> None:
    await breaks_glass(alone)
    slack = alone.pong.slack
    assert isinstance(slack, GivenSlack)
    slack.hears_since_ms = None
    await alone.ticks(300, every_s=5)
    assert await state(alone) is State.PENDING
    slack.hears_since_ms = alone.clock.now_ms()
    await alone.ticks(115, every_s=5)
    assert await state(alone) is State.PENDING
    await alone.ticks(10, every_s=5)
    assert await state(alone) is State.APPROVED


@pytest.mark.parametrize("away_s", [30, 110, 170, 600])
async def test_after_pong_was_away_the_delay_begins_anew_and_says_so(alone: SmallPong, away_s: int) -> None:
    await breaks_glass(alone)
    slack = alone.pong.slack
    assert isinstance(slack, GivenSlack)
    alone.clock.advance(away_s)
    slack.hears_since_ms = alone.clock.now_ms()
    starts = date(alone.clock.now_ms() + 120_000)
    await alone.ticks(119, every_s=7)
    assert await state(alone) is State.PENDING
    for id in ("incident:1/plan:1", "incident:1/glass:1"):
        assert f"starts at {starts}" in (await alone._rows(None, message_id=id))[-1]["text"]
    await alone.ticks(2)
    assert await state(alone) is State.APPROVED


async def test_the_loud_post_keeps_nothing_to_press_once_it_is_decided(alone: SmallPong) -> None:
    await breaks_glass(alone)
    await alone.ticks(121)
    post = (await alone._rows(None, message_id="incident:1/glass:1"))[-1]
    assert "it was let run. Its card says more." in post["text"]
    assert "Cancel it" not in str(post["blocks"])


async def test_the_loud_post_says_that_what_was_let_run_did_not_run(
    alone: SmallPong, server: RedisServer
) -> None:
    await breaks_glass(alone)
    await alone.ticks(121)
    server.command("EVAL", "for n = 0, 1999 do redis.call('SET', 'cache:more:' .. n, 'x') end", 0)
    try:
        await carried_out(in_real_time(alone))
    finally:
        server.command("EVAL", "for n = 0, 1999 do redis.call('DEL', 'cache:more:' .. n) end", 0)
    assert await alone.posted("did not run. ")
    post = (await alone._rows(None, message_id="incident:1/glass:1"))[-1]
    assert "it was let run, and did not run. Its card says more." in post["text"]


async def test_resolving_the_incident_ends_it(alone: SmallPong) -> None:
    await breaks_glass(alone)
    values = {"root_cause": "the cache had no limit", "fix": "it mended itself"}
    await asked(alone, asks("resolve", by=MARIA, via="modal", ref="1", values=values))
    await alone.ticks(300)
    assert await state(alone) is State.CANCELLED
    assert await alone.posted("was taken back, as the incident ended. Nothing was run.")


async def test_a_plan_that_was_replaced_meanwhile_does_not_start(
    alone: SmallPong, server: RedisServer
) -> None:
    await breaks_glass(alone)
    server.fill("cache", value_bytes=100, keys_most=3000)
    ref = (await the_offer(alone)).approval.ref
    await asked(alone, asks("preview", by=MARIA, via="button", ref=ref))
    await alone.ticks(300)
    assert await state(alone) is State.SUPERSEDED
    assert (await the_offer(alone, 2)).approval.ballots == ()


async def test_what_two_have_to_agree_to_or_type_is_never_for_one_alone(alone: SmallPong) -> None:
    plan = (await the_offer(alone)).plan
    incident = await alone.pong.store.read(lambda records: records.incidents.get(1))
    assert incident is not None
    assert policy(alone.pong, incident, plan).may_break_glass
    for never in ({"least_approvals": 2}, {"must_type": True}, {"remediation": "restart"}):
        assert not policy(alone.pong, incident, replace(plan, **never)).may_break_glass


async def test_the_longest_delay_passes_too(tmp_path: Path, server: RedisServer) -> None:
    async with maria_asked(tmp_path, server, delay_min=15) as small:
        await unheard(small)
        small.clock.advance(1)
        await heard(small)
        await small.ticks(14 * 60 + 55)
        assert await state(small) is State.PENDING
        await small.ticks(10, every_s=2)
        assert await state(small) is State.APPROVED
