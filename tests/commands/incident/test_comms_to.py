"""Is the communication handed over to whom a person chose, with what they should know?"""

from commands import VERBS
from commands.incident.comms_to import faults
from tests.bot.intake.test_opening import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, SAM, SmallPong, asks


async def test_whoever_has_it_next_is_called_with_what_the_public_knows(open_one: SmallPong) -> None:
    await asked(open_one, asks("comms", via="button", ref="1", by=DEV))
    values = {"to": SAM, "note": "the shop's page is down *too* <!channel>"}
    answer = await asked(open_one, asks("comms_to", via="modal", ref="1", values=values, by=MARIA))
    assert f"<@{MARIA}> hands the communication of #1 over to <@{SAM}>: RedisDown on redis-prod." in answer
    assert "the shop's page is down" in answer
    assert "External communication: not told" in answer
    assert "<!channel>" not in answer
    assert (await the_incident(open_one)).comms == SAM


async def test_to_whoever_has_it_already_is_told_so(open_one: SmallPong) -> None:
    for answer in ("hands the communication", "has the communication of #1 already"):
        values = {"to": SAM, "note": ""}
        assert answer in await asked(open_one, asks("comms_to", via="modal", ref="1", values=values))


async def test_without_a_name_it_says_how(open_one: SmallPong) -> None:
    assert "Press Hand communication over…" in await asked(open_one, asks("comms_to", via="modal", ref="1"))


async def test_its_window_chooses_nobody_by_itself(open_one: SmallPong) -> None:
    view = await VERBS["comms_to"].view(asks("comms_to", via="button", ref="1"), open_one.pong)
    assert view["blocks"][1]["element"] == {"type": "users_select", "action_id": "to"}
    assert faults({"to": ""})
    assert not faults({"to": DEV})
