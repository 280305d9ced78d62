"""What does DigitalOcean's API tell: an app's log, a managed database, the firewalls?

https://docs.digitalocean.com/reference/api/
"""

import asyncio
import re
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

import httpx
from pydantic import SecretStr

from bot.applications.health import Answer, ask
from bot.applications.logs import TAIL_MOST_BYTES, Tail, lines_of
from bot.providers.database import State
from bot.text import plain

LOG_WITHIN_S = 2.5
PAGES_MOST = 5
HTTP_OK = 200
DEPLOYMENT_FAILED = ("ERROR", "CANCELED", "SUPERSEDED")
DEPLOYMENT_UNDER_WAY = ("PENDING_BUILD", "BUILDING", "PENDING_DEPLOY", "DEPLOYING")


@dataclass(frozen=True)
class DigitalOcean:
    """The account that `token` opens."""

    url: str
    token: SecretStr = field(repr=False)

    async def get(self, http: httpx.AsyncClient, path: str) -> Answer:
        """GET `path`. Raises nothing."""
        headers = {"Authorization": f"Bearer {self.token.get_secret_value()}"}
        return await ask(http, f"{self.url.rstrip('/')}{path}", headers=headers)


@dataclass(frozen=True)
class Cloud:
    """Where an application runs in the account: as an app, or on droplets."""

    account: DigitalOcean
    app_id: str = ""
    droplets: tuple[int, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Deployment:
    """One deployment of an app; `phase` is the API's own word, as ACTIVE, `commit` what it was built from."""

    id: str
    phase: str
    commit: str = ""

    @property
    def says(self) -> str:
        """Such as `deployment 8f2c19ab is active (commit 9a4df0b)`."""
        built = f" (commit {self.commit[:7]})" if self.commit else ""
        return f"deployment {self.id[:8]} is {self.phase.lower().replace('_', ' ')}{built}"

    @property
    def is_under_way(self) -> bool:
        return self.phase in DEPLOYMENT_UNDER_WAY


@dataclass(frozen=True)
class AppLog:
    """The run-time log of an app: the API names an address, and the lines stand there."""

    account: DigitalOcean
    app_id: str

    async def tail(self, http: httpx.AsyncClient) -> Tail:
        asked = urlencode({"type": "RUN", "follow": "false"})
        answer = await self.account.get(http, f"/v2/apps/{self.app_id}/logs?{asked}")
        if answer.body is None:
            return Tail(fault=f"DigitalOcean {answer.fault}")
        url = _address_of(answer.body, self.account.url)
        if url is None:
            return Tail(fault="DigitalOcean names no address of the log")
        try:
            async with asyncio.timeout(LOG_WITHIN_S):
                return await _lines_at(http, url)
        except (TimeoutError, httpx.HTTPError, httpx.InvalidURL):
            return Tail(fault="the log's address does not answer")


@dataclass(frozen=True, kw_only=True)
class Cluster:
    """A managed database as it is: `engine` is "redis", "valkey" or no Redis, `size` that of each node, as
    db-s-1vcpu-1gb, `status` the API's own word."""

    engine: str
    size: str
    num_nodes: int
    status: str

    @property
    def is_online(self) -> bool:
        return self.status == "online"


@dataclass(frozen=True)
class ManagedDatabase:
    """One of the account's managed databases."""

    account: DigitalOcean
    database_id: str
    provider = "DigitalOcean"

    @property
    def resize_path(self) -> str:
        return f"/v2/databases/{self.database_id}/resize"

    async def cluster(self, http: httpx.AsyncClient) -> "Cluster | str":
        """Its size and its nodes; or why they are not known. Raises nothing."""
        found = await self._told(http)
        if isinstance(found, str):
            return found
        nodes = found.get("num_nodes")
        size, status = plain(found.get("size") or "", 60), plain(found.get("status") or "", 40)
        if not (size and status and isinstance(nodes, int)):
            return "DigitalOcean does not tell its size"
        engine = plain(found.get("engine") or "", 40)
        return Cluster(engine=engine, size=size, num_nodes=nodes, status=status)

    async def sizes(self, http: httpx.AsyncClient, cluster: Cluster) -> "tuple[str, ...] | str":
        """Which sizes there are for its engine and its number of nodes; or why they are not known."""
        answer = await self.account.get(http, "/v2/databases/options")
        options = answer.body.get("options") if answer.body else None
        if not isinstance(options, dict):
            return f"DigitalOcean {answer.fault or 'does not tell which sizes there are'}"
        return _sizes_of(options.get(cluster.engine), cluster.num_nodes)

    async def state(self, http: httpx.AsyncClient) -> State:
        found = await self._told(http)
        if isinstance(found, str):
            return State(fault=found)
        window = found.get("maintenance_window")
        is_pending = isinstance(window, dict) and window.get("pending") is True
        status = plain(found.get("status", ""), 40)
        return State(
            status=status,
            is_well=status == "online",
            notes=("maintenance is due",) if is_pending else (),
        )

    async def _told(self, http: httpx.AsyncClient) -> dict[str, Any] | str:
        answer = await self.account.get(http, f"/v2/databases/{self.database_id}")
        found = answer.body.get("database") if answer.body else None
        if isinstance(found, dict):
            return found
        return f"DigitalOcean {answer.fault or 'does not tell of this database'}"

    async def trusted(self, http: httpx.AsyncClient) -> "list[dict[str, Any]] | str":
        """Its trusted sources as {type, value}; or why they are not known."""
        answer = await self.account.get(http, f"/v2/databases/{self.database_id}/firewall")
        rules = answer.body.get("rules") if answer.body else None
        if not isinstance(rules, list):
            return f"DigitalOcean {answer.fault or 'does not tell its trusted sources'}"
        return [rule for rule in rules if isinstance(rule, dict)]


async def firewalls(http: httpx.AsyncClient, account: DigitalOcean) -> "list[dict[str, Any]] | str":
    """All firewalls of the account, five pages of them at most; or why they are not known."""
    found: list[dict[str, Any]] = []
    for page in range(1, PAGES_MOST + 1):
        answer = await account.get(http, f"/v2/firewalls?{urlencode({'page': page, 'per_page': 100})}")
        listed = answer.body.get("firewalls") if answer.body else None
        if not isinstance(listed, list):
            return f"DigitalOcean {answer.fault or 'does not tell its firewalls'}"
        found += [one for one in listed if isinstance(one, dict)]
        if not _has_next(answer.body or {}):
            break
    return found


async def newest_deployment(http: httpx.AsyncClient, cloud: Cloud) -> "Deployment | str":
    """The app's newest deployment, whatever became of it; or why it is not known."""
    asked = urlencode({"page": 1, "per_page": 1})
    answer = await cloud.account.get(http, f"/v2/apps/{cloud.app_id}/deployments?{asked}")
    listed = answer.body.get("deployments") if answer.body else None
    if not isinstance(listed, list):
        return f"DigitalOcean {answer.fault or 'does not tell its deployments'}"
    if not listed or not isinstance(listed[0], dict):
        return Deployment(id="", phase="none")
    newest = listed[0]
    services = [one for one in newest.get("services") or [] if isinstance(one, dict)]
    return Deployment(
        id=plain(newest.get("id", ""), 60),
        phase=plain(newest.get("phase", ""), 40),
        commit=plain(services[0].get("source_commit_hash") or "", 40) if services else "",
    )


def memory_of(size: str) -> int | None:
    """The GB of memory that `db-s-1vcpu-2gb` has, None where its name does not tell."""
    found = re.search(r"\d+vcpu-(\d{1,6})gb", size)
    return int(found[1]) if found else None


def _sizes_of(engine: Any, num_nodes: int) -> tuple[str, ...]:
    """Of {layouts: [{num_nodes, sizes}, …]} the sizes for that number of nodes."""
    layouts = engine.get("layouts") if isinstance(engine, dict) else None
    fits = [
        one
        for one in (layouts if isinstance(layouts, list) else [])
        if isinstance(one, dict) and one.get("num_nodes") == num_nodes and isinstance(one.get("sizes"), list)
    ]
    return tuple(size for one in fits for size in one["sizes"] if isinstance(size, str))


def _has_next(body: dict[str, Any]) -> bool:
    links = body.get("links")
    pages = links.get("pages") if isinstance(links, dict) else None
    return isinstance(pages, dict) and bool(pages.get("next"))


def _address_of(body: dict[str, Any], base: str) -> str | None:
    """Where the lines stand: https, or the scheme of the API that was configured."""
    historic = body.get("historic_urls")
    named = [*(historic if isinstance(historic, list) else []), body.get("live_url")]
    schemes = {"https", urlsplit(base).scheme}
    return next((url for url in named if isinstance(url, str) and urlsplit(url).scheme in schemes), None)


async def _lines_at(http: httpx.AsyncClient, url: str) -> Tail:
    """Without our token: the address itself is the key to it."""
    async with http.stream("GET", url, follow_redirects=False) as response:
        if response.status_code != HTTP_OK:
            return Tail(fault=f"the log's address answered HTTP {response.status_code}")
        raw, is_cut = b"", False
        async for piece in response.aiter_bytes():
            raw += piece
            if len(raw) > TAIL_MOST_BYTES:
                raw, is_cut = raw[-TAIL_MOST_BYTES:], True
    return Tail(lines_of(raw, is_cut=is_cut))
