"""Which servers take a change now: one, the one that the Sentinels name, or every primary of a cluster?

https://redis.io/docs/latest/develop/reference/sentinel-clients/
"""

from bot.errors import BadInput, ServiceUnavailable
from bot.targets.address import Address
from bot.targets.cluster import Map, map_of
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


async def _named_by(group: Sentinels) -> Address:
    views = await views_of(group)
    primary = primary_of(group, views)
    if primary is None:
        raise ServiceUnavailable(f"No Sentinel names the primary of {group.service}: ping it first.")
    if not do_agree(views):
        raise ServiceUnavailable(
            f"The Sentinels do not agree which server is the primary of {group.service}, "
            "so none is changed: ping it first."
        )
    return primary


async def _primaries(cluster: Cluster) -> tuple[Address, ...]:
    seen = await map_of(cluster)
    if not isinstance(seen, Map):
        raise ServiceUnavailable(
            "No node of the cluster tells its map, so nothing is changed: ping it first."
        )
    if not seen.is_ok:
        raise ServiceUnavailable(
            "The cluster does not serve all of its slots: mend that first, then ask again."
        )
    nodes = sorted(seen.primaries, key=lambda node: (node.host, node.port))
    return tuple(cluster.node(node.host, node.port) for node in nodes)
