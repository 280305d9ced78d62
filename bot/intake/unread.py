"""What is said of alerts that nobody can read, while the others of their group count?"""

from bot import timers
from bot.alerts.alert import Unread, hashed
from bot.pong import Pong
from bot.slack.render import alerts as draw
from bot.store.records import Records
from bot.text import plain
from bot.thread import Place, say

KEPT_MOST = 5


async def take(records: Records, pong: Pong, unread: Unread) -> None:
    """A note, and a line in the channel: the same ones are said once an hour."""
    now_ms = pong.clock.now_ms()
    faults = [f"{plain(name, 80)}: {plain(why)}" for name, why in unread.alerts[:KEPT_MOST]]
    await records.timeline.note(
        0, "alerts.unread", actor=unread.source, at_ms=now_ms, count=len(unread.alerts), faults=faults
    )
    name = f"unread:{unread.source}:{now_ms // timers.HOUR_MS}:{hashed(unread.alerts)}"
    await say(records, pong, Place(pong.lane), name, draw.unread(unread))
