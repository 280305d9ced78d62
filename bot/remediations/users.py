"""Which of the two users serves now, with which rights, who is connected as it, and on which nodes?

https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.diagnostics.units import count
from bot.errors import Refused
from bot.remediations.clients import Client, is_application, parse_list
from bot.remediations.links import Links, links_of
from bot.remediations.nodes import Group, Node, group_of
from bot.remediations.remediation import Scene
from bot.remediations.sample import as_bytes
from bot.remediations.trouble import in_words, unmeasured

HOSTS_SHOWN = 8


@dataclass(frozen=True, kw_only=True)
class Users:
    """Who serves now, who will, and with which rights; `hosts` are (host, connections) of the applications
    that are connected as the old one, `moved` is how many are as the new one already.

    `nodes` are where users have to be changed, the primary first, for they are not replicated; `links` are
    the servers that log in as one of the two; `silent` are sentences about nodes that cannot be changed;
    `others` are (name, connections) of further users that are on, but for Pong's own.
    """

    old: str
    new: str
    rules: tuple[str, ...]
    hosts: tuple[tuple[str, int], ...]
    nodes: tuple[Node, ...]
    moved: int = 0
    links: Links = field(default_factory=Links)
    silent: tuple[str, ...] = ()
    others: tuple[tuple[str, int], ...] = ()

    def says(self) -> tuple[str, ...]:
        """What is there now, as people read it before they approve."""
        lines = [
            f"On the primary and on {_replicas(len(self.nodes) - 1)}: users are not replicated"
            if len(self.nodes) > 1
            else "",
            f"Applications connected as {self.old} now: {_in_words(self.hosts)}",
            f"Connected as {self.new} already: {count(self.moved, 'connection', 'connections')}. "
            "Until told the new password, only those that are open work"
            if self.moved
            else "",
            *self.links.says(self.new),
        ]
        return tuple(line for line in lines if line)

    def forgets(self) -> str:
        """Which of them a restart lets forget; empty where none does."""
        forgetful = sum(not node.persists for node in self.nodes)
        if not forgetful:
            return ""
        who = "It has" if len(self.nodes) == 1 else f"{forgetful} of {len(self.nodes)} servers have"
        return f"{who} no file to keep users in: a restart forgets them"


def _in_words(hosts: tuple[tuple[str, int], ...]) -> str:
    shown = ", ".join(f"{host} ({number})" for host, number in hosts[:HOSTS_SHOWN])
    left = len(hosts) - HOSTS_SHOWN
    more = f" and {count(left, 'more host', 'more hosts')}" if left > 0 else ""
    return f"{shown or 'none'}{more}"


def _replicas(number: int) -> str:
    return count(number, "replica", "replicas")


@dataclass(frozen=True, kw_only=True)
class _Read:
    """What the primary tells: `rights` of each user, its `clients`, and as whom Pong is logged in."""

    rights: Mapping[str, tuple[str, ...]]
    clients: list[Client]
    own: str
    role: Any
    group: Group


async def users_of(scene: Scene) -> Users:
    """Raises Refused where it may not or must not be rotated, ServiceUnavailable when nothing answers."""
    read = await _read(scene)
    if read.role == "slave":
        raise Refused("It is a replica: the target has to be its primary, whose users are changed too.")
    applications = [client for client in read.clients if is_application(client)]
    hosts = {
        name: Counter(client.address.rpartition(":")[0] for client in applications if client.user == name)
        for name in scene.target.users
    }
    old, new = _turn(scene.target.users, read.rights, hosts)
    if read.own in (old, new):
        raise Refused(f"Pong itself changes this Redis as {read.own}: give it a user of its own first.")
    links = await links_of(scene, read.group.nodes, read.clients, (old, new))
    connections = Counter(client.user for client in read.clients)
    return Users(
        old=old,
        new=new,
        rules=tuple(rule for rule in read.rights[old] if rule not in ("on", "off")),
        hosts=tuple(hosts[old].most_common()),
        nodes=read.group.nodes,
        moved=hosts[new].total(),
        links=links,
        silent=read.group.silent,
        others=_others(read.rights, connections, but=(old, new, read.own)),
    )


async def _read(scene: Scene) -> _Read:
    redis: Redis = scene.redis
    try:
        listed = [as_bytes(line).decode("utf-8", "replace") for line in await redis.acl_list()]
        return _Read(
            rights=dict(map(_rights, listed)),
            # In two words, so that redis-py leaves the reply as it is.
            clients=parse_list(await redis.execute_command("CLIENT", "LIST")),  # type: ignore[no-untyped-call]
            own=str(await redis.acl_whoami()),
            role=(await redis.info("replication")).get("role"),
            group=await group_of(scene),
        )
    except ResponseError as error:
        raise Refused(
            f"Its users cannot be read: {in_words(error)}. Rotation needs Redis 6 and the rights that "
            "docs/running.md names."
        ) from None
    except (RedisError, OSError) as error:
        raise unmeasured("Its users were not read", error) from None


def _others(
    rights: Mapping[str, tuple[str, ...]], connections: Counter[str], *, but: tuple[str, ...]
) -> tuple[tuple[str, int], ...]:
    """Whoever had the leaked password may have made one of them."""
    return tuple(
        (name, connections[name]) for name in sorted(rights) if "on" in rights[name] and name not in but
    )


def _rights(line: str) -> tuple[str, tuple[str, ...]]:
    """`user NAME on #hash ~* +@all` without its passwords."""
    _, name, *rules = line.split(" ")
    return name, tuple(rule for rule in rules if not rule.startswith("#") and rule != "nopass")


def _turn(
    users: tuple[str, ...], rights: Mapping[str, tuple[str, ...]], hosts: Mapping[str, Counter[str]]
) -> tuple[str, str]:
    """(the one that serves, the other). Where both are on, the applications' connections decide, not those of
    servers: a rotation that broke off goes on in its direction or back."""
    serving = [name for name in users if "on" in rights.get(name, ())]
    if not serving:
        raise Refused(f"Neither {users[0]} nor {users[1]} is a user that is on: who serves the applications?")
    old = max(serving, key=lambda name: hosts[name].total())
    return old, next(name for name in users if name != old)
