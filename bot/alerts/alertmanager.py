"""How does an Alertmanager webhook become Alerts?

Versions 3 and 4 of the body; unknown fields are accepted, fingerprints may be missing.
https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from datetime import UTC, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from bot.alerts.alert import Alert, AlertSource, hashed
from bot.errors import BadInput
from bot.incident import AlertState
from bot.text import clip

# Go's zero time, year 1, means "not set"; what lies outside of these years cannot be meant either.
EARLIEST_YEAR, LATEST_YEAR = 1971, 2200


class _Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")


class _Alert(_Loose):
    status: Literal["firing", "resolved"]
    labels: dict[str, str]
    annotations: dict[str, str] | None = None
    starts_at: datetime | None = Field(None, alias="startsAt")
    ends_at: datetime | None = Field(None, alias="endsAt")
    generator_url: str | None = Field(None, alias="generatorURL")
    fingerprint: str | None = None


class Body(_Loose):
    """What Alertmanager posts, as far as it is used: no more is asked, since a refusal drops it for good."""

    group_key: str | int | None = Field(None, alias="groupKey")
    alerts: list[_Alert]


def parse(body: bytes) -> list[Alert]:
    """The alerts in `body`, in its order. Raises BadInput, saying which field is wrong."""
    try:
        read = Body.model_validate_json(body)
    except ValidationError as error:
        fault = error.errors(include_input=False, include_url=False)[0]
        place = ".".join(str(part) for part in fault["loc"]) or "body"
        raise BadInput(f"This is no Alertmanager webhook body: {clip(place, 120)}: {fault['msg']}.") from None
    return [_alert(read, alert) for alert in read.alerts]


def _alert(body: Body, alert: _Alert) -> Alert:
    fingerprint = alert.fingerprint or hashed(sorted(alert.labels.items()))
    starts_ms = _ms(alert.starts_at)
    return Alert(
        source=ALERTMANAGER.name,
        key=hashed(body.group_key or "", fingerprint, starts_ms),
        name=alert.labels.get("alertname") or "unnamed alert",
        state=AlertState(alert.status),
        starts_ms=starts_ms,
        ends_ms=_ms(alert.ends_at) if alert.status == "resolved" else None,
        labels=alert.labels,
        annotations=alert.annotations or {},
        link=alert.generator_url or None,
    )


def _ms(moment: datetime | None) -> int | None:
    if moment is None or not EARLIEST_YEAR <= moment.year < LATEST_YEAR:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)


ALERTMANAGER = AlertSource(
    name="alertmanager",
    title="Alertmanager",
    path="/webhooks/alertmanager",
    secret="ALERTMANAGER_WEBHOOK_TOKEN",  # noqa: S106 - the name of a setting
    parse=parse,
)
