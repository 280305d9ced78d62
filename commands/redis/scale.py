"""`/redis scale …`: offer a higher memory limit, or another plan of the provider; people decide."""

from bot.remediations.scale import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="raise the memory limit, or book another plan at the provider; a responder confirms it",
    example="/redis scale 2gb redis-prod",
)
