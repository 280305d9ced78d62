"""Does a yes to losing everything take the target's name, letter by letter?"""

import pytest

from commands import VERBS
from tests.commands.approval.test_approve import approves, offer, state
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, SAM, SmallPong, asks


@pytest.fixture
async def offered(on_redis: SmallPong) -> SmallPong:
    await asked(on_redis, asks("clear", by=SAM, words=("cache",)))
    return on_redis


async def types(small: SmallPong, typed: str) -> str:
    return await approves(small, DEV, verb="approve_typed", via="modal", values={"target": typed})


@pytest.mark.parametrize("typed", ["", "redis", "REDIS-PROD", "redis-prod x", "redis-prod\u200b"])
async def test_another_name_approves_nothing(offered: SmallPong, typed: str):
    before = await state(offered)
    assert "not the target's name" in await types(offered, typed)
    assert await state(offered) is before


async def test_the_name_approves(offered: SmallPong):
    await types(offered, "redis-prod")
    assert (await offer(offered)).approval.approved_by == (DEV,)


async def test_a_press_whose_window_did_not_open_approves_nothing(offered: SmallPong):
    assert "The window did not open" in await approves(offered, DEV, verb="approve_typed")


async def test_its_window_asks_for_the_target_and_carries_the_plan(offered: SmallPong):
    ref = (await offer(offered)).approval.ref
    view = await VERBS["approve_typed"].view(asks("approve_typed", via="button", ref=ref), offered.pong)
    assert view["callback_id"] == "pong:approve_typed"
    assert ref in view["private_metadata"]
