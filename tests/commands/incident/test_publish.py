"""Does a responder tell the public from a window, once, with nothing that was not meant for it?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from commands import VERBS
from commands.incident.publish import TAKE_IT_OUT, faults
from tests.commands.incident.test_resolve import SAID
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SAM, VERA, SmallPong, asks
from tests.fixtures.statuspage import KEY
from tests.fixtures.telling import Telling, telling


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Telling]:
    async with telling(tmp_path) as given:
        yield given


async def opens(told: Telling, *, by: str = MARIA):
    return await VERBS["publish"].view(asks("publish", by=by, via="button", ref="1"), told.small.pong)


async def resolves(told: Telling) -> str:
    return await asked(told.small, asks("resolve", via="modal", ref="1", values=SAID))


async def test_the_window_has_the_runbook_s_words_and_says_who_will_read_them(told: Telling):
    view = await opens(told)
    first, name, status, body, still_open = view["blocks"]
    assert "still open here: with the status Resolved everybody reads that it is over" in str(still_open)
    assert "Everybody can read it." in first["text"]["text"]
    assert "Subscribers are not written to (deliver_notifications in pong.toml is false)" in str(first)
    assert name["element"]["initial_value"] == "Slower response times"
    assert status["element"]["initial_option"]["value"] == "investigating"
    assert body["element"]["initial_value"].startswith(
        "We are investigating a technical problem. Responses may"
    )


async def test_the_window_of_one_that_is_over_does_not_call_it_open(told: Telling):
    await told.publishes()
    await told.settles()
    await resolves(told)
    assert "still open" not in str(await opens(told))


async def test_what_is_confirmed_stands_on_the_page_once(told: Telling):
    assert "⏳" in await told.publishes()
    await told.settles()
    await told.steps(30)
    [incident] = told.page.incidents
    assert told.page.texts == [("investigating", "We are investigating.")]
    assert incident["name"] == "Slower response times"
    assert "POST" in told.page.asked[0]
    assert "🌐 On the status page since" in (await told.newest("incident:1/public:1"))["text"]
    assert "Post to status page…" in str((await told.small.parent())["blocks"])
    assert "*Status page:* Investigating, <!date^" in str((await told.small.parent())["blocks"])


async def test_nobody_is_written_to_unless_the_settings_say_so(tmp_path: Path, told: Telling):
    await told.publishes()
    await told.settles()
    assert told.page.delivered == []
    async with telling(tmp_path / "loud", deliver_notifications=True) as loud:
        assert "Subscribers are written to" in str(await opens(loud))
        await loud.publishes()
        await loud.settles()
        assert loud.page.delivered == ["We are investigating."]


async def test_a_further_text_is_added_to_what_stands_there(told: Telling):
    await told.publishes()
    await told.settles()
    view = await opens(told)
    assert view["blocks"][3]["element"]["initial_value"] == "We are investigating."
    assert "It is added to what stands there" in str(view["blocks"][0])
    await told.publishes(by=DEV, status="identified", body="We know what it is.")
    await told.settles()
    assert told.page.creates == 1
    assert told.page.texts[1] == ("identified", "We know what it is.")


async def test_who_has_not_seen_the_last_text_does_not_add_to_it(told: Telling):
    await told.publishes()
    await told.settles()
    assert "Somebody else published meanwhile" in await told.publishes(by=DEV, seen=0)
    await told.steps(5)
    assert len(told.page.texts) == 1


async def test_while_one_is_on_its_way_no_other_begins(told: Telling):
    await told.publishes()
    assert "still on its way" in await told.publishes(by=DEV)
    await told.settles()
    assert len(told.page.texts) == 1


async def test_a_viewer_is_refused(told: Telling):
    assert "You may not do this" in await told.publishes(by=VERA)
    await told.steps(5)
    assert not told.page.asked


async def test_typed_it_says_which_button_to_press(told: Telling):
    assert "press Publish…" in await asked(told.small, asks("publish", by=SAM))
    assert not told.page.asked


@pytest.mark.parametrize(
    ("values", "wrong"),
    [
        ({}, {"name", "body"}),
        ({"name": "Slow", "body": "x"}, {"body"}),
        ({"name": "Slow", "body": "the password: hunter22"}, {"body"}),
        ({"name": "maria@example.com", "body": "We know."}, {"name"}),
        ({"name": "Slow", "body": "session:abc is gone"}, {"body"}),
        ({"name": "Slow", "body": "We know.\nMore at 03:00."}, set()),
    ],
)
def test_what_looks_secret_does_not_leave_the_window(values: dict[str, str], wrong: set[str]):
    assert set(faults(values)) == wrong
    assert faults({"name": "Slow", "body": "token=abcdefgh"}) == {"body": TAKE_IT_OUT}


async def test_a_secret_of_pong_s_is_neither_kept_nor_published(told: Telling):
    assert "neither kept nor published" in await told.publishes(body=f"It is {KEY}, see?")
    await told.steps(5)
    assert not told.page.asked
    assert KEY not in str(told.small.noted)


async def test_lines_stay_lines_and_control_signs_go(told: Telling):
    await told.publishes(body="First.\r\n\u202eSecond \x07 one.")
    await told.settles()
    assert told.page.texts == [("investigating", "First.\nSecond one.")]


async def test_a_resolved_incident_that_was_never_told_has_nothing_to_add(told: Telling):
    await resolves(told)
    assert "nothing of it stands on the page" in await told.publishes()
    await told.steps(5)
    assert not told.page.asked


async def test_without_a_status_page_it_says_what_to_do(open_one: SmallPong):
    answer = await asked(open_one, asks("publish", via="modal", ref="1:0", values={}))
    assert "No status page is connected" in answer
    assert "press Done" in answer
