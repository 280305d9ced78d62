"""How does an Alertmanager webhook become Alerts?

Versions 3 and 4 of the body. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from pydantic import Field

from bot.alerts.alert import Alert, AlertSource
from bot.alerts.group import GroupedAlert, Loose, alert_of, read
from bot.alerts.proof import bearer


class Body(Loose):
    """What Alertmanager posts, as far as it is used."""

    group_key: str | int | None = Field(None, alias="groupKey")
    alerts: list[GroupedAlert]


def parse(body: bytes) -> list[Alert]:
    """The alerts in `body`, in its order. Raises BadInput, saying which field is wrong."""
    group = read(Body, body, title=ALERTMANAGER.title)
    key = group.group_key or ""
    return [alert_of(alert, source=ALERTMANAGER.name, group_key=key) for alert in group.alerts]


ALERTMANAGER = AlertSource(
    name="alertmanager",
    title="Alertmanager",
    path="/webhooks/alertmanager",
    secret="ALERTMANAGER_WEBHOOK_TOKEN",  # noqa: S106 - the name of a setting
    parse=parse,
    proves=bearer,
    refusal="The bearer token or password is wrong or missing.",
)
