"""Are the newest incidents listed, the resolved ones too?"""

from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import VERA, SmallPong, asks


async def test_the_newest_come_first(open_one: SmallPong) -> None:
    said = {"root_cause": "the cache", "fix": "waited"}
    await asked(open_one, asks("resolve", via="modal", ref="1", values=said))
    await alert(open_one, alertmanager(labels={"target": "somewhere else"}))
    first, second = (await asked(open_one, asks("list", by=VERA))).splitlines()
    assert first.startswith("#2 P2 RedisDown on an unknown target (target somewhere else): triggered")
    assert second.startswith("#1 P2 RedisDown on redis-prod: resolved")


async def test_without_any_it_says_so(small: SmallPong) -> None:
    assert await asked(small, asks("list")) == "There was no incident yet."
    assert "/incident list" in await asked(small, asks("list", words=("all",)))
