"""What is an alert, whoever sent it, and what is a sender?"""

import hashlib
import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from typing import Any

from pydantic import BaseModel

from bot.config.settings import Settings
from bot.incident import AlertState
from bot.text import plain

# The labels that tell one server from another, the most telling first; of others the first few.
TELLING = ("instance", "target", "addr", "redis", "host", "pod", "service", "app", "database", "cluster")
NOT_TELLING = frozenset(
    {"alertname", "severity", "grafana_folder", "prometheus", "job", "priority", "urgency"}
)
TELLING_MOST = 3
CALLS_NOBODY = frozenset({"warning", "warn", "info", "none"})  # as an alert's severity
BODY_MOST_BYTES = 16 * 1024 * 1024


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert of one sender. `key` is the same for every repeat of it; times are ms since 1970, UTC.

    `links` are more addresses by what they lead to, `picture` is that of an image: as they came, to be held
    against the allowed hosts. `happened_ms`: when it became so, where its sender says that of each thing it
    tells, in whatever order. `is_again`: the sender says that it had ended and fires again under its key.
    `is_title`: its name is a sentence in which an alert's name may stand. `is_test`: somebody tried the way.
    """

    source: str
    key: str
    name: str
    state: AlertState
    starts_ms: int | None = None
    ends_ms: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None
    links: Mapping[str, str] = field(default_factory=dict)
    picture: str | None = None
    happened_ms: int | None = None
    is_again: bool = False
    is_title: bool = False
    is_test: bool = False

    @property
    def is_warning(self) -> bool:
        return is_warning(self.labels)

    @property
    def can_refire(self) -> bool:
        """Whether it may fire again under the same key after it has ended."""
        return self.starts_ms is None or self.is_again

    def arrived(self, at_ms: int) -> "Alert":
        """As it can be: it neither began nor ended after it was told, whatever its sender's clock says."""
        began_ms, ended_ms = (None if ms is None else min(ms, at_ms) for ms in (self.starts_ms, self.ends_ms))
        return replace(self, starts_ms=began_ms, ends_ms=ended_ms)


@dataclass(frozen=True, kw_only=True)
class Change:
    """What a sender says has become of an alert that it sent before, or of anything else.

    `key` is that alert's, empty where it is about none; `event` tells this change from every other; `agent`
    is who did it, as the sender calls them, and `agent_id` their id there, when they are a person; `to` whom
    or what it leads to, `said` what was written, `happened_ms` when. All of it as it came.
    """

    source: str
    key: str
    event: str
    kind: str
    agent: str = ""
    agent_id: str = ""
    to: tuple[str, ...] = ()
    said: str = ""
    happened_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class Unread:
    """Those alerts of a body that nobody can read, each by its name (as it came, empty where it has none) and
    what is wrong with it; `of` is how many the body holds."""

    source: str
    alerts: tuple[tuple[str, str], ...]
    of: int


Told = Alert | Change | Unread


@dataclass(frozen=True, kw_only=True)
class Sent:
    """A request, and what it is held against. The names of `headers` are in small letters; without `body` it
    was not read yet."""

    headers: Mapping[str, str]
    secret: str
    settings: Settings
    now_ms: int
    body: bytes = b""


def _no_key(body: bytes) -> str | None:
    return None


@dataclass(frozen=True, kw_only=True)
class AlertSource:
    """One kind of sender: where it posts, which secret proves it, and how its body is read.

    `parse` turns a body's bytes into what they tell and raises BadInput, saying what was wrong. `proves` says
    whether a request comes from whoever knows the secret; with `signs_body` it needs the body for that.
    `refusal` is what all others hear. `key` is the sender's own name for a body, by which a repeat is known;
    None where it has none, and then the same bytes are a repeat. For whoever builds a client, `body` is the
    model by which a body is read, and `schemes` are the ways in which a request proves itself, in the words
    of OpenAPI: any one of them is enough. `limited_by` says what to do there so that no body gets too large.
    """

    name: str
    title: str
    path: str
    secret: str
    parse: Callable[[bytes], Sequence[Told]]
    proves: Callable[[Sent], bool]
    refusal: str
    body: type[BaseModel]
    schemes: Mapping[str, Mapping[str, Any]]
    signs_body: bool = False
    key: Callable[[bytes], str | None] = _no_key
    body_most_bytes: int = BODY_MOST_BYTES
    limited_by: str = ""

    @property
    def tells_again(self) -> bool:
        """Whether the same bytes, later, are its sender telling again what still is so. Who names each body
        sends one a second time only by mistake."""
        return self.key is _no_key


def is_warning(labels: Mapping[str, str]) -> bool:
    """Whether an alert with these labels is to be read and calls nobody."""
    return labels.get("severity", "").lower() in CALLS_NOBODY


def told_apart(labels: Mapping[str, str]) -> str:
    """What an alert with these labels is about: plain text, empty where they do not say."""
    first = [name for name in TELLING if labels.get(name)]
    names = first or [name for name, value in labels.items() if value and name not in NOT_TELLING]
    return ", ".join(f"{plain(name, 30)} {plain(labels[name], 60)}" for name in names[:TELLING_MOST])


def titled(source: str) -> str:
    """A source as people write it."""
    return {"pagerduty": "PagerDuty", "look at alertmanager": "Pong's look at Alertmanager"}.get(
        source, source.capitalize()
    )


def hashed(*parts: object) -> str:
    """A short name for `parts`: the same parts give the same name, 32 hex digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]
