"""What happened, in which order, and can anybody have changed it since? Pure.

Each incident's events form a chain: an event's hash covers the hash before it.
"""

import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

GENESIS = "0" * 64
PONG = "pong"


@dataclass(frozen=True, kw_only=True)
class Event:
    """One thing that happened. `actor` is a Slack user id, `pong`, or an alert source.

    `incident_id` 0 is for what belongs to no incident, such as a refused command.
    """

    incident_id: int
    at_ms: int
    actor: str
    kind: str
    data: dict[str, Any] = field(default_factory=dict)
    seq: int = 0
    prev_hash: str = GENESIS
    hash: str = ""


def link(event: Event, prev_hash: str) -> str:
    """The hash of `event` when it follows the event whose hash is `prev_hash`: sha256, hex."""
    body = [event.incident_id, event.at_ms, event.actor, event.kind, event.data, prev_hash]
    text = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(text.encode()).hexdigest()


def first_broken(events: Iterable[Event]) -> Event | None:
    """The first of one incident's `events`, oldest first, that is not what was once written, or None."""
    prev_hash = GENESIS
    for event in events:
        if event.prev_hash != prev_hash or event.hash != link(event, prev_hash):
            return event
        prev_hash = event.hash
    return None
