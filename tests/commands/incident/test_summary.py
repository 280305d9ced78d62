"""Does whoever joins read in one message where it stands?"""

from tests.fixtures.asking import asked
from tests.fixtures.small_pong import MARIA, VERA, SmallPong, asks


async def test_it_holds_what_was_said_and_what_comes_next(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    await asked(open_one, asks("update", words=("clearing", "the", "cache")))
    answer = await asked(open_one, asks("summary", by=VERA, via="button", ref="1"))
    assert "Where we are in #1" in answer
    assert f"Who has it: @{MARIA}" in answer
    assert "Said last: clearing the cache" in answer
    assert "Done: nothing by Pong" in answer
    assert "Next: update at" in answer
    assert "escalation at" in answer
    assert "<@" not in answer.partition("(asked by")[0]
    assert "<!subteam" not in answer


async def test_what_was_measured_last_is_in_it(open_one: SmallPong) -> None:
    await open_one.ticks(60)
    assert "refuses connections" in await asked(open_one, asks("summary"))
