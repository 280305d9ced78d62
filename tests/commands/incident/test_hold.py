"""Can the next escalation be put off, once, by whoever works on it?"""

from commands.incident.hold import VERB
from tests.bot.intake.test_opening import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks


async def test_it_is_put_off_by_fifteen_minutes(open_one: SmallPong):
    await asked(open_one, asks("ack"))
    due_ms = (await the_incident(open_one)).next_rung_ms
    assert f"<@{MARIA}> holds the next escalation until" in await asked(open_one, asks("hold"))
    assert (await the_incident(open_one)).next_rung_ms == due_ms + 15 * 60_000


def test_its_help_names_no_length_that_can_be_set_otherwise():
    assert VERB.explains == "put the next escalation off, once a rung"


async def test_each_is_held_once(open_one: SmallPong):
    await asked(open_one, asks("ack"))
    await asked(open_one, asks("hold"))
    assert "held once already" in await asked(open_one, asks("hold", by=DEV))


async def test_while_nobody_has_it_nothing_is_put_off_or_brought_forward(open_one: SmallPong):
    before = await the_incident(open_one)
    assert "Acknowledge it first" in await asked(open_one, asks("hold"))
    assert await the_incident(open_one) == before


async def test_after_the_last_rung_there_is_nothing_to_hold(open_one: SmallPong):
    await asked(open_one, asks("ack"))
    await open_one.ticks(31 * 60, every_s=120)
    assert "No escalation waits" in await asked(open_one, asks("hold"))


async def test_a_length_of_time_is_refused_with_where_it_is_set(open_one: SmallPong):
    await asked(open_one, asks("ack"))
    before = await the_incident(open_one)
    told = await asked(open_one, asks("hold", words=("2h",)))
    assert "“2h” is no incident’s number, and how long a hold lasts is set in pong.toml (15 minutes)" in told
    assert await the_incident(open_one) == before
