"""What may stand in [databases.NAME] of pong.toml, and with which defaults?

docs/running.md lists it for those who fill it in.
"""

from pydantic import Field

from bot.config.forms import WEB, Table


class DatabaseThresholdsTable(Table):
    """What counts as sick; percentages of 100."""

    connections_warning_percent: float = Field(80, gt=0)
    connections_critical_percent: float = Field(90, gt=0)
    lock_waits: int = Field(10, ge=0)
    lock_wait_warning_s: float = Field(5, gt=0)
    lock_wait_critical_s: float = Field(60, gt=0)
    connect_ms: float = Field(1000, gt=0)


class DatabaseTable(Table):
    """One PostgreSQL. Its address is a secret: the environment variable named here holds it."""

    url_env: str = "POSTGRES_URL"
    labels: dict[str, str] = Field(default_factory=dict)
    application: str | None = None
    console_url: str | None = Field(None, pattern=WEB)
    grafana_url: str | None = Field(None, pattern=WEB)
    thresholds: DatabaseThresholdsTable = DatabaseThresholdsTable()
