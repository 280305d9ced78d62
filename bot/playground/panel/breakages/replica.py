"""How does a read-only replica come to stand where the primary was? As after a half-done failover."""

from bot.playground.panel.bench import Bench
from bot.playground.panel.breakages.breakage import Breakage, Way, lasts

NAME = "replica"
NOBODY = ("127.0.0.1", 1)  # nothing listens there, so the data stays as it is


async def _follow(bench: Bench) -> None:
    async with bench.redis() as redis:
        await redis.replicaof(*NOBODY)
    bench.broken.add(NAME)


async def _lead(bench: Bench) -> None:
    async with bench.redis() as redis:
        await redis.replicaof("NO", "ONE")
    bench.broken.discard(NAME)


READ_ONLY = Breakage(
    group="server",
    trouble="read-only replica",
    breaks=Way(
        name="replica",
        label="Make it a replica",
        expect="READONLY on every write, its primary is gone. RedisReplicationBroken.",
        does=_follow,
    ),
    mends=Way(name="primary", label="Make it the primary", expect="Writes work again.", does=_lead),
    is_broken=lasts(NAME),
)
