"""Who may say by one press that nothing has changed?"""

from tests.fixtures.asking import asked
from tests.fixtures.small_pong import VERA, SmallPong, asks


async def test_a_viewer_may_not(open_one: SmallPong) -> None:
    await asked(open_one, asks("no_change", via="button", ref="1", by=VERA))
    assert not await open_one.posted("⏳ UPDATE")
