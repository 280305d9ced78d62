"""`/redis kill …`: offer to end a script, or to disconnect clients; people decide."""

from bot.remediations.kill import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="end a script, or disconnect clients",
    example="/redis kill idle:600 redis-prod",
    pressed=("script",),
)
