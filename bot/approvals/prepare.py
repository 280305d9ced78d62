"""What exactly would a remediation do, measured now?"""

import asyncio
from dataclasses import dataclass

import httpx
from redis.asyncio import Redis

from bot.clock import Clock
from bot.errors import Refused, ServiceUnavailable
from bot.execution.effects.redis import remediation_client
from bot.incident import Incident
from bot.pong import Pong
from bot.remediations.remediation import Prepared, Remediation, Scene, Words, may_only_look
from bot.runbooks.runbook import Allowed
from bot.standing import fallback
from bot.targets.address import Address
from bot.targets.endpoint import Sentinels
from bot.targets.names import resolve
from bot.targets.primary import Changeable, at_place, servers_of
from bot.targets.target import Target
from bot.tasks import closed
from bot.thread import runbook_of

RESOLVED_WITHIN_S = 3.0


@dataclass(frozen=True, kw_only=True)
class Where:
    """A target, where changes of it go, what the runbook allows there, and whether Pong has its application
    do without it."""

    target: Target
    endpoint: Changeable | None
    allowed: Allowed
    in_fallback: bool = False


async def prepare(pong: Pong, incident: Incident, name: str, words: Words) -> Prepared:
    """Measure, then plan. Raises BadInput for words that mean nothing to this remediation, Refused where the
    runbook or the settings do not allow it, ServiceUnavailable when nothing answers."""
    remediation = pong.remediations[name]
    target = pong.targets.get(incident.target or "")
    allowed = runbook_of(pong, incident).allowed.get(name)
    if allowed is None:
        raise Refused(f"This incident's runbook does not allow /redis {name}.")
    address = remediation_of(target) if remediation.wants_redis(target) else target.remediation
    in_fallback = await pong.store.read(lambda records: fallback.is_on(records, incident))
    where = Where(target=target, endpoint=address, allowed=allowed, in_fallback=in_fallback)
    return await prepared_at(remediation, where, words, clock=pong.clock, http=pong.http)


async def prepared_at(
    remediation: Remediation,
    where: Where,
    words: Words,
    *,
    clock: Clock,
    http: httpx.AsyncClient,
) -> Prepared:
    """What it would be at `where`."""
    target, endpoint, allowed = where.target, where.endpoint, where.allowed
    if allowed.words and words and words[0].lower() not in allowed.words:
        raise Refused(f"The runbook allows {remediation.name} for {' and '.join(allowed.words)} only.")
    servers = await servers_of(endpoint) if endpoint else ()
    clients = tuple(remediation_client(server) for server in servers)
    opened = list(clients)

    def client_at(place: str) -> Redis:
        opened.append(remediation_client(at_place(remediation_of(target), place)))
        return opened[-1]

    scene = Scene(
        target=target,
        allowed=allowed,
        clock=clock,
        http=http,
        address=await _bound(endpoint, servers) if endpoint else str(target.address),
        clients=clients,
        client_at=client_at,
        primary=str(servers[0]) if isinstance(endpoint, Sentinels) else "",
        in_fallback=where.in_fallback,
    )
    try:
        return await remediation.prepare(scene, words)
    finally:
        for client in opened:
            await closed(client)


def remediation_of(target: Target) -> Changeable:
    """Where changes go. Raises Refused where Pong may only look."""
    if target.remediation is None:
        raise Refused(may_only_look(target))
    return target.remediation


async def servers_to_change(target: Target) -> tuple[Address, ...]:
    """The servers that take them now. Raises Refused, and ServiceUnavailable while nobody can tell."""
    return await servers_of(remediation_of(target))


async def _bound(endpoint: Changeable, servers: tuple[Address, ...]) -> str:
    """Which servers an approval binds: another primary is another plan."""
    found = await asyncio.gather(*(resolved(server) for server in servers))
    return found[0] if isinstance(endpoint, Address) else f"{endpoint}: {', '.join(found)}"


async def resolved(address: Address) -> str:
    """The address with what its name stands for now, so that an approval binds one server. Raises
    ServiceUnavailable while nobody tells that."""
    if address.scheme == "unix":
        return str(address)
    try:
        async with asyncio.timeout(RESOLVED_WITHIN_S):
            found = await resolve(address.host, address.port)
    except TimeoutError:
        raise ServiceUnavailable(
            f"The name {address.host} was not resolved within {RESOLVED_WITHIN_S:g} s: check DNS (step 7), "
            "then ask again."
        ) from None
    except OSError as error:
        raise ServiceUnavailable(f"The name {address.host} cannot be resolved: {error.strerror}.") from error
    except UnicodeError:
        raise ServiceUnavailable(f"The name {address.host} cannot be resolved: it is no name.") from None
    numeric = sorted({str(place[0]) for _, place in found})
    return f"{address} ({', '.join(numeric)})" if numeric != [address.host] else str(address)
