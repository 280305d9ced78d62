"""What is an alert, whoever sent it?"""

import hashlib
import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from bot.incident import AlertState


@dataclass(frozen=True, kw_only=True)
class Alert:
    """One alert of one sender. `key` is the same for every repeat of it; times are ms since 1970, UTC."""

    source: str
    key: str
    name: str
    state: AlertState
    starts_ms: int | None = None
    ends_ms: int | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    annotations: Mapping[str, str] = field(default_factory=dict)
    link: str | None = None

    @property
    def is_warning(self) -> bool:
        return self.labels.get("severity", "").lower() in {"warning", "warn", "info", "none"}


@dataclass(frozen=True, kw_only=True)
class AlertSource:
    """One kind of sender: where it posts, which secret proves it, and how its body is read.

    `parse` turns a body's bytes into alerts and raises BadInput, saying what was wrong.
    """

    name: str
    title: str
    path: str
    secret: str
    parse: Callable[[bytes], list[Alert]]


def hashed(*parts: object) -> str:
    """A short name for `parts`: the same parts give the same name, 32 hex digits."""
    return hashlib.sha256(json.dumps(parts, sort_keys=True, default=str).encode()).hexdigest()[:32]
