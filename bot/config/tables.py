"""What may stand in pong.toml, table by table, and with which defaults?

docs/running.md lists all of it for those who fill it in.
"""

from ipaddress import ip_network
from pathlib import Path
from typing import Annotated, Literal, Self
from zoneinfo import available_timezones

from pydantic import Field, field_validator, model_validator

from bot.config.app_settings import FLAG, VARIABLE, fault_of, without_password
from bot.config.forms import (
    CHANNEL,
    EMAIL,
    HEADER,
    ID,
    REF,
    REPOSITORY,
    TEAM,
    URL_PATH,
    WEB,
    WORKFLOW,
    Member,
    Table,
    User,
    UserName,
    UserOrGroup,
)


class SlackTable(Table):
    """Where Pong works. Ids, not names: names can be changed by anybody."""

    team: str = Field(pattern=TEAM)
    incidents_channel: str = Field(pattern=CHANNEL)
    other_channels: tuple[str, ...] = ()
    api_url: str = "https://slack.com/api/"
    time_zone: str = "UTC"

    @field_validator("time_zone")
    @classmethod
    def _known_zone(cls, zone: str) -> str:
        if zone not in available_timezones():
            raise ValueError(f"{zone} is no time zone: write it like Europe/Berlin")
        return zone


class PeopleTable(Table):
    """Who may do what: user ids (U…), user groups (S…), or whoever is on call by a schedule of PagerDuty's
    (pagerduty:P…). An empty set permits nobody. `break_glass`: users who may do alone what else needs another
    person, where [approval] allows it."""

    viewers: tuple[Member, ...] | Literal["everyone"] = "everyone"
    responders: tuple[Member, ...] = ()
    approvers: tuple[Member, ...] = ()
    break_glass: tuple[User, ...] = ()


Minutes = Annotated[float, Field(gt=0)]
Severity = Literal["P1", "P2", "P3", "P4"]
SEVERITIES: tuple[Severity, ...] = ("P1", "P2", "P3", "P4")


class RungTable(Table):
    """One more rung after the senior engineer: whom it calls, `after_min` minutes after the incident began.
    `provider_support`: with a mail to the provider's support, drafted."""

    after_min: float = Field(gt=0)
    people: tuple[UserOrGroup, ...] = ()
    provider_support: bool = False


class EscalationTable(Table):
    """Who is pinged, and when. Lengths in minutes."""

    on_call: tuple[UserOrGroup, ...] = ()
    next_rung: tuple[UserOrGroup, ...] = ()
    senior: tuple[UserOrGroup, ...] = ()
    unacknowledged_after_min: float = Field(5, gt=0)
    unresolved_after_min: float = Field(30, gt=0)
    hold_min: float = Field(15, gt=0)
    update_every_min: float = Field(10, gt=0)
    update_every_min_by_severity: dict[Severity, Minutes] = Field({"P1": 5, "P3": 30, "P4": 60})
    remind_before_min: float = Field(2, ge=0)
    rungs: tuple[RungTable, ...] = ()

    @model_validator(mode="after")
    def _upwards(self) -> Self:
        after = [rung.after_min for rung in self.ladder]
        if after != sorted(set(after)):
            raise ValueError(
                "each rung has to come later than the one before it, the first after the senior's"
            )
        return self

    @property
    def ladder(self) -> tuple[RungTable, ...]:
        """All rungs, the senior engineer's first."""
        return (RungTable(after_min=self.unresolved_after_min, people=self.senior), *self.rungs)

    def every_min(self, severity: str) -> float:
        """How often an incident of this severity is reported on."""
        return next(
            (every for name, every in self.update_every_min_by_severity.items() if name == severity),
            self.update_every_min,
        )


class ApprovalTable(Table):
    """How long an approval stands, in minutes; how many people have to give it, by the remediation's name;
    how many plans that lose data may begin in an hour on one target; for which remediations whoever stands
    in people.break_glass needs nobody else, and how long everybody else can then still stop it."""

    to_approve_min: float = Field(15, gt=0)
    to_execute_min: float = Field(5, gt=0)
    data_losing_per_hour: int = Field(3, ge=1)
    need: dict[str, Annotated[int, Field(ge=1, le=10)]] = Field(default_factory=dict)
    break_glass: tuple[str, ...] = ()
    break_glass_delay_min: float = Field(2, ge=1, le=15)


class GrafanaTable(Table):
    """`timestamp_header`: the header in which its webhooks say when they were signed."""

    timestamp_header: str = Field("X-Grafana-Alerting-Timestamp", pattern=HEADER)


class RuleTable(Table):
    """Which runbook, which target, or both, the alerts have that come from `source` with such a `name` (or
    title) and such labels: literally, or by a pattern with * ? [abc]. The first rule that fits counts."""

    source: str | None = None
    name: str | None = None
    labels: dict[str, str] = Field(default_factory=dict)
    runbook: str | None = None
    target: str | None = None

    @model_validator(mode="after")
    def _whole(self) -> "RuleTable":
        if not (self.runbook or self.target):
            raise ValueError("a rule chooses a runbook, a target, or both")
        if self.source is None and self.name is None and not self.labels:
            raise ValueError('a rule says which alerts it is for: source, name or labels (name = "*" is all)')
        return self


class AlertsTable(Table):
    unmatched: Literal["count", "open"] = "count"
    incidents_per_hour: int = Field(20, ge=1)
    drills_only: bool = False  # as in a staging workspace
    rules: tuple[RuleTable, ...] = ()


class ThresholdsTable(Table):
    """What counts as sick; percentages of 100."""

    memory_warning_percent: float = 80
    memory_critical_percent: float = 90
    memory_goal_percent: float = 70
    connected_clients: int = 10_000
    clients_percent: float = 90
    hit_rate_percent: float = 70
    response_ms: float = 100
    queue_depth: int = 1_000


class TrendTable(Table):
    """How often a target's figures are kept while an incident is open; 0 is never."""

    every_s: float = Field(15, ge=0, le=600)


class StoreTable(Table):
    """For how long the words of what was worked on and said are kept; 0 is for ever."""

    keep_days: int = Field(90, ge=0, le=36_500)


class TargetTable(Table):
    """One Redis. Its addresses are secrets: the environment variables named here hold them."""

    url_env: str = "REDIS_URL"
    rest_token_env: str = "UPSTASH_REDIS_REST_TOKEN"  # noqa: S105 - a name, no token
    remediation_url_env: str = "REDIS_REMEDIATION_URL"
    role: Literal["primary", "replica"] = "primary"
    labels: dict[str, str] = Field(default_factory=dict)
    application: str | None = None
    memory_limit_bytes: int | None = Field(None, gt=0)
    provider: str | None = None
    upstash_database_id: str | None = Field(None, pattern=ID)
    digitalocean_database_id: str | None = Field(None, pattern=ID)
    console_url: str | None = Field(None, pattern=WEB)
    grafana_url: str | None = Field(None, pattern=WEB)
    queues: tuple[str, ...] = ()
    restart_command: tuple[str, ...] = ()
    snapshot_command: tuple[str, ...] = ()
    maxmemory_most_bytes: int | None = Field(None, gt=0)
    users: tuple[UserName, ...] = ()
    consumers: tuple[str, ...] = ()
    flushall: bool = False
    thresholds: ThresholdsTable = ThresholdsTable()


class ApplicationTable(Table):
    """An application that uses Redis."""

    labels: dict[str, str] = Field(default_factory=dict)
    health_url: str | None = None
    health_slow_over_ms: float = Field(1000, gt=0)
    metrics_url: str | None = None
    traffic_query: str | None = None
    traffic_high_per_s: float | None = Field(None, gt=0)
    log_files: tuple[Path, ...] = ()
    path_command: tuple[str, ...] = ()
    restart_command: tuple[str, ...] = ()
    cloudflare_zone_id: str | None = Field(None, pattern=ID)
    cloudflare_never_block: tuple[str, ...] = ()
    cloudflare_limit_path: str = Field("/", pattern=URL_PATH)
    fallback_on_command: tuple[str, ...] = ()
    fallback_off_command: tuple[str, ...] = ()
    credentials_command: tuple[str, ...] = ()
    github_repository: str | None = Field(None, pattern=REPOSITORY)
    github_ref: str = Field("main", pattern=REF)
    fallback_workflow: str | None = Field(None, pattern=WORKFLOW)
    digitalocean_app_id: str | None = Field(None, pattern=ID)
    digitalocean_droplet_ids: tuple[int, ...] = ()
    digitalocean_redis_env: str | None = Field(None, pattern=VARIABLE)
    digitalocean_redis_url: str | None = None
    digitalocean_fallback_env: str | None = Field(None, pattern=VARIABLE)
    digitalocean_fallback_on: str = Field("true", pattern=FLAG)
    digitalocean_fallback_off: str = Field("false", pattern=FLAG)

    @field_validator("cloudflare_never_block")
    @classmethod
    def _addresses(cls, listed: tuple[str, ...]) -> tuple[str, ...]:
        for one in listed:
            try:
                ip_network(one)
            except ValueError:
                raise ValueError(f"{one} is no IP address and no range, such as 203.0.113.0/24") from None
        return listed

    @field_validator("digitalocean_redis_url")
    @classmethod
    def _without_password(cls, url: str | None) -> str | None:
        return url and without_password(url)

    @model_validator(mode="after")
    def _one_way_each(self) -> Self:
        if fault := fault_of(dict(self)):
            raise ValueError(fault)
        return self


class ProviderTable(Table):
    """Whoever runs a Redis for us."""

    status_url: str | None = Field(None, pattern=r"^https?://")
    support_email: str | None = Field(None, pattern=EMAIL)


class WebTable(Table):
    host: str = "127.0.0.1"
    port: int = Field(8080, ge=0, le=65535)
