"""How is the timeline kept, so that nothing in it can be changed unnoticed?"""

import json
from collections.abc import Callable
from dataclasses import replace

from bot.store.protocol import Connection, Row
from bot.text import redacted
from bot.timeline import GENESIS, Event, link


class TimelineRecords:
    def __init__(self, connection: Connection, *, redact: Callable[[str], str], noted: list[Event]) -> None:
        self._connection = connection
        self._redact = redact
        self._noted = noted

    async def note(self, incident_id: int, kind: str, *, actor: str, at_ms: int, **data: object) -> Event:
        """Write one event at the end of the incident's chain. Texts in `data` are redacted first."""
        prev_hash = await self.head(incident_id)
        event = Event(
            incident_id=incident_id,
            at_ms=at_ms,
            actor=actor,
            kind=kind,
            data=redacted(data, self._redact),
            prev_hash=prev_hash,
        )
        event = replace(event, hash=link(event, prev_hash))
        await self._connection.run(
            "INSERT INTO events (incident_id, at_ms, actor, kind, data, prev_hash, hash)"
            " VALUES (:incident_id, :at_ms, :actor, :kind, :data, :prev_hash, :hash)",
            incident_id=incident_id,
            at_ms=at_ms,
            actor=actor,
            kind=kind,
            data=json.dumps(event.data, ensure_ascii=False),
            prev_hash=prev_hash,
            hash=event.hash,
        )
        self._noted.append(event)
        return event

    async def head(self, incident_id: int) -> str:
        """The hash of an incident's newest event."""
        row = await self._connection.row(
            "SELECT hash FROM events WHERE incident_id = :incident_id ORDER BY seq DESC LIMIT 1",
            incident_id=incident_id,
        )
        return str(row["hash"]) if row else GENESIS

    async def count(self, incident_id: int, kind: str, *, since_ms: int) -> int:
        row = await self._connection.row(
            "SELECT COUNT(*) AS n FROM events"
            " WHERE incident_id = :incident_id AND kind = :kind AND at_ms >= :since_ms",
            incident_id=incident_id,
            kind=kind,
            since_ms=since_ms,
        )
        return int(row["n"]) if row else 0

    async def of(self, incident_id: int) -> list[Event]:
        """An incident's events, oldest first."""
        rows = await self._connection.rows(
            "SELECT * FROM events WHERE incident_id = :incident_id ORDER BY seq", incident_id=incident_id
        )
        return [_event(row) for row in rows]


def _event(row: Row) -> Event:
    return Event(**(row | {"data": json.loads(row["data"])}))
