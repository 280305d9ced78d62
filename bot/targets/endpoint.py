"""What is behind a target's address: one server, the one that Sentinels name, a cluster, or a REST API?

redis+sentinel://host:26379,host:26379/SERVICE and redis+cluster://host:6379,host:6379; rediss+… for TLS;
https://:TOKEN@host for a REST API.
https://redis.io/docs/latest/develop/reference/sentinel-clients/
"""

import re
from dataclasses import dataclass, replace
from urllib.parse import parse_qsl, unquote, urlencode, urlsplit

from pydantic import SecretStr

from bot.errors import BadInput
from bot.targets.address import Address, parse
from bot.targets.rest import Rest

SENTINEL_PORT = 26379
SENTINEL_FORM = "redis+sentinel://user:password@host:26379,host:26379/SERVICE"
REST_FORM = "https://:TOKEN@host"
CLUSTER_FORM = "redis+cluster://user:password@host:6379,host:6379"
_GROUP = re.compile(r"(rediss?)\+(sentinel|cluster)://(?:(.*)@)?([^@/?]+)(/[^?]*)?(?:\?(.*))?")


@dataclass(frozen=True, kw_only=True)
class Sentinels:
    """The primary of `service`, as these Sentinels name it. `server` has all of its address but the place."""

    service: str
    sentinels: tuple[Address, ...]
    server: Address

    def __str__(self) -> str:
        return f"{self.service} of {', '.join(map(str, self.sentinels))}"


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """The cluster that any of `seeds` belongs to."""

    seeds: tuple[Address, ...]

    def __str__(self) -> str:
        return f"the cluster of {', '.join(map(str, self.seeds))}"

    def node(self, host: str, port: int) -> Address:
        """Another node of it, spoken to as the seeds are."""
        return replace(self.seeds[0], host=host, port=port)


Server = Address | Rest
Endpoint = Server | Sentinels | Cluster


def parse_endpoint(url: str) -> Endpoint:
    """The Endpoint in `url`. Raises BadInput, whose sentence never repeats a password."""
    url = re.sub(r"^valkey(s?)(?=[:+])", r"redis\1", url.strip())  # the same under its other name
    if url.startswith(("https://", "http://")):
        return _rest(url)
    found = _GROUP.fullmatch(url)
    if found is None and re.match(r"rediss?\+", url):
        raise BadInput(f"The address of a group of servers is {CLUSTER_FORM} or {SENTINEL_FORM}.")
    if found is None:
        return parse(url)
    scheme, kind, who, hosts, path, query = found.groups(default="")
    if kind == "cluster":
        if path.strip("/"):
            raise BadInput("A cluster has one database: its address ends after the hosts.")
        return Cluster(seeds=_each(f"{scheme}://{who}@" if who else f"{scheme}://", hosts, query))
    return _sentinels(scheme, who, hosts, path, query)


def _rest(url: str) -> Rest:
    try:
        parts = urlsplit(url)
        port = parts.port or (443 if parts.scheme == "https" else 80)
    except ValueError:
        raise BadInput(
            f"The address of a REST API has a host or port that cannot be read: write {REST_FORM}."
        ) from None
    if not parts.hostname or parts.path.strip("/") or parts.query:
        raise BadInput(f"The address of a REST API is its host alone: write {REST_FORM}.")
    token = SecretStr(unquote(parts.password)) if parts.password else None
    return Rest(scheme=parts.scheme, host=parts.hostname, port=port, token=token)


def _each(begins: str, hosts: str, query: str) -> tuple[Address, ...]:
    return tuple(parse(f"{begins}{host}?{query}") for host in hosts.split(","))


def _sentinels(scheme: str, who: str, hosts: str, path: str, query: str) -> Sentinels:
    service, _, db = path.strip("/").partition("/")
    if not re.fullmatch(r"[A-Za-z0-9._-]{1,100}", service):
        raise BadInput(f"Which service do the Sentinels watch? Write {SENTINEL_FORM}.")
    options = dict(parse_qsl(query, keep_blank_values=True))
    password = options.pop("sentinel_password", "")
    begins = f"{scheme}://{who}@" if who else f"{scheme}://"
    server = parse(f"{begins}0.0.0.0/{db}?{urlencode(options)}")
    each = (host if _has_port(host) else f"{host}:{SENTINEL_PORT}" for host in hosts.split(","))
    known = SecretStr(password) if password else None
    sentinels = _each(f"{scheme}://", ",".join(each), urlencode(options))
    return Sentinels(
        service=service, sentinels=tuple(replace(one, password=known) for one in sentinels), server=server
    )


def _has_port(host: str) -> bool:
    return re.search(r"[^:\]]:\d+$|\]:\d+$", host) is not None


def port_of(endpoint: Endpoint) -> int:
    """The port that an application reaches it by; of Sentinels and clusters that of the first."""
    if isinstance(endpoint, Sentinels):
        return endpoint.sentinels[0].port
    return endpoint.seeds[0].port if isinstance(endpoint, Cluster) else endpoint.port
