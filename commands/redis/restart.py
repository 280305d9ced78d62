"""`/redis restart …`: offer a restart; people decide."""

from bot.remediations.restart import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="restart the application or Redis itself",
    example="/redis restart app redis-prod",
    pressed=("app",),
)
