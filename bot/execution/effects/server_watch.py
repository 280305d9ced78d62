"""Is it still the same server, still a primary, and do its replicas keep up?

https://redis.io/docs/latest/commands/info/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.clock import Clock

LOOK_AGAIN_S = 0.1


@dataclass(frozen=True, kw_only=True)
class ServerFacts:
    """What INFO says; None where a service leaves it out."""

    run_id: str | None
    role: str | None
    used_memory_bytes: int | None
    lazy_pending: int
    replica_lag_bytes: int
    backlog_bytes: int | None
    replicas: int = 0
    is_cluster: bool = False


def judge(before: ServerFacts, now: ServerFacts) -> str | None:
    """Why the work has to stop, as a clause; None when it may go on. Pure."""
    if now.run_id != before.run_id:
        return "the server was restarted or replaced"
    if now.role != before.role:
        return f"the server's role changed to {now.role}"
    if now.backlog_bytes is not None and now.replica_lag_bytes > now.backlog_bytes:
        return "a replica fell behind by more than the backlog holds"
    return None


def facts_of(info: Mapping[str, Any]) -> ServerFacts:
    """The reply of INFO as facts. Pure."""
    return ServerFacts(
        run_id=info.get("run_id"),
        role=info.get("role"),
        used_memory_bytes=info.get("used_memory"),
        lazy_pending=int(info.get("lazyfree_pending_objects", 0)),
        replica_lag_bytes=_lag(info),
        backlog_bytes=info.get("repl_backlog_size"),
        replicas=int(info.get("connected_slaves") or 0),
        is_cluster=bool(int(info.get("cluster_enabled") or 0)),
    )


class ServerWatch:
    """Looks at `redis` with INFO; where the service has none, nothing is claimed and nothing stops."""

    def __init__(self, redis: Redis) -> None:
        self._redis = redis
        self._before: ServerFacts | None = None
        self._replicas = 0

    async def begin(self, *, run_id: str | None = None) -> str | None:
        """Remember the server as it is. A clause when it is a replica, which cannot be written to, or another
        process than that of `run_id`."""
        self._before = await self._look()
        if run_id and self.run_id != run_id:
            return "the server was restarted or replaced while Pong was away"
        if self._before and self._before.role not in (None, "master"):
            return "it is a replica: the primary is elsewhere"
        return None

    async def trouble(self) -> str | None:
        """Why the work has to stop, as a clause, or None."""
        now = await self._look()
        return judge(self._before, now) if self._before and now else None

    @property
    def run_id(self) -> str | None:
        return self._before.run_id if self._before else None

    @property
    def has_replicas(self) -> bool:
        """Whether any was connected at the last look."""
        return self._replicas > 0

    @property
    def is_cluster(self) -> bool:
        """Whether it is one node of a cluster."""
        return self._before is not None and self._before.is_cluster

    async def freed_bytes(self, clock: Clock, *, at_most_s: float) -> int | None:
        """How far used_memory fell, once what UNLINK left to the background is freed."""
        if self._before is None or self._before.used_memory_bytes is None:
            return None
        try:
            now = await self._settled(clock, stop_at_s=clock.monotonic_s() + at_most_s)
        except (RedisError, OSError):
            return None
        if now is None or now.used_memory_bytes is None or now.run_id != self._before.run_id:
            return None
        return max(0, self._before.used_memory_bytes - now.used_memory_bytes)

    async def _settled(self, clock: Clock, *, stop_at_s: float) -> ServerFacts | None:
        now = await self._look()
        while now and now.lazy_pending and clock.monotonic_s() < stop_at_s:
            await clock.sleep(LOOK_AGAIN_S)
            now = await self._look()
        return now

    async def _look(self) -> ServerFacts | None:
        try:
            facts = facts_of(await self._redis.info())
        except ResponseError:
            return None
        self._replicas = facts.replicas
        return facts


def _lag(info: Mapping[str, Any]) -> int:
    replicas = [info[f"slave{n}"] for n in range(int(info.get("connected_slaves", 0))) if f"slave{n}" in info]
    offsets = [int(replica["offset"]) for replica in replicas if replica.get("state") == "online"]
    return max(0, int(info.get("master_repl_offset", 0)) - min(offsets)) if offsets else 0
