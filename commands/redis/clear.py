"""`/redis clear CLASS [target] [--dry-run]`: offer to delete a class of keys; other people decide."""

from bot.remediations.clear_cache import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="plan the deletion of a class of keys; other people approve it",
    example="/redis clear cache redis-prod",
    pressed=("cache",),
)
