"""`/redis fallback …`: offer to run the application without Redis; people decide."""

from bot.remediations.fallback import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="run the application without Redis, or with it again",
    example="/redis fallback on redis-prod",
)
