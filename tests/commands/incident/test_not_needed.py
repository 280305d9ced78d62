"""Can a responder say that the public need not be told, once, and is it kept?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from tests.commands.incident.test_resolve import SAID
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, VERA, SmallPong, asks
from tests.fixtures.telling import Telling, telling


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Telling]:
    async with telling(tmp_path) as given:
        await given.small.ticks(31 * 60)
        yield given


async def declines(told: Telling, *, by: str = MARIA) -> str:
    return await asked(told.small, asks("not_needed", by=by, via="button", ref="1"))


async def test_the_question_and_the_incident_say_who_decided(told: Telling):
    await declines(told)
    question = await told.newest("incident:1/public-ask:1")
    assert question["text"] == f"📣 <@{MARIA}> says: the public need not be told."
    assert "pong:publish" not in str(question["blocks"])
    assert f"need not be told, says <@{MARIA}>" in str((await told.small.parent())["blocks"])
    assert not told.page.asked


async def test_the_second_is_told_that_it_is_decided(told: Telling):
    await declines(told)
    assert "Nobody is asked about this any more." in await declines(told, by=DEV)
    assert told.kinds.count("public.declined") == 1


async def test_a_viewer_decides_nothing(told: Telling):
    assert "You may not do this" in await declines(told, by=VERA)
    assert "public.declined" not in told.kinds


async def test_the_resolution_says_who_decided_and_asks_for_no_end(told: Telling):
    await declines(told)
    answer = await asked(told.small, asks("resolve", via="modal", ref="1", values=SAID))
    assert f"External communication: need not be told, says <@{MARIA}>" in answer
    assert "Say that it is over?" not in answer


async def test_before_anybody_was_asked_there_is_nothing_to_decide(open_one: SmallPong):
    answer = await asked(open_one, asks("not_needed", via="button", ref="1"))
    assert "Nobody is asked about this any more." in answer
