"""`/redis protect LEVEL`: offer another security level at Cloudflare; a responder confirms it."""

from bot.remediations.protect import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="let Cloudflare guard the application more, or less again",
    example="/redis protect under_attack redis-prod",
    pressed=("under_attack",),
)
