"""Which Redis is meant: by the name that a person types, or by the labels of an alert?

The names, labels and applications are pong.toml's: see bot/config/settings.py.
"""

from dataclasses import dataclass, field, replace
from urllib.parse import urlencode

from pydantic import SecretStr

from bot.applications.health import Application
from bot.config.settings import Settings
from bot.config.tables import TargetTable, ThresholdsTable
from bot.errors import BadInput, SettingsError
from bot.postgres.postgres import Postgres
from bot.providers.app_spec import App
from bot.providers.cloudflare import Zone
from bot.providers.database import Database
from bot.providers.digitalocean import Cloud, ManagedDatabase
from bot.providers.github import Workflow
from bot.providers.status_page import Provider
from bot.providers.upstash import UpstashDatabase
from bot.runbooks.runbook import LooksAt
from bot.targets.address import Address
from bot.targets.apps import apps_of, digitalocean
from bot.targets.endpoint import Endpoint, parse_endpoint
from bot.targets.named import Named, not_found
from bot.targets.neighbours import application_of, applications_of, databases_of, links_of, read
from bot.targets.primary import Changeable, parse_changeable
from bot.targets.rest import Rest
from bot.text import plain

DEFAULT_USER = (None, "", "default")


@dataclass(frozen=True, kw_only=True)
class Traffic:
    """Where an application's requests a second are asked for, and over how many they are high."""

    url: str = field(repr=False)
    high_per_s: float | None = None


@dataclass(frozen=True, kw_only=True)
class Target:
    """One Redis that Pong looks after. Without `remediation` it is looked at only.

    `is_replica`: it is meant to be one. `database` is it at its provider, `cloud` where its application
    runs, `zone` what guards that, `workflow` what switches its fallback mode; `links` are (label, URL);
    `maxmemory_most_bytes` is how far its limit may be raised. `users` are the two of Redis that take turns,
    `consumers` who is told when they do; `own_secrets` are the variables that let Pong in as the default user
    or by a REST token. `apps` are those of its applications that run at DigitalOcean's App Platform.
    """

    name: str
    address: Endpoint
    remediation: Changeable | None = None
    application: Application | None = None
    thresholds: ThresholdsTable = field(default_factory=ThresholdsTable)
    memory_limit_bytes: int | None = None
    is_replica: bool = False
    provider: Provider | None = None
    database: Database | None = None
    cloud: Cloud | None = None
    queues: tuple[str, ...] = ()
    traffic: Traffic | None = None
    links: tuple[tuple[str, str], ...] = ()
    zone: Zone | None = None
    workflow: Workflow | None = None
    restart_command: tuple[str, ...] = ()
    snapshot_command: tuple[str, ...] = ()
    maxmemory_most_bytes: int | None = None
    may_flush_all: bool = False
    users: tuple[str, ...] = ()
    consumers: tuple[Application, ...] = ()
    own_secrets: tuple[str, ...] = ()
    apps: tuple[App, ...] = ()

    def app_of(self, application: str) -> App | None:
        return next((app for app in self.apps if app.application == application), None)

    def app_by_id(self, id: str) -> App | None:
        return next((app for app in self.apps if app.app_id == id), None)


class Targets(Named[Target]):
    """The configured Redises, and beside them what else an incident can be about."""

    applications: Named[Application] = Named({}, word="application")
    databases: Named[Postgres] = Named({}, word="database")

    @classmethod
    def from_settings(cls, settings: Settings) -> "Targets":
        """The targets of pong.toml. Raises SettingsError for an address that cannot be read."""
        with_address = [name for name, table in settings.targets.items() if settings.secret(table.url_env)]
        found = cls(
            {name: _target(settings, name) for name in with_address},
            {name: table.labels for name, table in settings.targets.items()},
            {name: table.url_env for name, table in settings.targets.items() if name not in with_address},
        )
        found.applications = applications_of(settings)
        found.databases = databases_of(settings)
        return found

    def among(self, kind: LooksAt) -> "Named[Target] | Named[Application] | Named[Postgres]":
        """All of what a runbook looks at."""
        if kind is LooksAt.DATABASE:
            return self.databases
        return self.applications if kind is LooksAt.APPLICATION else self

    @property
    def all_names(self) -> tuple[str, ...]:
        """Of whatever an incident can be about."""
        return tuple(name for kind in LooksAt for name in self.among(kind).names)

    def kind_of(self, name: str) -> LooksAt | None:
        """What the thing of this name is; None where there is none."""
        return next((kind for kind in LooksAt if name in self.among(kind).names), None)

    def find(self, name: str = "") -> "tuple[LooksAt, Target | Application | Postgres]":
        """The thing called `name`, of whatever kind; without a name, the only Redis. Raises BadInput."""
        if not name:
            return LooksAt.REDIS, self.get()
        if kind := self.kind_of(name):
            return kind, self.among(kind).get(name)
        all_of_them = [self.among(kind) for kind in LooksAt if self.among(kind).names]
        names = tuple(name for one in all_of_them for name in one.names)
        listed = " ".join(one.listed for one in all_of_them) or self.listed
        raise BadInput(not_found(self.word, name, names, listed))


def _target(settings: Settings, name: str) -> Target:
    table = settings.targets[name]
    address = read(settings, table.url_env, parse_endpoint)
    if address is None:
        raise SettingsError(f"{name} has no address: set {table.url_env}.")
    if isinstance(address, Rest) and address.token is None:
        address = replace(address, token=_token(settings, table.rest_token_env))
    return Target(
        name=name,
        address=address,
        remediation=read(settings, table.remediation_url_env, parse_changeable),
        application=application_of(settings, table.application),
        thresholds=table.thresholds,
        memory_limit_bytes=table.memory_limit_bytes,
        is_replica=table.role == "replica",
        provider=_provider(settings, table.provider),
        database=_database(settings, name),
        cloud=_cloud(settings, table.application),
        links=links_of(table),
        queues=table.queues,
        traffic=_traffic(settings, table.application),
        zone=_zone(settings, table.application),
        workflow=_workflow(settings, table.application),
        restart_command=table.restart_command,
        snapshot_command=table.snapshot_command,
        maxmemory_most_bytes=table.maxmemory_most_bytes,
        may_flush_all=table.flushall,
        users=table.users,
        consumers=_consumers(settings, table),
        own_secrets=_own_secrets(settings, table),
        apps=apps_of(settings, table),
    )


def _token(settings: Settings, variable: str) -> SecretStr:
    token = settings.secret(variable)
    if not token:
        raise SettingsError(f"The address of a REST API needs its token: set {variable}.")
    return SecretStr(token)


def _consumers(settings: Settings, table: TargetTable) -> tuple[Application, ...]:
    """Those that are listed, or else the target's application."""
    names = table.consumers or ((table.application,) if table.application else ())
    return tuple(one for name in names if (one := application_of(settings, name)))


def _own_secrets(settings: Settings, table: TargetTable) -> tuple[str, ...]:
    looks, changes = read(settings, table.url_env, parse_endpoint), table.remediation_url_env
    found = [table.url_env] if isinstance(looks, Address) and looks.user in DEFAULT_USER else []
    if isinstance(looks, Rest):
        found = [table.url_env if looks.token else table.rest_token_env]
    address = read(settings, changes, parse_changeable)
    is_default = isinstance(address, Address) and address.user in DEFAULT_USER
    return (*found, *((changes,) if is_default else ()))


def _cloud(settings: Settings, application: str | None) -> Cloud | None:
    table = settings.applications.get(application or "")
    if table is None or not (table.digitalocean_app_id or table.digitalocean_droplet_ids):
        return None
    return Cloud(digitalocean(settings), table.digitalocean_app_id or "", table.digitalocean_droplet_ids)


def _zone(settings: Settings, application: str | None) -> Zone | None:
    table = settings.applications.get(application or "")
    if table is None or not table.cloudflare_zone_id:
        return None
    token = settings.secret("CLOUDFLARE_API_TOKEN")
    if not token:
        raise SettingsError("pong.toml names a zone at Cloudflare: set CLOUDFLARE_API_TOKEN.")
    never, path = table.cloudflare_never_block, table.cloudflare_limit_path
    return Zone(settings.cloudflare_api_url, SecretStr(token), table.cloudflare_zone_id, never, path)


def _workflow(settings: Settings, application: str | None) -> Workflow | None:
    table = settings.applications.get(application or "")
    if table is None or not table.fallback_workflow:
        return None
    if not table.github_repository:
        raise SettingsError("pong.toml names a fallback_workflow: set github_repository beside it.")
    token = settings.secret("GITHUB_TOKEN")
    if not token:
        raise SettingsError("pong.toml names a workflow at GitHub: set GITHUB_TOKEN.")
    repository, file = table.github_repository, table.fallback_workflow
    return Workflow(settings.github_api_url, SecretStr(token), repository, file, table.github_ref)


def _database(settings: Settings, name: str) -> Database | None:
    table = settings.targets[name]
    if table.digitalocean_database_id:
        return ManagedDatabase(digitalocean(settings), table.digitalocean_database_id)
    if not table.upstash_database_id:
        return None
    email, key = settings.secret("UPSTASH_EMAIL"), settings.secret("UPSTASH_API_KEY")
    if not (email and key):
        raise SettingsError(f"{name} is a database at Upstash: set UPSTASH_EMAIL and UPSTASH_API_KEY.")
    return UpstashDatabase(settings.upstash_api_url, email, SecretStr(key), table.upstash_database_id)


def _provider(settings: Settings, name: str | None) -> Provider | None:
    if name is None:
        return None
    table = settings.providers.get(name)
    if table is None:
        raise SettingsError(f"A target names the provider {plain(name, 60)}, which pong.toml does not have.")
    return Provider(name=name, status_url=table.status_url)


def _traffic(settings: Settings, application: str | None) -> Traffic | None:
    table = settings.applications.get(application or "")
    if table is None or table.traffic_query is None or settings.prometheus_url is None:
        return None
    asked = urlencode({"query": table.traffic_query})
    url = f"{settings.prometheus_url.rstrip('/')}/api/v1/query?{asked}"
    return Traffic(url=url, high_per_s=table.traffic_high_per_s)
