"""Is Pong itself fit to work?"""

from bot.errors import StoreBusy
from bot.pong import Pong


async def is_ready(pong: Pong) -> tuple[bool, dict[str, object]]:
    """Whether the store takes writes; Slack being away is no reason to stop, since the outbox holds."""
    facts: dict[str, object] = {"slack_answered_ms": pong.slack.answered_ms}
    try:
        await pong.store.write(lambda records: records.touch())
        facts["outbox"] = await pong.store.read(lambda records: records.outbox.counts())
        facts["store"] = "writable"
    except StoreBusy as error:
        facts["store"] = str(error)
        return False, facts
    return True, facts
