"""Which servers take a change now: one, the one that the Sentinels name, or every primary of a cluster?

https://redis.io/docs/latest/develop/reference/sentinel-clients/
"""

from dataclasses import replace

from redis.exceptions import NoPermissionError

from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.targets.address import Address
from bot.targets.cluster import Map, Node, map_of
from bot.targets.endpoint import Cluster, Endpoint, Sentinels, parse_endpoint
from bot.targets.rest import Rest
from bot.targets.sentinel import do_agree, primary_of, views_of

Changeable = Address | Sentinels | Cluster


def parse_changeable(url: str) -> Changeable:
    """Raises BadInput for what cannot be read, and for a REST API."""
    endpoint: Endpoint = parse_endpoint(url)
    if isinstance(endpoint, Rest):
        raise BadInput(
            "Changes go over the Redis protocol: write its address as rediss://user:password@host."
        )
    return endpoint


async def servers_of(endpoint: Changeable) -> tuple[Address, ...]:
    """In an order that stays. Raises ServiceUnavailable while nobody can tell."""
    if isinstance(endpoint, Sentinels):
        return (await _named_by(endpoint),)
    if isinstance(endpoint, Cluster):
        return await _primaries(endpoint)
    return (endpoint,)


def at_place(group: Changeable, place: str) -> Address:
    """The server at `place` (host:port): a Sentinel of the group, or one that is spoken to as its primary.
    Raises Refused for a cluster."""
    if isinstance(group, Cluster):
        raise Refused("It is a cluster by now: ask again.")
    if isinstance(group, Sentinels) and (named := [one for one in group.sentinels if str(one) == place]):
        return named[0]
    host, _, port = place.rpartition(":")
    server = group.server if isinstance(group, Sentinels) else group
    return replace(server, host=host.strip("[]"), port=int(port))


async def layout_of(endpoint: Changeable) -> str:
    """Which server holds which keys, as far as it can change under somebody who goes through all of them.
    Raises ServiceUnavailable while nobody can tell."""
    if isinstance(endpoint, Cluster):
        return ", ".join(f"{node}={node.slots}" for node in _by_place(await _map(endpoint)))
    return ", ".join(str(server) for server in await servers_of(endpoint))


async def _named_by(group: Sentinels) -> Address:
    views = await views_of(group)
    primary = primary_of(group, views)
    if primary is None:
        raise ServiceUnavailable(f"No Sentinel names the primary of {group.service}: ping it first.")
    naming = sum(view.primary is not None for view in views)
    # A few of them, cut off together with an old primary, would name it for ever.
    if 2 * naming <= len(views):
        raise ServiceUnavailable(
            f"Only {naming} of {len(views)} Sentinels name the primary of {group.service}, "
            "so none is changed: ping it first."
        )
    if not do_agree(views):
        raise ServiceUnavailable(
            f"The Sentinels do not agree which server is the primary of {group.service}, "
            "so none is changed: ping it first."
        )
    return primary


async def _primaries(cluster: Cluster) -> tuple[Address, ...]:
    seen = await _map(cluster)
    if not seen.is_ok:
        raise ServiceUnavailable("The cluster does not serve all of its slots: mend that, then ask again.")
    return tuple(cluster.node(node.host, node.port) for node in _by_place(seen))


async def _map(cluster: Cluster) -> Map:
    seen = await map_of(cluster)
    if isinstance(seen, NoPermissionError):
        raise ServiceUnavailable(
            "The user that makes changes may not ask for the cluster's map: give it +cluster|info and "
            "+cluster|nodes."
        )
    if not isinstance(seen, Map):
        raise ServiceUnavailable("No node tells the cluster's map, so nothing is changed: ping it first.")
    return seen


def _by_place(seen: Map) -> list[Node]:
    return sorted(seen.primaries, key=lambda node: (node.host, node.port))
