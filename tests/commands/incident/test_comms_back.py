"""Can the communication be given back, and does it say who has it then?"""

from tests.bot.intake.test_opening import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SmallPong, asks


async def gives_back(small: SmallPong) -> str:
    return await asked(small, asks("comms_back", via="button", ref="1", by=DEV))


async def test_the_owner_has_it_again(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await asked(open_one, asks("comms", via="button", ref="1", by=DEV))
    answer = await gives_back(open_one)
    assert f"<@{DEV}> gives back the communication of #1: <@{MARIA}> has it again." in answer
    assert (await the_incident(open_one)).comms is None
    assert "Take communication" in str(await open_one.parent())


async def test_without_an_owner_it_says_that_nobody_has_it(open_one: SmallPong) -> None:
    await asked(open_one, asks("comms", via="button", ref="1", by=DEV))
    assert "nobody has it now" in await gives_back(open_one)


async def test_what_nobody_took_is_not_given_back(open_one: SmallPong) -> None:
    assert "Nobody has taken the communication of #1" in await gives_back(open_one)
