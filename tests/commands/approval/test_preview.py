"""Does measuring again change nothing, unless more would be lost?"""

import pytest

from bot.approvals.approval import State
from bot.people import Group
from tests.commands.approval.test_approve import approves, card, offer, state
from tests.fixtures.asking import asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, SAM, VERA, SmallPong, asks


@pytest.fixture
async def offered(on_redis: SmallPong) -> SmallPong:
    await asked(on_redis, asks("clear", by=SAM, words=("cache",)))
    return on_redis


async def test_the_same_or_less_leaves_the_plan_as_it_is(offered: SmallPong, redis: RedisServer):
    before = await offer(offered)
    redis.command("DEL", *(f"cache:{number}" for number in range(500)))
    answer = await approves(offered, SAM, verb="preview")
    assert "No more would be lost than the card says" in answer
    assert await offer(offered) == before
    assert await offer(offered, 2) is None


async def test_more_takes_its_place_and_votes_start_anew(offered: SmallPong, redis: RedisServer):
    redis.fill("cache", value_bytes=100, keys_most=9000)
    answer = await approves(offered, SAM, verb="preview")
    assert "That is more than the card says" in answer
    assert await state(offered) is State.SUPERSEDED
    assert "was replaced: more would be lost now" in (await card(offered))["text"]
    anew = await offer(offered, 2)
    assert (anew.approval.state, anew.approval.requester) == (State.PENDING, SAM)
    assert "use the newer plan" in await approves(offered, DEV)
    assert await state(offered, 2) is State.PENDING


async def test_an_approved_plan_is_superseded_too(offered: SmallPong, redis: RedisServer):
    await approves(offered, DEV)
    redis.fill("cache", value_bytes=100, keys_most=9000)
    await approves(offered, SAM, verb="preview")
    assert await state(offered) is State.SUPERSEDED


async def test_what_has_ended_is_not_measured_again(offered: SmallPong):
    await approves(offered, DEV, verb="deny", via="modal")
    assert "This plan is denied already." in await approves(offered, SAM, verb="preview")


async def test_a_viewer_measures_nothing_and_replaces_nothing(offered: SmallPong, redis: RedisServer):
    await approves(offered, DEV)
    redis.fill("cache", value_bytes=100, keys_most=9000)
    before = redis.command("INFO", "commandstats").get("cmdstat_scan")
    assert "You may not do this: ask somebody in people.responders" in await approves(
        offered, VERA, verb="preview"
    )
    assert redis.command("INFO", "commandstats").get("cmdstat_scan") == before
    assert await state(offered) is State.APPROVED
    assert await offer(offered, 2) is None


async def test_an_approver_who_is_no_responder_measures_again(offered: SmallPong):
    offered.directory.groups["S0SRE"] = Group(handle="sre-oncall", members=frozenset({VERA}))
    assert "No more would be lost than the card says" in await approves(offered, VERA, verb="preview")


async def test_a_sick_server_is_not_measured_at_every_press(offered: SmallPong):
    assert "No more would be lost" in await approves(offered, SAM, verb="preview")
    assert "It was measured again a moment ago" in await approves(offered, DEV, verb="preview")
    offered.clock.advance(15)
    assert "No more would be lost" in await approves(offered, DEV, verb="preview")


async def test_a_server_that_went_away_is_said(offered: SmallPong, redis: RedisServer):
    redis.freeze()
    try:
        assert "Nothing was measured" in await approves(offered, SAM, verb="preview")
    finally:
        redis.thaw()
    assert await state(offered) is State.PENDING


async def test_the_reason_goes_over_to_the_plan_that_takes_its_place(on_redis: SmallPong, redis: RedisServer):
    await asked(on_redis, asks("clear", by=SAM, words=("cache", "--why", "the list is stale")))
    redis.fill("cache", value_bytes=100, keys_most=9000)
    await approves(on_redis, SAM, verb="preview")
    assert (await offer(on_redis, 2)).why.said == "the list is stale"
