"""Is whoever speaks for an incident told when what the public reads has grown old, and at no other time?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.bot.intake.test_opening import alert
from tests.bot.public.test_telling import resolves, works_again
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, asks, small_pong
from tests.fixtures.telling import Telling, telling

OLD = "goes on, and the public last heard of it"


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Telling]:
    async with telling(tmp_path) as given:
        yield given


async def test_half_an_hour_after_a_text_the_next_one_is_wanted(told: Telling):
    await told.publishes(by=DEV)
    await told.settles()
    await told.small.ticks(29 * 60, every_s=60)
    assert not await told.small.posted(OLD)
    await told.small.ticks(2 * 60, every_s=60)
    [reminder] = await told.small.posted(OLD)
    assert reminder["text"].startswith(f"📣 <@{DEV}> #1 goes on, and the public last heard of it ")
    assert reminder["text"].endswith(" (Investigating). Next: tell them where it stands.")
    assert "Publish…" in str(reminder["blocks"])


async def test_it_is_asked_again_below_until_there_is_a_newer_text(told: Telling):
    await told.publishes()
    await told.settles()
    await told.small.ticks(75 * 60, every_s=60)
    [newest] = await told.small.posted(OLD)  # the one before asks nothing more
    assert await told.small.posted("Asked again below.")
    await told.publishes(status="identified", body="We have found it.")
    await told.settles()
    assert (await told.newest(newest["id"]))["text"] == "📣 The public reads a newer text by now."
    await told.small.ticks(20 * 60, every_s=60)
    assert not await told.small.posted(OLD)
    await told.small.ticks(12 * 60, every_s=60)
    assert "(Identified)" in (await told.small.posted(OLD))[0]["text"]


async def test_whoever_took_the_communication_is_the_one_who_is_told(told: Telling):
    await asked(told.small, asks("comms", by=DEV, ref="1"))
    await told.publishes(by=MARIA)
    await told.settles()
    await told.small.ticks(31 * 60, every_s=60)
    assert (await told.small.posted(OLD))[0]["text"].startswith(f"📣 <@{DEV}> #1")


async def test_nobody_is_told_while_it_is_healthy_or_once_it_is_over(told: Telling):
    await told.publishes()
    await told.settles()
    await works_again(told.small)
    await told.small.ticks(45 * 60, every_s=60)
    assert not await told.small.posted(OLD)
    await resolves(told.small)
    await told.small.ticks(45 * 60, every_s=60)
    assert not await told.small.posted(OLD)


async def test_how_long_is_a_setting(tmp_path: Path):
    async with telling(tmp_path, again_after_min=5) as told:
        await told.publishes()
        await told.settles()
        await told.small.ticks(6 * 60, every_s=60)
        assert await told.small.posted(OLD)


async def test_without_a_connected_page_done_is_the_answer(tmp_path: Path):
    async with small_pong(tmp_path) as small:
        await alert(small, alertmanager())
        await small.ticks(30 * 60, every_s=60)
        await asked(small, asks("posted", by=DEV, ref="1"))
        await small.ticks(31 * 60, every_s=60)
        [reminder] = await small.posted(OLD)
        assert reminder["text"].endswith("tell them where it stands on your status page, then press Done.")
        await asked(small, asks("posted", by=DEV, ref="1"))
        assert not await small.posted(OLD)
        await small.ticks(20 * 60, every_s=60)
        assert not await small.posted(OLD)
