"""Does status list what is open, and who has it?"""

from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.small_pong import MARIA, SmallPong, asks


async def test_nothing_open_is_said(small: SmallPong):
    assert await asked(small, asks("status")) == "No incident is open."


async def test_each_open_one_has_a_line(open_one: SmallPong):
    await alert(open_one, alertmanager(labels={"target": "somewhere else"}))
    await asked(open_one, asks("ack", words=("1",)))
    first, second = (await asked(open_one, asks("status", words=()))).splitlines()
    assert first.startswith("#1 redis-prod: acknowledged, 1 min, ")
    assert first.endswith(f"@{MARIA}")
    assert "<@" not in first
    assert second == "#2 unknown target: triggered, 1 min, nobody yet"
