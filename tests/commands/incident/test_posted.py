"""Where Pong reaches no status page: is the text there to copy, and is it kept that somebody posted it?"""

from tests.commands.incident.test_resolve import SAID
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import DEV, MARIA, VERA, SmallPong, asks


async def done(small: SmallPong, *, by: str = MARIA) -> str:
    return await asked(small, asks("posted", by=by, via="button", ref="1"))


async def test_the_text_is_there_to_copy_with_what_to_do_next(open_one: SmallPong):
    await open_one.ticks(31 * 60)
    [question] = await open_one.posted("Shall the public be told")
    assert "No status page is connected: post it on yours, then press Done." in str(question["blocks"])
    texts = [
        one["text"]["text"] for one in question["blocks"] if one.get("text", {}).get("type") == "plain_text"
    ]
    assert texts[0] == "Slower response times"
    assert texts[1].startswith("We are investigating a technical problem.")
    assert texts[2] == "Investigating: Slower response times. More on our status page."
    assert "pong:publish" not in str(question["blocks"])


async def test_who_posted_it_stands_under_the_incident_and_is_asked_for_the_end(open_one: SmallPong):
    await open_one.ticks(31 * 60)
    await done(open_one)
    assert f"told by hand, says <@{MARIA}>" in str((await open_one.parent())["blocks"])
    await open_one.ticks(60 * 60)
    assert [event.kind for event in open_one.noted].count("public.asked") == 1
    answer = await asked(open_one, asks("resolve", via="modal", ref="1", values=SAID))
    assert "the public still reads that it goes on. Say that it is over?" in answer
    assert "We are watching whether this is over. It began at 01:10 UTC." in answer
    await done(open_one, by=DEV)
    assert f"told that it is over by hand, says <@{DEV}>" in str((await open_one.parent())["blocks"])
    assert "Nobody is asked about this any more." in await done(open_one)


async def test_a_viewer_is_refused(open_one: SmallPong):
    await open_one.ticks(31 * 60)
    assert "You may not do this" in await done(open_one, by=VERA)
    assert "public.done_by_hand" not in [event.kind for event in open_one.noted]
