"""`/redis failover`: offer to have a replica take its primary's place; other people decide."""

from bot.remediations.failover import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="let the Sentinels make a replica the primary; somebody else approves it",
    example="/redis failover redis-prod",
)
