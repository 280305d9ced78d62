"""Does Stop ask what runs to end, and only that, once?"""

import pytest

from bot.people import Group
from tests.commands.approval.test_approve import approves
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SAM, VERA, SmallPong, asks


@pytest.fixture
async def offered(on_redis: SmallPong) -> SmallPong:
    await asked(on_redis, asks("clear", by=SAM, words=("cache",)))
    return on_redis


async def test_what_does_not_run_cannot_be_stopped(offered: SmallPong):
    assert "Nothing of this plan runs now" in await approves(offered, SAM, verb="stop")


async def test_a_responder_stops_what_runs_once(offered: SmallPong):
    await approves(offered, DEV)
    assert f"<@{SAM}> asked to stop" in await approves(offered, SAM, verb="stop")
    assert "somebody stopped it already" in await approves(offered, MARIA, verb="stop")
    execution = await offered.pong.store.read(lambda records: records.approvals.execution_of(1))
    assert execution["stop_asked_by"] == SAM
    assert len([event for event in offered.noted if event.kind == "execution.stop_asked"]) == 1


async def test_who_approved_it_stops_it_also_as_no_responder(offered: SmallPong):
    offered.directory.groups["S0SRE"] = Group(handle="sre-oncall", members=frozenset({VERA}))
    await approves(offered, VERA)
    assert f"<@{VERA}> asked to stop" in await approves(offered, VERA, verb="stop")


async def test_a_viewer_stops_nothing(offered: SmallPong):
    await approves(offered, DEV)
    assert "You may not do this" in await approves(offered, VERA, verb="stop")
