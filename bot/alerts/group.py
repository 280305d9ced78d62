"""What have the bodies of Alertmanager and Grafana in common? A group of alerts, and how each is read.

Unknown fields are accepted, fingerprints may be missing; no more is asked than is used, since a refusal drops
the alert for good. https://prometheus.io/docs/alerting/latest/configuration/#webhook_config
"""

import json
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Annotated, Any, Literal, TypeVar

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    ValidationError,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from bot.alerts.alert import Alert, Unread, hashed
from bot.errors import BadInput
from bot.incident import AlertState
from bot.text import plain

# Go's zero time, year 1, means "not set"; what lies outside of these years cannot be meant either.
EARLIEST_YEAR, LATEST_YEAR = 1971, 2200


def _text(value: Any) -> Any:
    """A number or a flag where a text belongs, as it is written: a refusal would drop the whole group."""
    return json.dumps(value) if isinstance(value, bool | int | float) else value


def _or_none(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    """None for what it cannot be."""
    try:
        return read(value)
    except ValidationError:
        return None


@dataclass(frozen=True)
class Fault:
    """What is wrong with what was sent, without quoting it. In a group it stands in the place of an alert
    that nobody can read, with its `name` as it came, and takes no other along."""

    place: tuple[str | int, ...]
    why: str
    name: str = ""

    @staticmethod
    def of(error: ValidationError, name: str = "") -> "Fault":
        first = error.errors(include_input=False, include_url=False)[0]
        return Fault(first["loc"], first["msg"], name)

    def under(self, *above: str | int) -> str:
        """`alerts.0.status: Field required`."""
        # A label's own name can be in it.
        return f"{plain('.'.join(map(str, (*above, *self.place))), 120) or 'body'}: {self.why}"


def _or_fault(value: Any, read: ValidatorFunctionWrapHandler) -> Any:
    try:
        return read(value)
    except ValidationError as error:
        labels = value.get("labels") if isinstance(value, dict) else None
        name = labels.get("alertname") if isinstance(labels, dict) else None
        return Fault.of(error, name if isinstance(name, str) else "")


OrFault = WrapValidator(_or_fault)
Text = Annotated[str, BeforeValidator(_text)]
OrNone = WrapValidator(_or_none)
Moment = Annotated[datetime | None, OrNone]
GroupKey = Annotated[str | int | None, OrNone]


class Loose(BaseModel):
    model_config = ConfigDict(extra="ignore")


class GroupedAlert(Loose):
    status: Literal["firing", "resolved"]
    labels: dict[str, Text]
    annotations: Annotated[dict[str, Text] | None, OrNone] = None
    starts_at: Moment = Field(None, alias="startsAt")
    ends_at: Moment = Field(None, alias="endsAt")
    generator_url: Annotated[str | None, OrNone] = Field(None, alias="generatorURL")
    fingerprint: Annotated[Text | None, OrNone] = None


# Half of a sign beyond the first 65,536, as who cuts a text may leave it: no text can hold it.
_MAYBE_HALF = re.compile(rb"\\u[dD][89a-fA-F]")
_PAIR = rb"\\u[dD][89abAB]\w\w\\u[dD][c-fC-F]\w\w"
_HALF = re.compile(rb"(?<!\\)(?P<before>(?:\\\\)*)(?:" + _PAIR + rb"|(?P<half>\\u[dD][89a-fA-F]\w\w))")
Group = TypeVar("Group", bound=Loose)
One = TypeVar("One", bound=GroupedAlert)


def read(group: type[Group], body: bytes, *, title: str) -> Group:
    """`body` as a `group` of the sender called `title`. Raises BadInput, saying which field is wrong."""
    try:
        return group.model_validate_json(whole(body))
    except ValidationError as error:
        raise _refused(title, Fault.of(error).under()) from None


def whole(body: bytes) -> bytes:
    """`body` with U+FFFD for every half of a sign: it would be no JSON, and all else in it be lost."""
    if not _MAYBE_HALF.search(body):  # most have none, and this look is a quick one
        return body
    return _HALF.sub(lambda match: match["before"] + rb"\ufffd" if match["half"] else match[0], body)


def _refused(title: str, why: str) -> BadInput:
    return BadInput(f"This is no {title} webhook body: {why}.")


def each(
    alerts: Sequence[One | Fault], of: Callable[[One], Alert], *, source: str, title: str
) -> list[Alert | Unread]:
    """The alerts of a group, and last those that nobody can read. Raises BadInput where that is all of them:
    a refusal is what its sender counts."""
    faults = [(one.name, one.under("alerts", n)) for n, one in enumerate(alerts) if isinstance(one, Fault)]
    if faults and len(faults) == len(alerts):
        raise _refused(title, faults[0][1])
    unread = [Unread(source=source, alerts=tuple(faults), of=len(alerts))] if faults else []
    return [*(of(one) for one in alerts if not isinstance(one, Fault)), *unread]


def alert_of(alert: GroupedAlert, *, source: str, group_key: str | int) -> Alert:
    fingerprint = alert.fingerprint or hashed(sorted(alert.labels.items()))
    starts_ms = in_ms(alert.starts_at)
    return Alert(
        source=source,
        key=hashed(group_key, fingerprint, starts_ms),
        name=alert.labels.get("alertname") or "unnamed alert",
        state=AlertState(alert.status),
        starts_ms=starts_ms,
        ends_ms=in_ms(alert.ends_at) if alert.status == "resolved" else None,
        labels=alert.labels,
        annotations=alert.annotations or {},
        link=alert.generator_url or None,
    )


def in_ms(moment: datetime | None) -> int | None:
    """`moment` in ms since 1970; without a zone it is read as UTC. None for what nobody can mean."""
    if moment is None or not EARLIEST_YEAR <= moment.year < LATEST_YEAR:
        return None
    aware = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1000)
