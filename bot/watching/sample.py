"""What does one look at a target come to, while an incident is open on it? Pure.

https://redis.io/docs/latest/commands/info/
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from bot.diagnostics.samples import errors, number


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One look at `at_ms`; of a cluster the sum of its nodes. A gap has no `run_id`, and figures of 0.

    `ping_ms` is how long the slowest node took to answer a PING, None where none was sent.

    `hits`, `misses`, `evicted` and `refused` (writes, for want of memory) count since the server started.
    """

    at_ms: int
    run_id: str = ""
    used_bytes: int = 0
    limit_bytes: int = 0
    ops_per_s: float = 0.0
    clients: int = 0
    hits: int = 0
    misses: int = 0
    evicted: int = 0
    refused: int = 0
    ping_ms: float | None = None

    @property
    def is_gap(self) -> bool:
        return not self.run_id


def sample_of(infos: Sequence[Mapping[str, Any]], *, at_ms: int) -> Sample:
    """The INFOs of one server, or of all nodes of a cluster, as one sample. Pure."""

    def total(name: str) -> int:
        return round(sum(number(info, name) or 0 for info in infos))

    return Sample(
        at_ms=at_ms,
        run_id=" ".join(sorted(str(info.get("run_id", "unknown")) for info in infos)),
        used_bytes=total("used_memory"),
        limit_bytes=total("maxmemory"),
        ops_per_s=sum(number(info, "instantaneous_ops_per_sec") or 0.0 for info in infos),
        clients=total("connected_clients"),
        hits=total("keyspace_hits"),
        misses=total("keyspace_misses"),
        evicted=total("evicted_keys"),
        refused=round(sum(errors(info, "OOM") for info in infos)),
    )
