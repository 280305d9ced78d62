"""`/redis protect …`: offer another protection at Cloudflare; a responder confirms it."""

from bot.remediations.protect import REMEDIATION
from commands.redis.changing import verb_of

VERB = verb_of(
    REMEDIATION,
    explains="let Cloudflare guard the application: its security level, blocked addresses, a rate limit",
    example="/redis protect block 203.0.113.7 198.51.100.0/24 redis-prod",
    pressed=("under_attack",),
)
