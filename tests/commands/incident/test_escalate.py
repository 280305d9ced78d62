"""Who may call the next people at once? What comes of it: tests/bot/promises/test_ladder.py."""

from tests.fixtures.asking import asked
from tests.fixtures.small_pong import VERA, SmallPong, asks


async def test_a_viewer_calls_nobody(open_one: SmallPong) -> None:
    await asked(open_one, asks("escalate", by=VERA))
    assert not await open_one.posted("asks for help")


async def test_the_only_rung_is_called_by_whoever_needs_help(open_one: SmallPong) -> None:
    await asked(open_one, asks("ack"))
    assert "<!subteam^S0SENIOR>" in await asked(open_one, asks("escalate"))
