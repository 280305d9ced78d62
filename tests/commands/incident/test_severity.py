"""Does the severity change how often people hear, and is what changes said?"""

from tests.bot.intake.test_opening import the_incident
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import MARIA, VERA, SmallPong, asks


async def test_worse_is_reported_on_more_often(open_one: SmallPong) -> None:
    answer = await asked(open_one, asks("severity", words=("p1",)))
    assert f"<@{MARIA}> rates it P1 (it was P2). Updates every 5 minutes from now on" in answer
    assert "P1" in str(await open_one.parent())
    await open_one.ticks(16 * 60)
    assert len(await open_one.posted("⏳ UPDATE")) == 3


async def test_less_bad_breaks_no_promise_and_then_comes_more_seldom(open_one: SmallPong) -> None:
    promised_ms = (await the_incident(open_one)).next_update_ms
    await asked(open_one, asks("severity", words=("P3",)))
    assert (await the_incident(open_one)).next_update_ms == promised_ms
    await open_one.ticks(39 * 60)
    assert len(await open_one.posted("⏳ UPDATE")) == 1


async def test_what_is_no_severity_is_told_how(open_one: SmallPong) -> None:
    assert "Write /incident severity P1" in await asked(open_one, asks("severity", words=("high",)))
    assert "is P2 already" in await asked(open_one, asks("severity", words=("P2",)))


async def test_two_severities_in_one_command_are_refused(open_one: SmallPong) -> None:
    answer = await asked(open_one, asks("severity", words=("P1", "p3")))
    assert "Which of them is it, P1 or P3? Write one: /incident severity P1 | P2 | P3 | P4" in answer
    assert (await the_incident(open_one)).severity == "P2"


async def test_a_viewer_does_not_rate(open_one: SmallPong) -> None:
    await asked(open_one, asks("severity", by=VERA, words=("P1",)))
    assert (await the_incident(open_one)).severity == "P2"
