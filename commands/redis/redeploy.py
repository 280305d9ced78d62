"""`/redis redeploy app`: offer a new deployment, which may ship newer code; other people approve it."""

from bot.remediations.redeploy import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="deploy the application anew, newer code included; other people approve it",
    example="/redis redeploy app redis-prod",
    pressed=("app",),
)
