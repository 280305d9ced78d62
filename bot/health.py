"""Is Pong itself fit to work?"""

from bot.errors import StoreBusy
from bot.pong import Pong
from bot.store.records import Records


async def is_ready(pong: Pong) -> tuple[bool, dict[str, object]]:
    """Whether the store takes writes; Slack being away is no reason to stop, since the outbox holds."""
    facts: dict[str, object] = {"slack_answered_ms": pong.slack.answered_ms}
    try:
        facts["outbox"] = await pong.store.write(_touch)
        facts["store"] = "writable"
    except StoreBusy as error:
        facts["store"] = str(error)
        return False, facts
    return True, facts


async def _touch(records: Records) -> dict[str, int]:
    await records.timers.release_none()
    return await records.outbox.counts()
