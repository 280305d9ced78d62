"""Is what is told of an alert older than what was taken of it before? Then it changes nothing here.

PagerDuty says of each event when it happened, and delivers them in any order.
https://developer.pagerduty.com/docs/webhooks-overview
"""

from bot.alerts.alert import Alert, Change
from bot.pong import Pong
from bot.store.records import Records

FIRES, HAS_IT, ASSIGNED = "fires", "has it", "assigned"
STRANDS = {
    "incident.resolved": FIRES,
    "incident.acknowledged": HAS_IT,
    "incident.unacknowledged": HAS_IT,
    "incident.reassigned": ASSIGNED,
}
AHEAD_MOST_MS = 10 * 60_000  # by how much their clock may be ahead of ours before it counts for nothing


async def is_late(records: Records, pong: Pong, told: Alert | Change) -> bool:
    """Whether newer of the same was taken, or it began or ended since. What has no time of its own never
    is."""
    strand = STRANDS.get(told.kind) if isinstance(told, Change) else FIRES
    if strand is None or told.happened_ms is None:
        return False
    happened_ms = min(told.happened_ms, pong.clock.now_ms() + AHEAD_MOST_MS)
    fires_ms = await records.changes.newest_ms(told.source, told.key, FIRES)
    if fires_ms is not None and happened_ms < fires_ms:
        return True
    return not await records.changes.is_newest(told.source, told.key, strand, happened_ms)
