"""What is to be done at an outside service, and what became of it?"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from bot.store.protocol import Connection, Row


class State(StrEnum):
    WAITING = "waiting"
    DONE = "done"
    FAILED = "failed"
    OVER = "over"  # it was done, or was to be, and was taken back


@dataclass(frozen=True, kw_only=True)
class Errand:
    """One thing to do there for an incident. `facts` are what it needs and, later, what came of it; `tries`
    how often it did not go."""

    id: int
    incident_id: int
    kind: str
    facts: Mapping[str, Any]
    state: State
    tries: int
    at_ms: int


class ErrandRecords:
    """`facts` are kept letter by letter: a label that is changed would match nothing there."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def add(self, incident_id: int, kind: str, facts: Mapping[str, Any], *, at_ms: int) -> int:
        """Its number."""
        row = await self._connection.row(
            "INSERT INTO errands (incident_id, kind, facts, at_ms)"
            " VALUES (:incident_id, :kind, :facts, :at_ms) RETURNING id",
            incident_id=incident_id,
            kind=kind,
            facts=json.dumps(facts, ensure_ascii=False),
            at_ms=at_ms,
        )
        assert row is not None  # noqa: S101 - INSERT … RETURNING gives a row or raises
        return int(row["id"])

    async def get(self, id: int) -> Errand | None:
        row = await self._connection.row("SELECT * FROM errands WHERE id = :id", id=id)
        return _errand(row) if row else None

    async def of(self, incident_id: int) -> list[Errand]:
        """All of an incident, oldest first."""
        rows = await self._connection.rows(
            "SELECT * FROM errands WHERE incident_id = :incident_id ORDER BY id", incident_id=incident_id
        )
        return [_errand(row) for row in rows]

    async def save(self, errand: Errand) -> None:
        """Keep what has become of it."""
        await self._connection.run(
            "UPDATE errands SET facts = :facts, state = :state, tries = :tries WHERE id = :id",
            id=errand.id,
            facts=json.dumps(dict(errand.facts), ensure_ascii=False),
            state=errand.state,
            tries=errand.tries,
        )


def _errand(row: Row) -> Errand:
    return Errand(**(row | {"facts": json.loads(row["facts"]), "state": State(row["state"])}))
