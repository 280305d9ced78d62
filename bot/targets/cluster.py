"""Which nodes does a cluster have, and does it serve all of its slots?

https://redis.io/docs/latest/commands/cluster-nodes/
"""

import asyncio
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError, ResponseError

from bot.targets.address import Address
from bot.targets.endpoint import Cluster
from bot.targets.read_only import reading

SLOTS = 16384
ANSWERS_WITHIN_S = 1.0
NODES_MOST = 200


@dataclass(frozen=True, kw_only=True)
class Node:
    """One node as another sees it. `slots` is how many it serves itself; a replica serves none."""

    host: str
    port: int
    is_primary: bool
    is_failed: bool
    slots: int = 0
    primary_id: str = ""
    id: str = ""

    def __str__(self) -> str:
        return f"[{self.host}]:{self.port}" if ":" in self.host else f"{self.host}:{self.port}"


@dataclass(frozen=True, kw_only=True)
class Map:
    """A cluster as one of its nodes, `told_by`, sees it; `slots_ok` of 16,384 are served."""

    told_by: str
    is_ok: bool
    slots_ok: int
    nodes: tuple[Node, ...]

    @property
    def primaries(self) -> tuple[Node, ...]:
        """Those that serve slots."""
        return tuple(node for node in self.nodes if node.is_primary and node.slots)

    @property
    def failed(self) -> tuple[Node, ...]:
        return tuple(node for node in self.nodes if node.is_failed)

    @property
    def without_replica(self) -> tuple[Node, ...]:
        covered = {node.primary_id for node in self.nodes if not node.is_primary and not node.is_failed}
        return tuple(node for node in self.primaries if node.id not in covered)


async def map_of(cluster: Cluster) -> Map | Exception:
    """What the first seed that answers says; what the last one failed with when none does."""
    answers = await asyncio.gather(*(_asked(seed) for seed in cluster.seeds))
    return next((one for one in answers if isinstance(one, Map)), answers[-1])


async def _asked(seed: Address) -> Map | Exception:
    try:
        async with asyncio.timeout(ANSWERS_WITHIN_S), reading(seed, budget_s=ANSWERS_WITHIN_S) as redis:
            info, nodes = await redis.ask_each((("CLUSTER", "INFO"), ("CLUSTER", "NODES")))
    except (RedisError, OSError, TimeoutError) as error:
        return error
    if isinstance(info, Exception):
        return info
    try:
        return map_by(info, nodes, told_by=seed)
    except ValueError:
        return ResponseError("the map of the cluster cannot be read")


def map_by(info: Any, nodes: Any, *, told_by: Address) -> Map:
    """The replies of CLUSTER INFO and CLUSTER NODES as a Map. Pure."""
    fields = dict(line.split(":", 1) for line in _text(info).splitlines() if ":" in line)
    read = (_node(line.split(), told_by) for line in _text(nodes).splitlines()[:NODES_MOST])
    return Map(
        told_by=str(told_by),
        is_ok=fields.get("cluster_state") == "ok",
        slots_ok=int(fields.get("cluster_slots_ok", 0)),
        nodes=tuple(node for node in read if node),
    )


def _node(words: Sequence[str], told_by: Address) -> Node | None:
    """One line: id, address, flags, primary, ping, pong, epoch, link, slots …; None without a place."""
    if len(words) < 8:
        return None
    flags = words[2].split(",")
    host, _, port = words[1].partition("@")[0].partition(",")[0].rpartition(":")
    if "noaddr" in flags or "handshake" in flags or not port.isdigit():
        return None
    return Node(
        id=words[0],
        host=host.strip("[]") or told_by.host,  # a node that does not know its own address yet names none
        port=int(port),
        is_primary="master" in flags,
        is_failed="fail" in flags or "fail?" in flags,
        slots=sum(_slots(word) for word in words[8:]),
        primary_id="" if words[3] == "-" else words[3],
    )


def _slots(word: str) -> int:
    """ "5461-10921", or "7"; one in brackets is on its way to another node."""
    if word.startswith("["):
        return 0
    first, dash, last = word.partition("-")
    return int(last) - int(first) + 1 if dash else 1


def _text(reply: Any) -> str:
    return reply.decode(errors="replace") if isinstance(reply, bytes) else str(reply)
