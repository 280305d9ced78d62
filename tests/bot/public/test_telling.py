"""Are people asked once whether the public is told, in time, and is what stands there not closed silently?"""

from collections.abc import AsyncIterator
from pathlib import Path

import pytest

from bot.promises.made import release
from bot.thread import keep
from tests.bot.intake.test_opening import alert, the_incident
from tests.commands.incident.test_resolve import SAID
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks, small_pong
from tests.fixtures.telling import Telling, telling

QUESTION = "Shall the public be told"
QUIET = "under 30 minutes, and nobody said that users see it: the public was not told"


@pytest.fixture
async def told(tmp_path: Path) -> AsyncIterator[Telling]:
    async with telling(tmp_path) as given:
        yield given


async def resolves(small: SmallPong) -> str:
    return await asked(small, asks("resolve", via="modal", ref="1", values=SAID))


async def works_again(small: SmallPong) -> None:
    """Its alert ended and it was seen healthy: a person is asked what it was."""
    ends_ms = small.clock.now_ms()
    await alert(small, alertmanager(state="resolved", ends_ms=ends_ms))

    async def work(records):
        changed = await release(records, small.pong, await records.incidents.get(1))
        await keep(records, small.pong, changed, "incident.healthy", actor="pong")

    await small.pong.store.write(work)


async def test_after_half_an_hour_of_the_failure_it_is_asked_once(told: Telling):
    # The alert began a minute before Pong heard of it.
    await told.small.ticks(28 * 60)
    assert not await told.small.posted(QUESTION)
    await told.small.ticks(2 * 60)
    [question] = await told.small.posted(QUESTION)
    assert "It has lasted 30 minutes." in question["text"]
    assert {"Publish…", "Not needed", "Take communication"} == {
        button["text"]["text"] for button in question["blocks"][-1]["elements"]
    }
    await told.small.ticks(120 * 60, every_s=300)
    assert len(await told.small.posted(QUESTION)) == 1


async def test_how_long_is_a_setting(tmp_path: Path):
    async with telling(tmp_path, ask_after_min=5) as told:
        await told.small.ticks(5 * 60)
        assert await told.small.posted("It has lasted 5 minutes.")


async def test_the_draft_names_nothing_internal(tmp_path: Path):
    async with telling(tmp_path, public_name="Example Shop") as told:
        await told.small.ticks(30 * 60)
        [question] = await told.small.posted(QUESTION)
        texts = [
            one["text"]["text"]
            for one in question["blocks"]
            if one.get("text", {}).get("type") == "plain_text"
        ]
        assert texts[0] == "Slower response times: Example Shop"
        assert texts[1].startswith("We are investigating")
        assert "redis" not in " ".join(texts).lower()


async def test_what_works_again_before_is_not_asked_about(told: Telling):
    await told.small.ticks(10 * 60)
    await works_again(told.small)
    await told.small.ticks(40 * 60)
    assert not await told.small.posted(QUESTION)
    answer = await resolves(told.small)
    assert f"External communication: {QUIET}" in answer


async def test_what_fires_again_after_that_is_asked_about(told: Telling):
    await told.small.ticks(10 * 60)
    await works_again(told.small)
    await told.small.ticks(40 * 60)
    await alert(told.small, alertmanager(starts_ms=told.small.clock.now_ms()))
    await told.small.ticks(60)
    assert len(await told.small.posted(QUESTION)) == 1


async def test_a_short_one_needs_no_words_to_the_public(told: Telling):
    await told.small.ticks(21 * 60)
    answer = await resolves(told.small)
    assert f"External communication: {QUIET}" in answer
    [event] = [event for event in told.small.noted if event.kind == "incident.resolved"]
    assert event.data["external"] == QUIET
    assert not await told.small.posted(QUESTION)
    assert not told.page.asked


async def test_what_nobody_decided_is_called_so_at_the_end(told: Telling):
    await told.small.ticks(30 * 60)
    answer = await resolves(told.small)
    assert "External communication: nobody has decided, asked" in answer
    question = await told.newest("incident:1/public-ask:1")
    assert question["text"] == "📣 Nobody decided, and it is over."


async def test_what_was_published_is_not_closed_silently(told: Telling):
    await told.publishes()
    await told.settles()
    answer = await resolves(told.small)
    assert "the public still reads that it goes on. Say that it is over?" in answer
    assert "Publish the end…" in str(
        await told.newest((await told.small.posted("Say that it is over"))[0]["id"])
    )
    assert "Publish the end…" in str((await told.small.parent())["blocks"])
    assert [status for status, _ in told.page.texts] == ["investigating"]


async def test_the_end_is_asked_of_who_resolved_and_who_published_again_and_again_until_it_is_told(
    told: Telling,
):
    await told.publishes(by=DEV)
    await told.settles()
    await resolves(told.small)
    [first] = await told.small.posted("Say that it is over?")
    assert first["text"].startswith(f"📣 <@{MARIA}>, <@{DEV}> #1 is resolved")
    await told.small.ticks(61 * 60, every_s=60)
    [newest] = await told.small.posted("Say that it is over? (asked again)")  # those before ask nothing more
    assert newest["text"].startswith(f"📣 <@{MARIA}>, <@{DEV}> #1 is resolved")
    assert "Publish the end…" in str(newest["blocks"])
    await told.publishes(status="resolved", body="It is over.", by=DEV)
    assert (await told.newest(newest["id"]))["text"] == f"📣 <@{DEV}> tells the public."
    await told.settles()
    posts = len(await told.small.posted())
    await told.small.ticks(24 * 60 * 60, every_s=600)
    assert len(await told.small.posted()) == posts


async def test_an_end_that_the_page_did_not_take_is_asked_again(told: Telling):
    await told.publishes()
    await told.settles()
    await resolves(told.small)
    told.page.is_down = True
    await told.publishes(status="resolved", body="It is over.")
    await told.small.ticks(31 * 60, every_s=60)
    assert not await told.small.posted("asked again")  # it is on its way
    await told.settles()  # after a quarter of an hour it is given up
    await told.small.ticks(31 * 60, every_s=60)
    assert "Publish the end…" in str((await told.small.posted("asked again"))[-1]["blocks"])


async def test_one_that_reopened_is_not_asked_about_its_end(told: Telling):
    await told.publishes()
    await told.settles()
    await resolves(told.small)
    await asked(told.small, asks("reopen", words=("1",)))
    await told.small.ticks(60 * 60, every_s=60)
    assert not await told.small.posted("asked again")


async def test_a_text_that_does_not_say_it_is_over_is_no_answer_to_that_question(told: Telling):
    await told.publishes()
    await told.settles()
    await resolves(told.small)
    await told.publishes(status="monitoring", body="We watch it.")
    await told.settles()
    [anew] = await told.small.posted("Say that it is over?")
    assert "Publish the end…" in str(anew["blocks"])
    await told.publishes(status="resolved", body="It is over.")
    await told.settles()
    assert not await told.small.posted("Say that it is over?")


async def test_a_text_that_arrives_after_the_resolution_is_asked_about_then(told: Telling):
    told.page.is_down = True
    await told.publishes()
    await told.steps(2)
    assert "Say that it is over?" not in await resolves(told.small)
    told.page.is_down = False
    await told.settles()
    assert await told.small.posted("Say that it is over?")


async def test_one_that_opens_again_after_the_end_was_told_is_a_new_one_on_the_page(told: Telling):
    await told.publishes()
    await told.settles()
    await resolves(told.small)
    await told.publishes(status="resolved", body="It is over.")
    await told.settles()
    await alert(told.small, alertmanager(starts_ms=told.small.clock.now_ms()))
    assert (await the_incident(told.small)).reopened_ms
    await told.small.ticks(31 * 60)
    assert len(await told.small.posted(QUESTION)) == 1
    await told.publishes(body="It is back.", by=DEV)
    await told.settles()
    assert told.page.creates == 2
    assert [one["status"] for one in told.page.incidents] == ["resolved", "investigating"]


async def test_who_publishes_before_anybody_asked_is_not_asked(told: Telling):
    await told.publishes()
    await told.settles()
    await told.small.ticks(60 * 60)
    assert not await told.small.posted(QUESTION)


async def test_asking_notes_who_and_why_in_the_timeline(told: Telling):
    await told.small.ticks(30 * 60)
    await told.publishes()
    await told.settles()
    assert [kind for kind in told.kinds if kind.startswith("public.")] == [
        "public.asked",
        "public.intended",
        "public.published",
    ]
    intended = next(event for event in told.small.noted if event.kind == "public.intended")
    assert intended.actor == MARIA
    assert intended.data["deliver_notifications"] is False


async def test_a_pong_that_was_away_asks_late_and_once(tmp_path: Path):
    async with small_pong(tmp_path) as small:
        await alert(small, alertmanager())
    async with small_pong(tmp_path) as small:
        small.clock.advance(3 * 60 * 60)
        await small.ticks(5 * 60)
        [question] = await small.posted(QUESTION)
        # The alert began a minute before, and it was due half an hour after that.
        assert "It has lasted 30 minutes (late by 2 h 31 min: Pong was not running)." in question["text"]
