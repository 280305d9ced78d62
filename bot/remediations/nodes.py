"""Which servers have users of their own to be changed, and what does each of them say of itself?

The primary, whoever follows it, and whoever follows those: users are not replicated, and neither is where a
server keeps them. https://redis.io/docs/latest/operate/oss_and_stack/management/replication/
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError

from bot.remediations.remediation import Scene
from bot.remediations.sample import as_bytes
from bot.remediations.trouble import in_words

NODES_MOST = 50
ONLINE = "online"
DEFAULT_USER = "default"


@dataclass(frozen=True, kw_only=True)
class Node:
    """One server at `place` (host:port; "" is where the target's address leads), which follows the one at
    `follows` (None for the primary) and would log in there as `masteruser`. `persists` is the command that
    keeps its users over a restart, `rewrites` the one that keeps its settings, each empty where it has no
    file for that; `followers` are (host:port, state) of those that follow it."""

    place: str = ""
    follows: str | None = None
    masteruser: str = DEFAULT_USER
    persists: tuple[str, ...] = ()
    rewrites: tuple[str, ...] = ()
    followers: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, kw_only=True)
class Group:
    """`nodes` begin with the primary. `silent` are sentences about those that cannot be changed."""

    nodes: tuple[Node, ...]
    silent: tuple[str, ...] = ()


async def group_of(scene: Scene) -> Group:
    """Raises RedisError and OSError where the primary itself does not answer."""
    nodes = [await node_at(scene.redis, scene.primary, follows=None)]
    silent: list[str] = []
    for node in nodes:  # which grows meanwhile: a replica may have replicas
        for place, state in sorted(node.followers):
            if place in {one.place for one in nodes} or len(nodes) == NODES_MOST:
                continue
            try:
                nodes.append(await node_at(scene.client_at(place), place, follows=node.place))
            except (RedisError, OSError) as error:
                silent.append(f"The replica {place} cannot be changed, for {in_words(error)}")
            else:
                silent += [] if state == ONLINE else [f"The replica {place} is not online ({state})"]
    return Group(nodes=tuple(nodes), silent=tuple(silent))


async def node_at(redis: Redis, place: str, *, follows: str | None) -> Node:
    """Raises RedisError and OSError."""
    info: Mapping[str, Any] = await redis.info()
    masteruser = as_bytes(next(iter((await redis.config_get("masteruser")).values()), "") or "").decode()
    rewrites = ("CONFIG", "REWRITE") if info.get("config_file") else ()
    has_users_file = any((await redis.config_get("aclfile")).values())
    return Node(
        place=place,
        follows=follows,
        masteruser=masteruser or DEFAULT_USER,
        persists=("ACL", "SAVE") if has_users_file else rewrites,
        rewrites=rewrites,
        followers=tuple(replicas_in(info)),
    )


def replicas_in(info: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(host:port, state) of each replica that INFO replication tells of."""
    found = (info.get(f"slave{number}") for number in range(int(info.get("connected_slaves") or 0)))
    return [(_place(one), str(one.get("state"))) for one in found if isinstance(one, Mapping)]


def _place(replica: Mapping[str, Any]) -> str:
    ip, port = replica["ip"], replica["port"]
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"
