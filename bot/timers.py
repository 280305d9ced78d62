"""When is something due, and when is it late? Pure."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

LATE_AFTER_MS = 60_000
HOUR_MS = 60 * 60 * 1000

LOOK = "look"
UPDATE = "update"
REMIND = "remind"
UNACKNOWLEDGED = "unacknowledged"
UNRESOLVED = "unresolved"
RECHECK = "recheck"
ASK_AGAIN = "ask-again"
APPROVE_BY = "approve-by"
EXECUTE_BY = "execute-by"
FALLBACK = "fallback"
GLASS = "glass"
REVIEW = "review"
PUBLIC = "public"
PUBLIC_END = "public-end"
PUBLIC_OLD = "public-old"
DIGEST = "digest"
ERRAND = "errand"
SILENCE = "silence"
# Resolving ends what the others promised; the application may still do without Redis, and what one person
# did alone still wants another's look; what is to be done elsewhere is done although it is over here, a
# silence there that could not be ended ends by itself; and the public may still read that it goes on.
OUTLIVES_ITS_INCIDENT = frozenset({FALLBACK, REVIEW, ERRAND, SILENCE, PUBLIC_END})

RECHECK_EVERY_MS = 60_000
RECHECK_SOON_MS = 10_000  # while a plan runs: whether it is healthy is asked when it has ended


def minutes(number: float) -> int:
    """`number` minutes in ms."""
    return round(number * 60_000)


def late_by_ms(due_ms: int, now_ms: int) -> int:
    """By how much something is late; 0 while it is under a minute, which nobody needs to be told."""
    late_ms = now_ms - due_ms
    return late_ms if late_ms >= LATE_AFTER_MS else 0


def following(due_ms: int, every_ms: int, *, now_ms: int) -> int:
    """The next moment in the rhythm of `due_ms` that is after `now_ms`: what was missed is skipped."""
    missed = max(0, now_ms - due_ms) // every_ms
    return due_ms + (missed + 1) * every_ms


def next_morning(now_ms: int, zone: str, *, hour: int = 9) -> int:
    """The next time that it is `hour` o'clock in `zone`, ms since 1970."""
    now = datetime.fromtimestamp(now_ms / 1000, ZoneInfo(zone))
    morning = now.replace(hour=hour, minute=0, second=0, microsecond=0)
    if morning <= now:
        morning += timedelta(days=1)
    return int(morning.timestamp() * 1000)
