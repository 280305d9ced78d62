"""Is it asked at once whether the public is told, when somebody says that users see it?"""

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
        yield given


async def sees(small: SmallPong, *, by: str = MARIA) -> str:
    return await asked(small, asks("visible", by=by))


async def test_it_is_asked_at_once_with_the_text_and_not_again_after_half_an_hour(told: Telling):
    answer = await sees(told.small)
    assert f"<@{MARIA}> says that users see it." in answer
    assert "Shall the public be told of #1?" in answer
    await told.small.ticks(45 * 60)
    assert len(await told.small.posted("Shall the public be told")) == 1


async def test_a_second_who_says_so_is_noted_and_asks_nobody_anew(told: Telling):
    await sees(told.small)
    assert "Shall the public be told" not in await sees(told.small, by=DEV)
    assert told.kinds.count("public.user_visible") == 2


async def test_it_is_said_once_and_who_repeats_it_is_answered_shortly(told: Telling):
    await told.small.ticks(31 * 60)
    assert f"👥 <@{MARIA}> says that users see it." in await sees(told.small)
    for person in (MARIA, DEV):
        answer = await sees(told.small, by=person)
        assert answer == f"<@{person}> That users see it is known already, and people were asked."
    assert len(await told.small.posted("says that users see it")) == 1


async def test_who_said_not_needed_is_asked_anew_when_users_see_it_after_all(told: Telling):
    await told.small.ticks(31 * 60)
    await asked(told.small, asks("not_needed", via="button", ref="1"))
    assert "(asked anew)" in await sees(told.small, by=DEV)
    await asked(told.small, asks("not_needed", via="button", ref="1"))
    assert told.kinds.count("public.declined") == 2


async def test_what_the_public_reads_already_is_not_asked_about(told: Telling):
    await told.publishes()
    await told.settles()
    assert "Shall the public be told" not in await sees(told.small)


async def test_a_viewer_is_refused(told: Telling):
    assert "You may not do this" in await sees(told.small, by=VERA)
    assert "public.user_visible" not in told.kinds


async def test_of_a_resolved_one_users_see_nothing(told: Telling):
    await asked(told.small, asks("resolve", via="modal", ref="1", values=SAID))
    assert "Incident #1 is resolved" in await asked(told.small, asks("visible", words=("1",)))


async def test_its_button_stands_under_the_incident_while_nobody_was_asked(told: Telling):
    assert "pong:visible" in str((await told.small.parent())["blocks"])
    await sees(told.small)
    assert "pong:visible" not in str((await told.small.parent())["blocks"])
