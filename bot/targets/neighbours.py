"""What beside a Redis does pong.toml name: applications and databases, and what is read for all of them?

docs/running.md lists the tables.
"""

from collections.abc import Callable
from typing import TypeVar

from bot.applications.health import Application
from bot.applications.log_file import LogFile
from bot.applications.logs import LogSource
from bot.config.settings import Settings
from bot.config.tables import TargetTable
from bot.errors import BadInput, SettingsError
from bot.postgres.postgres import PORT, Postgres, parse
from bot.postgres.table import DatabaseTable
from bot.providers.digitalocean import AppLog
from bot.targets.apps import digitalocean
from bot.targets.named import Named
from bot.text import plain

Read = TypeVar("Read")


def read(settings: Settings, variable: str, reads: Callable[[str], Read]) -> Read | None:
    url = settings.secret(variable)
    if not url:
        return None
    try:
        return reads(url)
    except BadInput as error:
        raise SettingsError(f"{variable}: {error}") from None


def application_of(settings: Settings, name: str | None) -> Application | None:
    if name is None:
        return None
    table = settings.applications.get(name)
    if table is None:
        raise SettingsError(
            f"A target names the application {plain(name, 60)}, which pong.toml does not have."
        )
    logs: list[LogSource] = [LogFile(path) for path in table.log_files]
    if table.digitalocean_app_id:
        logs.append(AppLog(digitalocean(settings), table.digitalocean_app_id))
    urls = {"health_url": table.health_url, "metrics_url": table.metrics_url}
    return Application(
        name=name,
        logs=tuple(logs),
        path_command=table.path_command,
        restart_command=table.restart_command,
        fallback_on_command=table.fallback_on_command,
        fallback_off_command=table.fallback_off_command,
        credentials_command=table.credentials_command,
        slow_over_ms=table.health_slow_over_ms,
        databases=tuple(one for one, of in settings.databases.items() if of.application == name),
        **urls,
    )


def links_of(table: TargetTable | DatabaseTable) -> tuple[tuple[str, str], ...]:
    named = (("Grafana", table.grafana_url), ("Console", table.console_url))
    return tuple((label, url) for label, url in named if url)


def applications_of(settings: Settings) -> Named[Application]:
    tables = settings.applications
    return Named(
        {
            name: one
            for name, table in tables.items()
            if table.health_url and (one := application_of(settings, name))
        },
        {name: table.labels for name, table in tables.items()},
        {
            name: f"health_url in [applications.{name}]"
            for name, table in tables.items()
            if not table.health_url
        },
        word="application",
    )


def databases_of(settings: Settings) -> Named[Postgres]:
    tables = settings.databases
    addresses = {name: read(settings, table.url_env, parse) for name, table in tables.items()}
    return Named(
        {name: _postgres(settings, name, said) for name, said in addresses.items() if said},
        {name: table.labels for name, table in tables.items()},
        {name: table.url_env for name, table in tables.items() if not addresses[name]},
        word="database",
    )


def _postgres(settings: Settings, name: str, said: dict[str, str]) -> Postgres:
    table = settings.databases[name]
    return Postgres(
        name=name,
        host=said["host"],
        port=int(said.get("port", PORT)),
        said=said,
        application=application_of(settings, table.application),
        thresholds=table.thresholds,
        links=links_of(table),
    )
