"""What is asked, allowed and said when Redis fails?"""

from bot.runbooks.runbook import Allowed, KeyClass, LooksAt, Runbook, Words

_DOWN = Words(
    impact="Degraded service (no rate limiting, cache miss, slower responses)",
    while_down="Rate limiting disabled - monitoring for DDoS",
)
_FULL = Words(
    impact="Degraded service (writes to Redis may fail: rate limiting, sessions, cache, jobs)",
    while_down="Writes to Redis may fail",
)

_CLASSES = {
    "cache": KeyClass(
        prefix="cache:",
        lost="cached answers only; slower responses until it is rebuilt (about 2 hours, expected)",
    ),
    "sessions": KeyClass(
        prefix="session:", lost="{keys} sessions: these people are logged out and have to sign in again"
    ),
}

REDIS_FAILURE = Runbook(
    name="redis-failure",
    title="Redis Failure",
    looks_at=LooksAt.REDIS,
    public_title="Slower response times",
    public_words="Responses{whose} may be slower than usual.",
    severity="P2",
    alerts=frozenset(
        {
            "RedisDown",
            "RedisConnectionFailed",
            "RedisMemoryHigh",
            "RedisOutOfMemory",
            "RedisTooManyConnections",
            "RedisRejectedConnections",
            "RedisEvictingKeys",
            "RedisCacheHitRateLow",
            "RedisSnapshotFailed",
            "RedisReplicationBroken",
        }
    ),
    acknowledgement="Acknowledged REDIS_FAILURE - investigating",
    words={
        "": _DOWN,
        "RedisMemoryHigh": _FULL,
        "RedisOutOfMemory": _FULL,
        "RedisSnapshotFailed": _FULL,
        "RedisReplicationBroken": _FULL,
    },
    allowed={
        "restart": Allowed(role="responder", words=("app", "redis")),
        "failover": Allowed(role="approver"),
        "redeploy": Allowed(role="approver", words=("app",)),
        "clear": Allowed(role="approver", classes=_CLASSES),
        "scale": Allowed(role="responder"),
        "kill": Allowed(role="responder"),
        "fallback": Allowed(role="responder", words=("on", "off")),
        "protect": Allowed(role="responder"),
        "rotate": Allowed(role="approver", words=("planned", "leaked")),
        "flush": Allowed(role="approver", classes=_CLASSES, words=("db", "all")),
    },
)
