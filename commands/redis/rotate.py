"""`/redis rotate planned | leaked`: offer the applications another user and password; two decide."""

from bot.remediations.rotate import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="give the applications a new password, and end the old one",
    example="/redis rotate planned redis-prod",
    pressed=("planned",),
)
