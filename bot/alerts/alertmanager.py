"""How does an Alertmanager webhook become Alerts?

Versions 3 and 4 of the body; unknown fields are accepted, fingerprints may be missing.
https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.alerts.alert import Alert, AlertSource, hashed
from bot.errors import BadInput
from bot.incident import AlertState

EARLIEST_MS = 31_536_000_000  # 1971: Go's zero time, year 1, means "not set"


class _Loose(BaseModel):
    model_config = ConfigDict(extra="allow", populate_by_name=True)


class _Alert(_Loose):
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] = {}
    starts_at: datetime | None = Field(None, alias="startsAt")
    ends_at: datetime | None = Field(None, alias="endsAt")
    generator_url: str = Field("", alias="generatorURL")
    fingerprint: str = ""


class Body(_Loose):
    """What Alertmanager posts. `truncated_alerts` counts those that it left out of a large group."""

    version: str | int = "4"
    status: Literal["firing", "resolved"] = "firing"
    group_key: str | int = Field("", alias="groupKey")
    truncated_alerts: int = Field(0, alias="truncatedAlerts")
    alerts: list[_Alert]


def parse(body: bytes) -> list[Alert]:
    """The alerts in `body`, in its order. Raises BadInput, saying which field is wrong."""
    try:
        read = Body.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "body"
        raise BadInput(f"This is no Alertmanager webhook body: {place}: {fault['msg']}.") from None
    return [_alert(read, alert) for alert in read.alerts]


def _alert(body: Body, alert: _Alert) -> Alert:
    fingerprint = alert.fingerprint or hashed(sorted(alert.labels.items()))
    starts_ms = _ms(alert.starts_at)
    return Alert(
        source=ALERTMANAGER.name,
        key=hashed(body.group_key, fingerprint, starts_ms),
        name=alert.labels.get("alertname", "unnamed alert"),
        state=AlertState(alert.status),
        starts_ms=starts_ms,
        ends_ms=_ms(alert.ends_at) if alert.status == "resolved" else None,
        labels=alert.labels,
        annotations=alert.annotations,
        link=alert.generator_url or None,
    )


def _ms(moment: datetime | None) -> int | None:
    if moment is None or moment.year < 1971:
        return None
    ms = int(moment.timestamp() * 1000)
    return ms if ms >= EARLIEST_MS else None


ALERTMANAGER = AlertSource(
    name="alertmanager",
    title="Alertmanager",
    path="/webhooks/alertmanager",
    secret="ALERTMANAGER_WEBHOOK_TOKEN",  # noqa: S106 - the name of a setting
    parse=parse,
)
