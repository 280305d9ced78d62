"""Is a button of a watch that is gone answered in a sentence? (What it does: tests/bot/test_watching.py.)"""

from tests.fixtures.asking import asked
from tests.fixtures.small_pong import VERA, SmallPong, asks


async def test_a_watch_that_is_gone_is_told(small: SmallPong):
    for ref in ("7", "", "nonsense"):
        answer = await asked(small, asks("stop_watching", by=VERA, via="button", ref=ref))
        assert "This is watched no longer" in answer
