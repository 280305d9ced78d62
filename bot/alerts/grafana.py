"""How does a webhook of Grafana Alerting become Alerts?

https://grafana.com/docs/grafana/latest/alerting/configure-notifications/manage-contact-points/integrations/webhook-notifier/
"""

import json
from dataclasses import replace
from functools import partial
from typing import Annotated, Any

from pydantic import Field

from bot.alerts.alert import Alert, AlertSource, Sent, Unread
from bot.alerts.group import GroupedAlert, GroupKey, Loose, OrFault, alert_of, each, read
from bot.alerts.proof import is_recent, is_same, signature
from bot.errors import BadInput

SIGNATURE = "x-grafana-alerting-signature"
# What the button "Test" of a contact point sends.
TEST = {"alertname": "TestAlert", "instance": "Grafana"}
OLD_FIELDS = ("evalMatches", "ruleId", "ruleName", "ruleUrl")
TOO_OLD = (
    "This is the body of Grafana's dashboard alerts from before version 8, which Pong does not read: "
    "use Grafana Alerting, with a contact point of the type Webhook."
)


class GrafanaAlert(GroupedAlert):
    """What Grafana adds: addresses, which may be missing, empty or anything."""

    silence_url: Any = Field(None, alias="silenceURL")
    dashboard_url: Any = Field(None, alias="dashboardURL")
    panel_url: Any = Field(None, alias="panelURL")
    image_url: Any = Field(None, alias="imageURL")


class GrafanaBody(Loose):
    """What Grafana Alerting posts, as far as it is used."""

    group_key: GroupKey = Field(None, alias="groupKey")
    org_id: GroupKey = Field(None, alias="orgId")
    alerts: list[Annotated[GrafanaAlert, OrFault]]


def parse(body: bytes) -> list[Alert | Unread]:
    """The alerts in `body`, in its order. Raises BadInput, saying which field is wrong."""
    try:
        group = read(GrafanaBody, body, title=GRAFANA.title)
    except BadInput:
        if _is_old(body):
            raise BadInput(TOO_OLD) from None
        raise
    of = partial(_alert, group_key=f"{group.org_id}:{group.group_key}")
    return each(group.alerts, of, source=GRAFANA.name, title=GRAFANA.title)


def _alert(alert: GrafanaAlert, *, group_key: str) -> Alert:
    addresses = {"panel": alert.panel_url, "dashboard": alert.dashboard_url, "silence": alert.silence_url}
    return replace(
        alert_of(alert, source=GRAFANA.name, group_key=group_key),
        links={name: url for name, url in addresses.items() if url and isinstance(url, str)},
        picture=alert.image_url if alert.image_url and isinstance(alert.image_url, str) else None,
        is_test=alert.labels.items() >= TEST.items(),
    )


def _is_old(body: bytes) -> bool:
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return False
    return isinstance(told, dict) and "alerts" not in told and any(name in told for name in OLD_FIELDS)


def proves(sent: Sent) -> bool:
    """With a timestamp, which is then signed too, it has to be a recent one."""
    given = sent.headers.get(SIGNATURE, "")
    timestamp = sent.headers.get(sent.settings.grafana.timestamp_header.lower())
    if timestamp is None:
        return is_same(given, signature(sent.secret, sent.body))
    if not is_recent(timestamp, now_ms=sent.now_ms):
        return False
    return is_same(given, signature(sent.secret, timestamp.encode() + b":" + sent.body))


GRAFANA = AlertSource(
    name="grafana",
    title="Grafana",
    path="/webhooks/grafana",
    secret="GRAFANA_WEBHOOK_SECRET",  # noqa: S106 - the name of a setting
    parse=parse,
    proves=proves,
    signs_body=True,
    refusal="The signature in X-Grafana-Alerting-Signature is wrong, missing, or of more than 5 minutes ago.",
    body=GrafanaBody,
    schemes={
        "grafanaSignature": {
            "type": "apiKey",
            "in": "header",
            "name": "X-Grafana-Alerting-Signature",
            "description": (
                "The HMAC-SHA256 (hex) of the body; or of `timestamp:body`, where the header that pong.toml "
                "names (`timestamp_header` under `[grafana]`) says a timestamp: seconds since 1970, at most "
                "5 minutes ago."
            ),
        }
    },
)
