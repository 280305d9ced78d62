"""What is Pong told to do, and where does each value come from?

What may be read by all stands in pong.toml; secrets come from the environment, or from the file that
NAME_FILE names. Nothing else reads the environment.
"""

import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any, Literal
from urllib.parse import parse_qsl, quote, unquote
from zoneinfo import available_timezones

from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from bot.errors import SettingsError

SECRET_NAMES = (
    "SLACK_BOT_TOKEN",
    "SLACK_APP_TOKEN",
    "SLACK_SIGNING_SECRET",
    "ALERTMANAGER_WEBHOOK_TOKEN",
    "DIGITALOCEAN_TOKEN",
    "UPSTASH_EMAIL",
    "UPSTASH_API_KEY",
)
# What the environment may say of addresses, and the setting that it becomes.
ADDRESSES = {
    "DATABASE_URL": "database_url",
    "PROMETHEUS_URL": "prometheus_url",
    "DIGITALOCEAN_API_URL": "digitalocean_api_url",
    "UPSTASH_API_URL": "upstash_api_url",
}


ID = r"^[A-Za-z0-9_-]{1,100}$"
WEB = r"^https?://[^\s|<>]+$"


class _Table(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


NAME_FAULT = "a name is one word of at most 60 letters, digits and . _ : - (people type it after a command)"
TargetName = Annotated[str, Field(pattern=r"^[A-Za-z0-9][A-Za-z0-9._:-]{0,59}$")]
UserOrGroup = Annotated[str, Field(pattern=r"^[UWS][A-Z0-9]{2,20}$")]


class SlackTable(_Table):
    """Where Pong works. Ids, not names: names can be changed by anybody."""

    team: str = Field(pattern=r"^[TE][A-Z0-9]{2,20}$")
    incidents_channel: str = Field(pattern=r"^[CG][A-Z0-9]{2,20}$")
    other_channels: tuple[str, ...] = ()
    api_url: str = "https://slack.com/api/"
    time_zone: str = "UTC"

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone} is no time zone: write it like Europe/Berlin")
        return zone


class PeopleTable(_Table):
    """Who may do what: user ids (U…) or user groups (S…). An empty set permits nobody."""

    viewers: tuple[UserOrGroup, ...] | Literal["everyone"] = "everyone"
    responders: tuple[UserOrGroup, ...] = ()
    approvers: tuple[UserOrGroup, ...] = ()


class EscalationTable(_Table):
    """Who is pinged, and when. Lengths in minutes."""

    on_call: tuple[UserOrGroup, ...] = ()
    next_rung: tuple[UserOrGroup, ...] = ()
    senior: tuple[UserOrGroup, ...] = ()
    unacknowledged_after_min: float = Field(5, gt=0)
    unresolved_after_min: float = Field(30, gt=0)
    hold_min: float = Field(15, gt=0)
    update_every_min: float = Field(10, gt=0)


class ApprovalTable(_Table):
    """How long an approval stands, in minutes."""

    to_approve_min: float = Field(15, gt=0)
    to_execute_min: float = Field(5, gt=0)


class AlertsTable(_Table):
    unmatched: Literal["count", "open"] = "count"
    incidents_per_hour: int = Field(20, ge=1)


class ThresholdsTable(_Table):
    """What counts as sick; percentages of 100."""

    memory_warning_percent: float = 80
    memory_critical_percent: float = 90
    memory_goal_percent: float = 70
    connected_clients: int = 10_000
    clients_percent: float = 90
    hit_rate_percent: float = 70
    response_ms: float = 100
    queue_depth: int = 1_000


class TrendTable(_Table):
    """How often a target's figures are kept while an incident is open; 0 is never."""

    every_s: float = Field(15, ge=0, le=600)


class TargetTable(_Table):
    """One Redis. Its addresses are secrets: the environment variables named here hold them."""

    url_env: str = "REDIS_URL"
    rest_token_env: str = "UPSTASH_REDIS_REST_TOKEN"  # noqa: S105 - a name, no token
    remediation_url_env: str = "REDIS_REMEDIATION_URL"
    role: Literal["primary", "replica"] = "primary"
    labels: dict[str, str] = {}
    application: str | None = None
    memory_limit_bytes: int | None = Field(None, gt=0)
    provider: str | None = None
    upstash_database_id: str | None = Field(None, pattern=ID)
    digitalocean_database_id: str | None = Field(None, pattern=ID)
    console_url: str | None = Field(None, pattern=WEB)
    grafana_url: str | None = Field(None, pattern=WEB)
    queues: tuple[str, ...] = ()
    thresholds: ThresholdsTable = ThresholdsTable()


class ApplicationTable(_Table):
    """An application that uses Redis."""

    health_url: str | None = None
    metrics_url: str | None = None
    traffic_query: str | None = None
    traffic_high_per_s: float | None = Field(None, gt=0)
    log_files: tuple[Path, ...] = ()
    path_command: tuple[str, ...] = ()
    digitalocean_app_id: str | None = Field(None, pattern=ID)
    digitalocean_droplet_ids: tuple[int, ...] = ()


class ProviderTable(_Table):
    """Whoever runs a Redis for us."""

    status_url: str | None = Field(None, pattern=r"^https?://")


class WebTable(_Table):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)


class Settings(_Table):
    """All of it. Build it with `load`."""

    slack: SlackTable
    people: PeopleTable = PeopleTable()
    escalation: EscalationTable = EscalationTable()
    approval: ApprovalTable = ApprovalTable()
    alerts: AlertsTable = AlertsTable()
    trend: TrendTable = TrendTable()
    targets: dict[TargetName, TargetTable] = {}
    applications: dict[str, ApplicationTable] = {}
    providers: dict[str, ProviderTable] = {}
    prometheus_url: str | None = Field(None, pattern=r"^https?://")
    digitalocean_api_url: str = Field("https://api.digitalocean.com", pattern=WEB)
    upstash_api_url: str = Field("https://api.upstash.com", pattern=WEB)
    web: WebTable = WebTable()
    links: tuple[str, ...] = ()  # hosts that Pong may link to, as in an alert's own link
    runbook_url: str | None = Field(None, pattern=r"^https?://[^\s|<>]+$")
    database_url: str = "sqlite:///pong.db"
    secrets: dict[str, SecretStr] = Field(default_factory=dict, repr=False)

    def secret(self, name: str) -> str | None:
        """The value of the secret `name`, or None when it is not set."""
        value = self.secrets.get(name)
        return value.get_secret_value() if value else None

    def secret_values(self) -> list[str]:
        """Every secret, for the redactor; of an address with a password, the password too."""
        values = [value.get_secret_value() for value in self.secrets.values()]
        return values + [part for value in values for part in _password_of(value)]


def _password_of(value: str) -> list[str]:
    head, at, rest = value.rpartition("@")
    _, scheme, credentials = head.partition("://")
    password = credentials.partition(":")[2]
    of_sentinels = dict(parse_qsl((rest or value).partition("?")[2])).get("sentinel_password", "")
    parts = [password, unquote(password)] if at and scheme else []
    return [part for part in (*parts, of_sentinels, quote(of_sentinels)) if part]


def load(path: Path, environment: Mapping[str, str]) -> Settings:
    """pong.toml at `path` and the secrets in `environment`, checked.

    Raises SettingsError naming everything that is wrong or missing in the file at once. Whether the
    secrets that a command needs are there is the command's own question: see `missing_to_run`.
    """
    table = _read(path)
    table["secrets"] = {name: value for name in _names(table) if (value := _secret(name, environment))}
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
    return sorted({*SECRET_NAMES, *(name for name in of_targets if isinstance(name, str))})


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
    if not settings.targets:
        lines.append("[targets.NAME] in pong.toml: at least one Redis to look after")
    return lines


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
        lines.append(f"  {place}: {NAME_FAULT if is_name else fault['msg']}")
    return "\n".join(lines)
