"""Does one person take an incident, and only an open one that nobody has?"""

import pytest

from bot.incident import Status
from tests.bot.intake.test_opening import alert, the_incident
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks


async def test_it_is_posted_in_the_runbook_s_words_and_the_parent_shows_who(open_one: SmallPong):
    open_one.clock.advance(60)
    answer = await asked(open_one, asks("ack"))
    assert f"Acknowledged REDIS_FAILURE - investigating\n<@{MARIA}> has it, after 2 min." in answer
    assert (await the_incident(open_one)).status is Status.ACKNOWLEDGED
    assert f"acknowledged by <@{MARIA}> after 2 min" in str((await open_one.parent())["blocks"])


async def test_the_second_is_told_who_has_it(open_one: SmallPong):
    await asked(open_one, asks("ack"))
    assert f"Incident #1 is acknowledged already, by @{MARIA}." in await asked(open_one, asks("ack", by=DEV))
    assert (await the_incident(open_one)).owner == MARIA


async def test_without_any_incident_it_says_so(small: SmallPong):
    assert "No incident is open." in await asked(small, asks("ack"))


@pytest.mark.parametrize("word", ["2", "#2"])
async def test_a_number_that_there_is_not_is_answered(open_one: SmallPong, word: str):
    answer = (await asked(open_one, asks("ack", words=(word,)))).replace("\u2060", "")
    assert "There is no incident #2" in answer


@pytest.mark.parametrize("word", ["abc", "999999999999999999999999999", "²", "٣"])
async def test_what_is_no_number_takes_no_incident(open_one: SmallPong, word: str):
    assert "is no incident's number" in await asked(open_one, asks("ack", words=(word,)))
    assert (await the_incident(open_one)).owner is None


async def test_with_several_open_it_asks_which_and_takes_a_number(open_one: SmallPong):
    await alert(open_one, alertmanager(labels={"target": "somewhere else"}))
    answer = (await asked(open_one, asks("ack"))).replace("\u2060", "")
    assert "Which incident? Open: #1, #2." in answer
    await asked(open_one, asks("ack", words=("#2",)))
    assert (await the_incident(open_one, 2)).owner == MARIA
    assert (await the_incident(open_one, 1)).owner is None


async def test_a_button_takes_its_own_incident(open_one: SmallPong):
    await alert(open_one, alertmanager(labels={"target": "somewhere else"}))
    await asked(open_one, asks("ack", via="button", ref="2"))
    assert (await the_incident(open_one, 2)).owner == MARIA
