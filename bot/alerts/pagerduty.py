"""How does a V3 webhook of PagerDuty become Alerts, and Changes of them?

A signed body is never refused for what it tells: three refusals in a row switch the subscription off for a
day. What is not known is a Change that is noted. https://developer.pagerduty.com/docs/webhooks-overview
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from operator import attrgetter
from typing import Annotated, Any

from pydantic import Field, GetCoreSchemaHandler, GetJsonSchemaHandler, ValidationError
from pydantic.json_schema import JsonSchemaValue
from pydantic_core import CoreSchema, core_schema, from_json

from bot.alerts.alert import Alert, AlertSource, Change, Sent, hashed
from bot.alerts.group import Loose, in_ms, whole
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
    "service": "service.summary",
    "urgency": "urgency",
    "priority": "priority.summary",
    "escalation_policy": "escalation_policy.summary",
    "incident_type": "incident_type.name",
}


@dataclass(frozen=True)
class Or:
    """What may be missing, null or anything else: then it is `empty()`."""

    empty: Callable[[], Any]

    def __get_pydantic_core_schema__(self, source: Any, handler: GetCoreSchemaHandler) -> CoreSchema:
        return core_schema.no_info_wrap_validator_function(self._read, handler(source))

    def __get_pydantic_json_schema__(
        self, schema: CoreSchema, handler: GetJsonSchemaHandler
    ) -> JsonSchemaValue:
        return {"anyOf": [handler(schema), {"type": "null"}]}

    def _read(self, value: Any, read: core_schema.ValidatorFunctionWrapHandler) -> Any:
        try:
            return read(value)
        except ValidationError:
            return self.empty()


Word = Annotated[str, Or(str)]


class Thing(Loose):
    """A person, a service, a priority …, as PagerDuty refers to it."""

    id: Word = ""
    type: Word = ""
    summary: Word = ""
    name: Word = ""


AnyThing = Annotated[Thing, Or(Thing)]


class Assignment(Loose):
    incident: AnyThing = Field(default_factory=Thing)


class Data(Thing):
    """An incident, or what is about one: a note, a responder, a status update …"""

    incident: AnyThing = Field(default_factory=Thing)
    incident_role_assignments: Annotated[tuple[Annotated[Assignment, Or(Assignment)], ...], Or(tuple)] = ()
    incident_key: Word = ""
    title: Word = ""
    created_at: Word = ""
    html_url: Word = ""
    urgency: Word = ""
    service: AnyThing = Field(default_factory=Thing)
    priority: AnyThing = Field(default_factory=Thing)
    escalation_policy: AnyThing = Field(default_factory=Thing)
    incident_type: AnyThing = Field(default_factory=Thing)
    assignees: Annotated[tuple[AnyThing, ...], Or(tuple)] = ()
    user: AnyThing = Field(default_factory=Thing)
    content: Word = ""
    message: Word = ""
    state: Word = ""


class Event(Loose):
    id: Word = ""
    event_type: Word = ""
    occurred_at: Word = ""
    agent: AnyThing = Field(default_factory=Thing)
    data: Annotated[Data, Or(Data)] = Field(default_factory=Data)


class PagerDutyBody(Loose):
    """What PagerDuty posts, as far as it is used."""

    event: Annotated[Event, Or(Event)] = Field(default_factory=Event)


def parse(body: bytes) -> list[Alert | Change]:
    """What `body` tells. Raises BadInput only where it is no JSON."""
    event = _event(body)
    data, kind = event.data, event.event_type
    change = Change(
        source=PAGERDUTY.name,
        key=_incident_id(data),
        event=key(body) or hashed(body.decode(errors="replace")),
        kind=kind if re.fullmatch(EVENT_TYPE, kind) else UNKNOWN,
        agent=event.agent.summary,
        agent_id=event.agent.id if event.agent.type in PERSON else "",
        to=_to(kind, data),
        said=_said(kind, data),
        happened_ms=_ms(event.occurred_at),
    )
    if data.incident_key.startswith(OWN_KEYS) or not change.key:
        # What Pong itself opened there to wake somebody is no failure, and what has no incident is noted.
        return [change]
    if kind in FIRES:
        return [_alert(event, change.key, AlertState.FIRING)]
    if kind == ENDS:
        return [change, _alert(event, change.key, AlertState.RESOLVED)]
    return [change]


def key(body: bytes) -> str | None:
    """The event's own id, which is signed; the header X-Webhook-Id is not, and differs by subscription."""
    id = _event(body).id
    return hashed("event", id) if id else None


def proves(sent: Sent) -> bool:
    """Any of the signatures, by any of the secrets: each subscription has its own."""
    wanted = [signature(secret, sent.body) for secret in re.findall(r"[^\s,]+", sent.secret)]
    parts = [part.strip() for part in sent.headers.get(SIGNATURE, "").split(",")]
    given = [part.removeprefix("v1=") for part in parts if part.startswith("v1=")]
    return any(is_same(one, other) for one in given for other in wanted)


def _alert(event: Event, key: str, state: AlertState) -> Alert:
    data, at_ms = event.data, _ms(event.occurred_at)
    is_again = event.event_type == "incident.reopened"
    return Alert(
        source=PAGERDUTY.name,
        key=key,
        name=data.title or "untitled incident",
        state=state,
        starts_ms=at_ms if is_again else _ms(data.created_at) or at_ms,
        ends_ms=at_ms if state is AlertState.RESOLVED else None,
        labels={name: text for name, place in LABELS.items() if (text := attrgetter(place)(data))},
        link=data.html_url or None,
        happened_ms=at_ms,
        is_again=is_again,
        is_title=True,
    )


def _incident_id(data: Data) -> str:
    """That of the incident which `data` is, or which it is about; empty where it is neither."""
    if data.type == "incident":
        return data.id
    return data.incident.id or next((one.incident.id for one in data.incident_role_assignments), "")


def _to(kind: str, data: Data) -> tuple[str, ...]:
    places = {
        "incident.priority_updated": (data.priority,),
        "incident.delegated": (data.escalation_policy,),
        "incident.responder.added": (data.user, data.escalation_policy),
        "incident.responder.replied": (data.user, data.escalation_policy),
    }
    if kind in ("incident.escalated", "incident.reassigned"):
        return tuple(one.summary for one in data.assignees if one.summary)
    return tuple(one.summary for one in places.get(kind, ()) if one.summary)[:1]


def _said(kind: str, data: Data) -> str:
    return {
        "incident.annotated": data.content,
        "incident.status_update_published": data.message,
        "incident.responder.added": data.message,
        "incident.responder.replied": data.state,
    }.get(kind, "")


def _event(body: bytes) -> Event:
    try:
        told = from_json(whole(body))
    except ValueError:
        raise BadInput("This is no PagerDuty webhook body: it is not JSON.") from None
    return PagerDutyBody.model_validate(told if isinstance(told, dict) else {}).event


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
    body=PagerDutyBody,
    schemes={
        "pagerdutySignature": {
            "type": "apiKey",
            "in": "header",
            "name": "X-PagerDuty-Signature",
            "description": "`v1=` and HMAC-SHA256 (hex) of the body; of several, with commas, one is enough.",
        }
    },
    key=key,
    body_most_bytes=BODY_MOST_BYTES,
)
