"""How does an Alertmanager webhook become Alerts?

Versions 3 and 4 of the body. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

from functools import partial
from typing import Annotated

from pydantic import Field

from bot.alerts.alert import Alert, AlertSource, Unread
from bot.alerts.group import GroupedAlert, GroupKey, Loose, OrFault, alert_of, each, read
from bot.alerts.proof import bearer


class AlertmanagerBody(Loose):
    """What Alertmanager posts, as far as it is used."""

    group_key: GroupKey = Field(None, alias="groupKey")
    alerts: list[Annotated[GroupedAlert, OrFault]]


def parse(body: bytes) -> list[Alert | Unread]:
    """The alerts in `body`, in its order. Raises BadInput, saying which field is wrong."""
    group = read(AlertmanagerBody, body, title=ALERTMANAGER.title)
    of = partial(alert_of, source=ALERTMANAGER.name, group_key=group.group_key or "")
    return each(group.alerts, of, source=ALERTMANAGER.name, title=ALERTMANAGER.title)


ALERTMANAGER = AlertSource(
    name="alertmanager",
    title="Alertmanager",
    path="/webhooks/alertmanager",
    secret="ALERTMANAGER_WEBHOOK_TOKEN",  # noqa: S106 - the name of a setting
    parse=parse,
    proves=bearer,
    refusal="The bearer token or password is wrong or missing.",
    body=AlertmanagerBody,
    limited_by="set max_alerts in its webhook_config",
    schemes={
        "alertmanagerToken": {"type": "http", "scheme": "bearer"},
        "alertmanagerPassword": {
            "type": "http",
            "scheme": "basic",
            "description": "The token as the password, by any name.",
        },
    },
)
