"""Does one approver's no, given in its window, end a plan?"""

import pytest

from bot.approvals.approval import State
from commands import VERBS
from tests.commands.approval.test_approve import approves, card, is_ready, offer, state
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SAM, VERA, SmallPong, asks


@pytest.fixture
async def offered(on_redis: SmallPong) -> SmallPong:
    await asked(on_redis, asks("clear", by=SAM, words=("cache",)))
    return on_redis


async def denies(small: SmallPong, by: str, why: str = "") -> str:
    return await approves(small, by, verb="deny", via="modal", values={"reason": why})


async def test_one_approver_s_denial_ends_it_and_says_why(offered: SmallPong):
    await denies(offered, DEV, "traffic is too high <!channel>")
    assert await state(offered) is State.DENIED
    text = (await card(offered))["text"]
    assert f"was denied by <@{DEV}>" in text
    assert "traffic is too high" in text
    assert "<!channel>" not in text
    assert "This was denied" in await approves(offered, MARIA)
    assert not await is_ready(offered)


async def test_who_asked_takes_it_back(offered: SmallPong):
    await denies(offered, SAM)
    assert await state(offered) is State.CANCELLED
    assert f"taken back by <@{SAM}>" in (await card(offered))["text"]


async def test_who_is_no_approver_denies_nothing(offered: SmallPong):
    assert "You may not decide on this" in await denies(offered, VERA)
    assert await state(offered) is State.PENDING


async def test_a_press_whose_window_did_not_open_denies_nothing(offered: SmallPong):
    assert "The window did not open" in await approves(offered, DEV, verb="deny")
    assert await state(offered) is State.PENDING


async def test_its_window_asks_why_and_carries_the_plan(offered: SmallPong):
    ref = (await offer(offered)).approval.ref
    view = await VERBS["deny"].view(asks("deny", via="button", ref=ref), offered.pong)
    assert view["callback_id"] == "pong:deny"
    assert ref in view["private_metadata"]
