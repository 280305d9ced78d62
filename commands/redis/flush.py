"""`/redis flush …`: offer to empty a database; people decide."""

from bot.remediations.flush import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="plan to empty a database or all; other people approve it",
    example="/redis flush db redis-prod",
)
