"""Is everybody reminded while the application does without Redis, and no longer?"""

from dataclasses import replace
from pathlib import Path

from bot.approvals.offer import Offer
from bot.standing import fallback
from bot.standing.fallback import is_on
from commands import VERBS
from tests.bot.intake.test_opening import alert
from tests.fixtures.alerts import alertmanager
from tests.fixtures.asking import asked
from tests.fixtures.carrying_out import the_offer
from tests.fixtures.small_pong import SmallPong, asks, small_pong

REMINDER = "Fallback mode is still on"
TABLES = {
    "targets": {"redis-prod": {"labels": {"target": "redis-prod"}, "application": "shop"}},
    "applications": {"shop": {"fallback_on_command": ["on"], "fallback_off_command": ["off"]}},
}


async def switched(small: SmallPong, word: str) -> None:
    """As if a plan had switched it."""
    await asked(small, asks("fallback", words=(word,)))
    offer: Offer = replace(await the_offer(small), words=(word,))
    await small.pong.store.write(lambda records: fallback.note(records, small.pong, offer))


async def test_reminders_come_every_half_hour_until_it_is_off(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables=TABLES) as small:
        await alert(small, alertmanager())
        await switched(small, "on")
        await small.ticks(29 * 60)
        assert not await small.posted(REMINDER)
        await small.ticks(2 * 60)
        [reminder] = await small.posted(REMINDER)
        assert "/redis fallback off redis-prod" in reminder["text"]
        await small.ticks(30 * 60)
        assert len(await small.posted(REMINDER)) == 2
        view = await VERBS["resolve"].view(asks("resolve", via="button", ref="1"), small.pong)
        assert "Fallback mode is still on" in view["blocks"][0]["text"]["text"]
        await asked(small, asks("resolve", values={"root_cause": "a leak", "fix": "a restart"}))
        await small.ticks(30 * 60)
        assert len(await small.posted(REMINDER)) == 3  # resolved, and the application still does without
        await asked(small, asks("open", words=("redis-prod",)))
        await switched(small, "off")
        await small.ticks(60 * 60)
        assert len(await small.posted(REMINDER)) == 3
        incident = await small.pong.store.read(lambda records: records.incidents.get(1))
        assert incident is not None
        assert not await small.pong.store.read(lambda records: is_on(records, incident))


async def test_reminders_that_fell_due_while_pong_was_down_come_once(tmp_path: Path) -> None:
    async with small_pong(tmp_path, tables=TABLES) as small:
        await alert(small, alertmanager())
        await switched(small, "on")
        small.clock.advance(3 * 60 * 60)
        await small.ticks(5 * 60, every_s=10)
        assert len(await small.posted(REMINDER)) == 1
