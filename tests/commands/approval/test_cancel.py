"""Can any responder stop what one person alone is about to start, until it has?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.approvals.approval import State
from tests.commands.approval.test_approve import approves, is_ready, state
from tests.fixtures.glass import breaks_glass, maria_asked
from tests.fixtures.redis_server import RedisServer
from tests.fixtures.small_pong import DEV, SAM, VERA, SmallPong


@pytest.fixture
async def alone(tmp_path: Path, redis: RedisServer) -> AsyncIterator[SmallPong]:
    async with maria_asked(tmp_path, redis) as small:
        yield small


async def test_a_responder_who_is_no_approver_stops_it(alone: SmallPong):
    await breaks_glass(alone)
    told = await approves(alone, SAM, verb="cancel")
    assert f"was cancelled by <@{SAM}> before it started. Nothing was run." in told
    await alone.ticks(300)
    assert await state(alone) is State.CANCELLED
    assert not await is_ready(alone)
    [event] = [event for event in alone.noted if event.kind == "glass.cancelled"]
    assert event.actor == SAM


async def test_an_approver_who_is_no_responder_stops_it(tmp_path: Path, redis: RedisServer):
    async with maria_asked(tmp_path, redis, approvers=(DEV, VERA)) as small:
        await breaks_glass(small)
        assert f"was cancelled by <@{VERA}>" in await approves(small, VERA, verb="cancel")
        assert await state(small) is State.CANCELLED


async def test_a_viewer_stops_nothing(alone: SmallPong):
    await breaks_glass(alone)
    assert "You may not do this" in await approves(alone, VERA, verb="cancel")
    assert await state(alone) is State.PENDING


async def test_without_broken_glass_there_is_nothing_to_cancel(alone: SmallPong):
    assert "Nothing waits here any more" in await approves(alone, SAM, verb="cancel")
    assert await state(alone) is State.PENDING


async def test_what_others_have_approved_is_stopped_by_stop_alone(alone: SmallPong):
    await breaks_glass(alone)
    await approves(alone, DEV)
    assert "Nothing waits here any more" in await approves(alone, SAM, verb="cancel")
    assert await state(alone) is State.APPROVED
