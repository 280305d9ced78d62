"""Can it be handed over, to whom, and does that person learn where it stands?"""

from commands import VERBS
from commands.incident.assign import faults
from tests.bot.intake.test_opening import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, GUEST, MARIA, VERA, SmallPong, asks


async def test_whoever_has_it_next_is_called_with_where_it_stands(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await asked(open_one, asks("update", words=("clearing", "the", "cache")))
    values = {"to": DEV, "note": "the replica is *behind* <!channel>"}
    answer = await asked(open_one, asks("assign", via="modal", ref="1", values=values))
    assert f"<@{MARIA}> hands #1 over to <@{DEV}>" in answer
    assert "Said last: clearing the cache" in answer
    assert "<!channel>" not in answer
    incident = await the_incident(open_one)
    assert (incident.owner, incident.acknowledged_by) == (DEV, MARIA)
    assert f"now with <@{DEV}>" in str(await open_one.parent())


async def test_a_name_typed_in_the_thread_is_enough(open_one: SmallPong) -> None:
    await asked(open_one, asks("assign", words=(f"@{DEV}", "#1")))
    incident = await the_incident(open_one)
    assert (incident.owner, incident.acknowledged_by) == (DEV, DEV)


async def test_given_to_somebody_nobody_else_is_called_for_want_of_an_acknowledgement(
    open_one: SmallPong,
) -> None:
    await asked(open_one, asks("assign", words=(f"@{MARIA}",)))
    await open_one.ticks(10 * 60)
    assert not await open_one.posted("nobody has acknowledged")


async def test_who_may_not_work_on_it_is_not_given_it(open_one: SmallPong) -> None:
    for person in (VERA, GUEST):
        assert "may not work on incidents" in await asked(open_one, asks("assign", words=(f"@{person}",)))
    assert (await the_incident(open_one)).owner is None


async def test_without_a_name_it_says_how(open_one: SmallPong) -> None:
    for words in ((), ("dev",), ("@dev",)):
        assert "Press Hand over…" in await asked(open_one, asks("assign", words=words))


async def test_to_whoever_has_it_already_is_told_so(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    assert f"<@{MARIA}> has incident #1 already" in await asked(
        open_one, asks("assign", words=(f"@{MARIA}",))
    )


async def test_its_window_chooses_nobody_by_itself(open_one: SmallPong) -> None:
    view = await VERBS["assign"].view(asks("assign", via="button", ref="1"), open_one.pong)
    assert view["blocks"][1]["element"] == {"type": "users_select", "action_id": "to"}
    assert faults({"to": ""})
    assert not faults({"to": DEV})


async def test_a_typed_note_goes_with_it(open_one: SmallPong) -> None:
    answer = await asked(open_one, asks("assign", words=("1", f"@{DEV}", "the", "cache", "is", "yours")))
    assert "“the cache is yours”" in answer
