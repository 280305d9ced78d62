"""Which of the two users serves now, with which rights, who is connected as it, and on which nodes?

https://redis.io/docs/latest/operate/oss_and_stack/management/security/acl/
"""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from redis.asyncio import Redis
from redis.exceptions import RedisError, ResponseError

from bot.errors import Refused
from bot.remediations.clients import Client, parse_list
from bot.remediations.links import Links, links_of
from bot.remediations.remediation import Scene
from bot.remediations.sample import as_bytes
from bot.remediations.trouble import in_words, unmeasured
from bot.targets.target import Target

REWRITE = ("CONFIG", "REWRITE")


@dataclass(frozen=True, kw_only=True)
class Users:
    """Who serves now, who will, and with which rights; `hosts` are (host, connections) of the old one.

    `persists` is the command that keeps users over a restart, `rewrites` the one that keeps its settings,
    each empty where the server has no file for it; `replicas` are host:port of each, for users are not
    replicated; `links` are the servers that log in as one of the two; `others` are (name, connections) of
    further users that are on, but for Pong's own.
    """

    old: str
    new: str
    rules: tuple[str, ...]
    hosts: tuple[tuple[str, int], ...]
    persists: tuple[str, ...]
    rewrites: tuple[str, ...] = ()
    replicas: tuple[str, ...] = ()
    others: tuple[tuple[str, int], ...] = ()
    links: Links = field(default_factory=Links)

    @property
    def nodes(self) -> tuple[str, ...]:
        """Where each step on users has to be done: the primary itself, then its replicas."""
        return ("", *self.replicas)


@dataclass(frozen=True, kw_only=True)
class _Read:
    """What the server tells: `rights` of each user, its `clients`, and as whom Pong is logged in."""

    rights: Mapping[str, tuple[str, ...]]
    clients: list[Client]
    own: str
    info: Mapping[str, Any]
    acl_file: Mapping[str | None, str | None]
    masteruser: str


async def users_of(scene: Scene) -> Users:
    """Raises Refused where it may not or must not be rotated, ServiceUnavailable when nothing answers."""
    return _judged(await _read(scene.redis), scene.target)


async def _read(redis: Redis) -> _Read:
    try:
        listed = [as_bytes(line).decode("utf-8", "replace") for line in await redis.acl_list()]
        [masteruser] = (await redis.config_get("masteruser")).values() or [""]
        return _Read(
            rights=dict(map(_rights, listed)),
            # In two words, so that redis-py leaves the reply as it is.
            clients=parse_list(await redis.execute_command("CLIENT", "LIST")),  # type: ignore[no-untyped-call]
            own=str(await redis.acl_whoami()),
            info=await redis.info(),
            acl_file=await redis.config_get("aclfile"),
            masteruser=masteruser or "",
        )
    except ResponseError as error:
        raise Refused(
            f"Its users cannot be read: {in_words(error)}. Rotation needs Redis 6 and the rights that "
            "docs/running.md names."
        ) from None
    except (RedisError, OSError) as error:
        raise unmeasured("Its users were not read", error) from None


def _judged(read: _Read, target: Target) -> Users:
    if read.info.get("role") == "slave":
        raise Refused("It is a replica: the target has to be its primary, whose users are changed too.")
    hosts = {
        name: Counter(client.address.rpartition(":")[0] for client in read.clients if client.user == name)
        for name in target.users
    }
    old, new = _turn(target.users, read.rights, hosts)
    if read.own in (old, new):
        raise Refused(f"Pong itself changes this Redis as {read.own}: give it a user of its own first.")
    replicas, has_file = _replicas(read.info), bool(read.info.get("config_file"))
    behind, masteruser = target.remediation, read.masteruser
    return Users(
        old=old,
        new=new,
        rules=tuple(rule for rule in read.rights[old] if rule not in ("on", "off")),
        hosts=tuple(hosts[old].most_common()),
        persists=_persists(read.acl_file, has_file=has_file),
        rewrites=REWRITE if has_file else (),
        replicas=replicas,
        links=links_of(read.clients, (old, new), replicas=replicas, masteruser=masteruser, behind=behind),
        others=_others(
            read.rights, Counter(client.user for client in read.clients), but=(old, new, read.own)
        ),
    )


def _others(
    rights: Mapping[str, tuple[str, ...]], connections: Counter[str], *, but: tuple[str, ...]
) -> tuple[tuple[str, int], ...]:
    """Whoever had the leaked password may have made one of them."""
    return tuple(
        (name, connections[name]) for name in sorted(rights) if "on" in rights[name] and name not in but
    )


def _replicas(info: Mapping[str, Any]) -> tuple[str, ...]:
    """Each as host:port, in an order that stays. Raises Refused while one of them is not there."""
    online = [place for place, state in replicas_in(info) if state == "online"]
    if len(online) < int(info.get("connected_slaves") or 0):
        raise Refused("One of its replicas is not online, and would keep the old users: mend it first.")
    return tuple(sorted(online))


def replicas_in(info: Mapping[str, Any]) -> list[tuple[str, str]]:
    """(host:port, state) of each replica that INFO replication tells of."""
    found = (info.get(f"slave{number}") for number in range(int(info.get("connected_slaves") or 0)))
    return [(_place(one), str(one.get("state"))) for one in found if isinstance(one, Mapping)]


def _place(replica: Mapping[str, Any]) -> str:
    ip, port = replica["ip"], replica["port"]
    return f"[{ip}]:{port}" if ":" in ip else f"{ip}:{port}"


def _rights(line: str) -> tuple[str, tuple[str, ...]]:
    """`user NAME on #hash ~* +@all` without its passwords."""
    _, name, *rules = line.split(" ")
    return name, tuple(rule for rule in rules if not rule.startswith("#") and rule != "nopass")


def _turn(
    users: tuple[str, ...], rights: Mapping[str, tuple[str, ...]], hosts: Mapping[str, Counter[str]]
) -> tuple[str, str]:
    """(the one that serves, the other). Where both are on, more connections decide: a rotation that broke off
    goes on in its direction or back, and both end well."""
    serving = [name for name in users if "on" in rights.get(name, ())]
    if not serving:
        raise Refused(f"Neither {users[0]} nor {users[1]} is a user that is on: who serves the applications?")
    old = max(serving, key=lambda name: hosts[name].total())
    return old, next(name for name in users if name != old)


def _persists(acl_file: Mapping[str | None, str | None], *, has_file: bool) -> tuple[str, ...]:
    if any(acl_file.values()):
        return ("ACL", "SAVE")
    return REWRITE if has_file else ()
