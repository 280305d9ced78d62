"""How does a V3 webhook of PagerDuty become Alerts, and Changes of them?

A signed body is never refused for what it tells: three refusals in a row switch the subscription off for a
day. What is not known is a Change that is noted. https://developer.pagerduty.com/docs/webhooks-overview
"""

import re
from datetime import datetime
from typing import Any

from pydantic_core import from_json

from bot.alerts.alert import Alert, AlertSource, Change, Sent, hashed
from bot.alerts.group import in_ms
from bot.alerts.proof import is_same, signature
from bot.errors import BadInput
from bot.incident import AlertState
from bot.providers.pagerduty import OWN_KEYS

SIGNATURE = "x-pagerduty-signature"
BODY_MOST_BYTES = 1024 * 1024  # PagerDuty sends at most 256 KB
EVENT_TYPE = r"[a-z_]{1,30}(\.[a-z_]{1,30}){1,3}"
UNKNOWN = "unknown"
FIRES = {"incident.triggered", "incident.reopened"}
ENDS = "incident.resolved"
PERSON = {"user", "user_reference"}
# What a label is called here, and where it stands in an incident of PagerDuty's.
LABELS = {
    "service": ("service", "summary"),
    "urgency": ("urgency",),
    "priority": ("priority", "summary"),
    "escalation_policy": ("escalation_policy", "summary"),
    "incident_type": ("incident_type", "name"),
}


def parse(body: bytes) -> list[Alert | Change]:
    """What `body` tells. Raises BadInput only where it is no JSON."""
    event = _at(_read(body), "event")
    data, kind = _at(event, "data"), _text(event, "event_type")
    change = Change(
        source=PAGERDUTY.name,
        key=_incident_id(data),
        event=key(body) or hashed(body.decode(errors="replace")),
        kind=kind if re.fullmatch(EVENT_TYPE, kind) else UNKNOWN,
        agent=_text(event, "agent", "summary"),
        agent_id=_text(event, "agent", "id") if _text(event, "agent", "type") in PERSON else "",
        to=_to(kind, data),
        said=_said(kind, data),
    )
    if _text(data, "incident_key").startswith(OWN_KEYS) or not change.key:
        # What Pong itself opened there to wake somebody is no failure, and what has no incident is noted.
        return [change]
    if kind in FIRES:
        return [_alert(event, change.key, AlertState.FIRING)]
    if kind == ENDS:
        return [_alert(event, change.key, AlertState.RESOLVED), change]
    return [change]


def key(body: bytes) -> str | None:
    """The event's own id, which is signed; the header X-Webhook-Id is not, and differs by subscription."""
    id = _text(_read(body), "event", "id")
    return hashed("event", id) if id else None


def proves(sent: Sent) -> bool:
    """Any of the signatures, by any of the secrets: each subscription has its own."""
    wanted = [signature(secret, sent.body) for secret in re.findall(r"[^\s,]+", sent.secret)]
    parts = [part.strip() for part in sent.headers.get(SIGNATURE, "").split(",")]
    given = [part.removeprefix("v1=") for part in parts if part.startswith("v1=")]
    return any(is_same(one, other) for one in given for other in wanted)


def _alert(event: Any, key: str, state: AlertState) -> Alert:
    data, at_ms = _at(event, "data"), _ms(_text(event, "occurred_at"))
    is_again = _text(event, "event_type") == "incident.reopened"
    labels = {name: text for name, place in LABELS.items() if (text := _text(data, *place))}
    return Alert(
        source=PAGERDUTY.name,
        key=key,
        name=_text(data, "title") or "untitled incident",
        state=state,
        starts_ms=at_ms if is_again else _ms(_text(data, "created_at")) or at_ms,
        ends_ms=at_ms if state is AlertState.RESOLVED else None,
        labels=labels,
        link=_text(data, "html_url") or None,
        is_again=is_again,
        is_title=True,
    )


def _incident_id(data: Any) -> str:
    """That of the incident which `data` is, or which it is about; empty where it is neither."""
    return _text(data, "id") if _text(data, "type") == "incident" else _text(data, "incident", "id")


def _to(kind: str, data: Any) -> tuple[str, ...]:
    places = {
        "incident.priority_updated": ("priority",),
        "incident.delegated": ("escalation_policy",),
        "incident.responder.added": ("user", "escalation_policy"),
        "incident.responder.replied": ("user", "escalation_policy"),
    }
    if kind in ("incident.escalated", "incident.reassigned"):
        assignees = _at(data, "assignees")
        found = [_text(one, "summary") for one in assignees] if isinstance(assignees, list) else []
        return tuple(name for name in found if name)
    named = (_text(data, place, "summary") for place in places.get(kind, ()))
    return tuple(name for name in named if name)[:1]


def _said(kind: str, data: Any) -> str:
    places = {
        "incident.annotated": "content",
        "incident.status_update_published": "message",
        "incident.responder.added": "message",
        "incident.responder.replied": "state",
    }
    return _text(data, places[kind]) if kind in places else ""


def _read(body: bytes) -> Any:
    try:
        return from_json(body)
    except ValueError:
        raise BadInput("This is no PagerDuty webhook body: it is not JSON.") from None


def _at(told: Any, *place: str) -> Any:
    for name in place:
        told = told.get(name) if isinstance(told, dict) else None
    return told


def _text(told: Any, *place: str) -> str:
    found = _at(told, *place)
    return found if isinstance(found, str) else ""


def _ms(moment: str) -> int | None:
    try:
        return in_ms(datetime.fromisoformat(moment))
    except (ValueError, OverflowError):
        return None


PAGERDUTY = AlertSource(
    name="pagerduty",
    title="PagerDuty",
    path="/webhooks/pagerduty",
    secret="PAGERDUTY_WEBHOOK_SECRET",  # noqa: S106 - the name of a setting
    parse=parse,
    proves=proves,
    signs_body=True,
    refusal="The signature in X-PagerDuty-Signature is wrong or missing.",
    key=key,
    body_most_bytes=BODY_MOST_BYTES,
)
