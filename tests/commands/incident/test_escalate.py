"""Who may call the next people at once? What comes of it: tests/bot/promises/test_ladder.py."""

from tests.fixtures.asking import asked
from tests.fixtures.small_pong import VERA, SmallPong, asks


async def test_a_viewer_calls_nobody(open_one: SmallPong) -> None:
    await asked(open_one, asks("escalate", by=VERA))
    assert not await open_one.posted("asks for help")


async def test_the_only_rung_is_called_by_whoever_needs_help(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    assert "<!subteam^S0SENIOR>" in await asked(open_one, asks("escalate"))


async def test_another_number_than_the_thread_s_calls_nobody(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    answer = await asked(open_one, asks("escalate", via="button", ref="1", words=("3",)))
    assert "This is about #1, and you wrote 3" in answer.replace("\u2060", "")
    assert not await open_one.posted("asks for help")
