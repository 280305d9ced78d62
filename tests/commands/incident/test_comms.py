"""Is telling the public one person's business once somebody takes it, and does everybody see whose?"""

import pytest

from bot.report.report import report
from tests.bot.intake.test_opening import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, GUEST, MARIA, SAM, VERA, SmallPong, asks


def button(verb: str, **more):
    return asks(verb, via="button", ref="1", **more)


async def whole_report(small: SmallPong) -> str:
    incident = await the_incident(small)
    runbook = small.pong.runbooks[incident.runbook]
    return str(await small.pong.store.read(lambda records: report(records, incident, runbook)))


async def test_whoever_takes_it_stands_on_the_incident(open_one: SmallPong) -> None:
    assert "Take communication" in str(await open_one.parent())
    answer = await asked(open_one, button("comms", by=DEV))
    assert f"From now on <@{DEV}> tells the public and users about #1." in answer
    assert "not told, and nobody was asked yet" in answer
    parent = str(await open_one.parent())
    assert f"*Communication:* <@{DEV}>" in parent
    assert "Take communication" not in parent


async def test_who_has_the_incident_has_it_still(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await asked(open_one, button("comms", by=DEV))
    incident = await the_incident(open_one)
    assert (incident.owner, incident.comms) == (MARIA, DEV)


async def test_questions_about_the_public_go_to_that_person_instead_of_the_owner(open_one) -> None:
    await asked(open_one, asks("ack"))
    await asked(open_one, button("comms", by=DEV))
    await open_one.ticks(30 * 60)
    [question] = await open_one.posted("Shall the public be told of #1?")
    assert question["text"].startswith(f"📣 <@{DEV}> Shall")
    assert MARIA not in str(question)
    await asked(open_one, asks("suspect", words=("data-loss",)))
    assert f"☐ <@{DEV}> Tell users" in str(await open_one.posted("data of #1 is lost"))


async def test_updates_are_still_the_owners(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await asked(open_one, button("comms", by=DEV))
    await open_one.ticks(8 * 60)
    [reminder] = await open_one.posted("the next update is due")
    assert reminder["text"].startswith(f"⏰ <@{MARIA}>")


async def test_without_anybody_the_owner_is_asked_and_can_see_how_to_take_it(open_one) -> None:
    await asked(open_one, asks("ack"))
    await open_one.ticks(30 * 60)
    [question] = await open_one.posted("Shall the public be told of #1?")
    assert question["text"].startswith(f"📣 <@{MARIA}> Shall")
    assert "Take communication" in str(question)


async def test_the_end_is_asked_of_that_person(open_one: SmallPong) -> None:
    await asked(open_one, button("comms", by=DEV))
    await asked(open_one, asks("visible"))
    await asked(open_one, button("posted", by=DEV))
    await asked(open_one, asks("resolve", via="modal", ref="1", values={"root_cause": "x y", "fix": "z z"}))
    [end] = await open_one.posted("still reads that it goes on")
    assert end["text"].startswith(f"📣 <@{DEV}> #1 is resolved")


async def test_what_somebody_has_is_not_taken(open_one: SmallPong) -> None:
    await asked(open_one, button("comms", by=DEV))
    refusal = await asked(open_one, button("comms", by=MARIA))
    assert "has the communication of #1: press Hand communication over" in refusal
    assert "has the communication of #1 already" in await asked(open_one, button("comms", by=DEV))
    assert (await the_incident(open_one)).comms == DEV


async def test_a_name_typed_hands_it_over_and_back_gives_it_back(open_one: SmallPong) -> None:
    await asked(open_one, asks("comms", words=("#1", f"@{SAM}", "the", "shop")))
    assert (await the_incident(open_one)).comms == SAM
    await asked(open_one, asks("comms", words=(f"@{MARIA}",)))
    assert await open_one.posted(f"<@{MARIA}> takes over the communication of #1")
    await asked(open_one, asks("ack", by=DEV))
    answer = await asked(open_one, asks("comms", words=("back", "1")))
    assert f"<@{MARIA}> gives back the communication of #1: <@{DEV}> has it again." in answer
    assert (await the_incident(open_one)).comms is None
    assert "Nobody has taken the communication of #1" in await asked(open_one, button("comms_back"))


@pytest.mark.parametrize("person", [VERA, GUEST])
async def test_who_may_not_work_on_it_is_not_given_it(open_one: SmallPong, person: str) -> None:
    assert "may not work on incidents" in await asked(open_one, asks("comms", words=(f"@{person}",)))
    assert "You may not do this" in await asked(open_one, button("comms", by=VERA))
    assert (await the_incident(open_one)).comms is None


async def test_summary_and_hand_over_say_whose_it_is_and_call_nobody(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack", by=DEV))
    await asked(open_one, button("comms", by=DEV))
    summary = await asked(open_one, asks("summary"))
    assert "Communication: @" in summary
    assert f"<@{DEV}>" not in summary
    assert "Communication: @" in await asked(open_one, asks("assign", words=(f"@{MARIA}",)))


async def test_timeline_and_report_have_it_from_when_to_when(open_one: SmallPong) -> None:
    await asked(open_one, button("comms", by=DEV))
    await asked(open_one, asks("comms", words=(f"@{SAM}",)))
    await asked(open_one, button("comms_back", by=SAM))
    kinds = [event.kind for event in open_one.noted if event.kind.startswith("comms.")]
    assert kinds == ["comms.taken", "comms.handed_over", "comms.given_back"]
    written = await whole_report(open_one)
    assert f"Communication by {DEV} from" in written
    assert f"Communication by {SAM} from" in written
    assert f"Given back by {SAM}" in written
    await asked(open_one, button("comms", by=MARIA))
    assert f"| Communication | {MARIA} |" in await whole_report(open_one)


async def test_over_nobody_takes_it_and_begun_anew_nobody_has_it(open_one: SmallPong) -> None:
    await asked(open_one, button("comms", by=DEV))
    await asked(open_one, asks("resolve", via="modal", ref="1", values={"root_cause": "x y", "fix": "z z"}))
    assert f"*Communication:* <@{DEV}>" in str(await open_one.parent())
    assert "is resolved already" in await asked(open_one, button("comms", by=SAM))
    await asked(open_one, asks("reopen", words=("#1",)))
    assert (await the_incident(open_one)).comms is None
