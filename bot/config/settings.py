"""What is Pong told to do, and where does each value come from?

What may be read by all stands in pong.toml; secrets come from the environment, or from the file that
NAME_FILE names. Nothing else reads the environment.
"""

import re
import tomllib
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Self
from urllib.parse import parse_qsl, quote, unquote

from pydantic import BeforeValidator, Field, SecretStr, ValidationError, model_validator

from bot.config.forms import NAME_FAULT, PATTERN_FAULTS, SCHEDULE, WEB, Table, TargetName
from bot.config.pagerduty_table import PagerDutyTable
from bot.config.statuspage_table import StatuspageTable
from bot.config.tables import (
    AlertsTable,
    ApplicationTable,
    ApprovalTable,
    EscalationTable,
    GrafanaTable,
    PeopleTable,
    ProviderTable,
    SlackTable,
    StoreTable,
    TargetTable,
    TrendTable,
    WebTable,
)
from bot.errors import SettingsError
from bot.postgres.table import DatabaseTable

# The environment has room for one text: several addresses stand in it with commas between.
Addresses = Annotated[
    tuple[Annotated[str, Field(pattern=WEB)], ...],
    BeforeValidator(lambda given: re.findall(r"[^\s,]+", given) if isinstance(given, str) else given),
]

SECRET_NAMES = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "ALERTMANAGER_WEBHOOK_TOKEN",
    "ALERTMANAGER_API_TOKEN",
    "GRAFANA_WEBHOOK_SECRET",
    "PAGERDUTY_WEBHOOK_SECRET",
    "DIGITALOCEAN_TOKEN",
    "UPSTASH_EMAIL",
    "UPSTASH_API_KEY",
    "CLOUDFLARE_API_TOKEN",
    "GITHUB_TOKEN",
    "PAGERDUTY_API_TOKEN",
    "PAGERDUTY_FROM",
    "PAGERDUTY_ROUTING_KEY",
    "STATUSPAGE_API_KEY",
)
# What the environment may say of addresses, and the setting that it becomes.
ADDRESSES = {
    "DATABASE_URL": "database_url",
    "PROMETHEUS_URL": "prometheus_url",
    "ALERTMANAGER_URL": "alertmanager_url",
    "DIGITALOCEAN_API_URL": "digitalocean_api_url",
    "UPSTASH_API_URL": "upstash_api_url",
    "CLOUDFLARE_API_URL": "cloudflare_api_url",
    "GITHUB_API_URL": "github_api_url",
    "PAGERDUTY_API_URL": "pagerduty_api_url",
    "PAGERDUTY_EVENTS_URL": "pagerduty_events_url",
    "STATUSPAGE_API_URL": "statuspage_api_url",
}


class Settings(Table):
    """All of it. Build it with `load`."""

    slack: SlackTable
    people: PeopleTable = PeopleTable()
    escalation: EscalationTable = EscalationTable()
    approval: ApprovalTable = ApprovalTable()
    alerts: AlertsTable = AlertsTable()
    grafana: GrafanaTable = GrafanaTable()
    pagerduty: PagerDutyTable = PagerDutyTable()
    statuspage: StatuspageTable = StatuspageTable()
    trend: TrendTable = TrendTable()
    store: StoreTable = StoreTable()
    targets: dict[TargetName, TargetTable] = Field(default_factory=dict)
    applications: dict[TargetName, ApplicationTable] = Field(default_factory=dict)
    databases: dict[TargetName, DatabaseTable] = Field(default_factory=dict)
    providers: dict[str, ProviderTable] = Field(default_factory=dict)
    prometheus_url: str | None = Field(None, pattern=r"^https?://")
    alertmanager_url: Addresses = ()  # instances of one Alertmanager
    digitalocean_api_url: str = Field("https://api.digitalocean.com", pattern=WEB)
    upstash_api_url: str = Field("https://api.upstash.com", pattern=WEB)
    cloudflare_api_url: str = Field("https://api.cloudflare.com", pattern=WEB)
    github_api_url: str = Field("https://api.github.com", pattern=WEB)
    pagerduty_api_url: str = Field("https://api.pagerduty.com", pattern=WEB)
    pagerduty_events_url: str = Field("https://events.pagerduty.com", pattern=WEB)
    statuspage_api_url: str = Field("https://api.statuspage.io", pattern=WEB)
    web: WebTable = WebTable()
    links: tuple[str, ...] = ()  # hosts that Pong may link to, as in an alert's own link
    runbook_url: str | None = Field(None, pattern=r"^https?://[^\s|<>]+$")
    database_url: str = "sqlite:///pong.db"
    secrets: dict[str, SecretStr] = Field(default_factory=dict, repr=False)
    inherited: dict[str, str] = Field(default_factory=dict, repr=False)  # by configured commands: no secret

    @model_validator(mode="after")
    def _names_differ(self) -> Self:
        """People type them, and one incident is about one of them."""
        named = Counter((*self.targets, *self.applications, *self.databases))
        if twice := [name for name, times in named.items() if times > 1]:
            raise ValueError(
                f"{', '.join(twice)}: a target, an application and a database need names of their own"
            )
        return self

    def secret(self, name: str) -> str | None:
        """The value of the secret `name`, or None when it is not set."""
        value = self.secrets.get(name)
        return value.get_secret_value() if value else None

    def secret_values(self) -> list[str]:
        """Every secret, for the redactor; of an address with a password, the password too."""
        values = [value.get_secret_value() for value in self.secrets.values()]
        of_pagerduty = re.findall(r"[^\s,]+", self.secret("PAGERDUTY_WEBHOOK_SECRET") or "")
        return values + of_pagerduty + [part for value in values for part in _password_of(value)]


def _password_of(value: str) -> list[str]:
    head, at, rest = value.rpartition("@")
    _, scheme, credentials = head.partition("://")
    password = credentials.partition(":")[2]
    asked = dict(parse_qsl((rest or value).partition("?")[2]))
    hidden = [asked.get(name, "") for name in ("sentinel_password", "password", "sslpassword")]
    parts = [password, unquote(password)] if at and scheme else []
    return [part for part in (*parts, *hidden, *map(quote, hidden)) if part]


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """pong.toml at `path` and the secrets in `environment`, checked.

    Raises SettingsError naming everything that is wrong or missing in the file at once. Whether the
    secrets that a command needs are there is the command's own question: see `missing_to_run`.
    """
    table = _read(path)
    table["secrets"] = {name: value for name in _names(table) if (value := _secret(name, environment))}
    table["inherited"] = _without_secrets(environment, table)
    table |= {setting: url for name, setting in ADDRESSES.items() if (url := environment.get(name))}
    if (url := environment.get("SLACK_API_URL")) and isinstance(table.setdefault("slack", {}), dict):
        table["slack"]["api_url"] = url
    try:
        return Settings.model_validate(table)
    except ValidationError as error:
        raise SettingsError(_in_words(path, error)) from None


def _names(table: dict[str, Any]) -> list[str]:
    """The secrets that this pong.toml asks for."""
    targets = table.get("targets")
    tables = targets.values() if isinstance(targets, dict) else ()
    of_targets = [
        name
        for target in tables
        if isinstance(target, dict)
        for name in (
            target.get("url_env", "REDIS_URL"),
            target.get("rest_token_env", "UPSTASH_REDIS_REST_TOKEN"),
            target.get("remediation_url_env", "REDIS_REMEDIATION_URL"),
        )
    ]
    databases = table.get("databases")
    of_databases = [
        one.get("url_env", "POSTGRES_URL")
        for one in (databases.values() if isinstance(databases, dict) else ())
        if isinstance(one, dict)
    ]
    asked = (name for name in (*of_targets, *of_databases) if isinstance(name, str))
    return sorted({*SECRET_NAMES, *asked})


def _without_secrets(environment: Mapping[str, str], table: dict[str, Any]) -> dict[str, str]:
    names = {part for name in _names(table) for part in (name, f"{name}_FILE")}
    return {
        name: value for name, value in environment.items() if name not in names and name != "DATABASE_URL"
    }


def missing_to_run(settings: Settings) -> list[str]:
    """What `pong run` still lacks: one line each, with where to get it."""
    lines = []
    if not settings.secret("SLACK_BOT_TOKEN"):
        lines.append(
            "SLACK_BOT_TOKEN: api.slack.com/apps, your app, OAuth & Permissions, Bot User OAuth Token"
        )
    if not settings.secret("SLACK_APP_TOKEN") and not settings.secret("SLACK_SIGNING_SECRET"):
        lines.append(
            "SLACK_APP_TOKEN: your app, Basic Information, App-Level Tokens, with connections:write "
            "(Socket Mode); "
            "or SLACK_SIGNING_SECRET: your app, Basic Information, App Credentials (HTTP)"
        )
    for name, target in settings.targets.items():
        if not settings.secret(target.url_env):
            lines.append(
                f"{target.url_env}: the address of {name}, redis://user:password@host:6379, a read-only user"
            )
    lines += [
        f"{table.url_env}: the address of {name}, postgresql://user:password@host:5432/name, with few rights"
        for name, table in settings.databases.items()
        if not settings.secret(table.url_env)
    ]
    lines += _of_services(settings)
    if not settings.targets:
        lines.append("[targets.NAME] in pong.toml: at least one Redis to look after")
    return lines


def _of_services(settings: Settings) -> list[str]:
    """The tokens of the services that pong.toml names something of."""
    applications, targets = settings.applications.values(), settings.targets.values()
    at_digitalocean = any(one.digitalocean_app_id or one.digitalocean_droplet_ids for one in applications)
    wanted = {
        "CLOUDFLARE_API_TOKEN": any(one.cloudflare_zone_id for one in applications),
        "DIGITALOCEAN_TOKEN": at_digitalocean or any(one.digitalocean_database_id for one in targets),
        "PAGERDUTY_API_TOKEN": _asks_pagerduty(settings),
        "PAGERDUTY_FROM": bool(settings.pagerduty.approvers_policy),
        "STATUSPAGE_API_KEY": bool(settings.statuspage.page_id),
        "GITHUB_TOKEN": any(one.fallback_workflow for one in applications),
        "UPSTASH_EMAIL": any(one.upstash_database_id for one in targets),
        "UPSTASH_API_KEY": any(one.upstash_database_id for one in targets),
    }
    missing = [name for name, is_wanted in wanted.items() if is_wanted and not settings.secret(name)]
    return [f"{name}: pong.toml names something of that service" for name in missing]


def _asks_pagerduty(settings: Settings) -> bool:
    people, table = settings.people, settings.pagerduty
    if table.approvers_policy or table.on_call_schedule or table.on_call_policy:
        return True
    viewers = () if people.viewers == "everyone" else people.viewers
    return any(id.startswith(SCHEDULE) for id in (*viewers, *people.responders, *people.approvers))


def _read(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text("utf-8"))
    except FileNotFoundError:
        raise SettingsError(
            f"There is no {path}: copy pong.example.toml to it and fill in your ids."
        ) from None
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise SettingsError(f"{path} is not valid TOML: {error}.") from None


def _secret(name: str, environment: Mapping[str, str]) -> str | None:
    if value := environment.get(name, "").strip():
        return value
    if file := environment.get(f"{name}_FILE"):
        try:
            return Path(file).read_text("utf-8").strip() or None
        except (OSError, UnicodeDecodeError) as error:
            why = getattr(error, "strerror", None) or "it is no text"
            raise SettingsError(f"{name}_FILE names {file}, which cannot be read: {why}.") from None
    return None


def _in_words(path: Path, error: ValidationError) -> str:
    lines = [f"{path}: {len(error.errors())} thing(s) to mend:"]
    for fault in error.errors(include_input=False, include_url=False):
        place = ".".join(str(part) for part in fault["loc"] if part != "[key]")
        is_name = "[key]" in fault["loc"]
        pattern = str(fault.get("ctx", {}).get("pattern", ""))
        own = fault["msg"].removeprefix("Value error, ")
        told = NAME_FAULT if is_name else PATTERN_FAULTS.get(pattern, own)
        lines.append(f"  {place}: {told}")
    return "\n".join(lines)
