"""What was told of an alert before anything here had opened it, and what was the newest of each kind?"""

import json
from collections.abc import Mapping
from typing import Any

from bot.store.protocol import Connection

KEPT_FOR_MS = 24 * 60 * 60_000  # what it was about comes within that, or not at all


class ChangeRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(
        self, source: str, alert_key: str, facts: Mapping[str, Any], *, happened_ms: int, at_ms: int
    ) -> None:
        """Until the alert is told that it is about; what waits for too long goes."""
        await self._connection.run(
            "INSERT INTO changes (source, alert_key, happened_ms, kept_ms, facts)"
            " VALUES (:source, :alert_key, :happened_ms, :at_ms, :facts)",
            source=source,
            alert_key=alert_key,
            happened_ms=happened_ms,
            at_ms=at_ms,
            facts=json.dumps(facts, ensure_ascii=False),
        )
        before_ms = at_ms - KEPT_FOR_MS
        await self._connection.run("DELETE FROM changes WHERE kept_ms < :before_ms", before_ms=before_ms)

    async def take_out(self, source: str, alert_key: str) -> list[dict[str, Any]]:
        """What was kept of an alert, in the order in which it happened; it is kept no longer."""
        rows = await self._connection.rows(
            "SELECT facts FROM changes WHERE source = :source AND alert_key = :alert_key"
            " ORDER BY happened_ms, id",
            source=source,
            alert_key=alert_key,
        )
        await self._connection.run(
            "DELETE FROM changes WHERE source = :source AND alert_key = :alert_key",
            source=source,
            alert_key=alert_key,
        )
        return [json.loads(row["facts"]) for row in rows]

    async def is_newest(self, source: str, alert_key: str, strand: str, happened_ms: int) -> bool:
        """Note when it happened; False where something newer of the same strand was taken."""
        row = await self._connection.row(
            "INSERT INTO newest (source, alert_key, strand, happened_ms)"
            " VALUES (:source, :alert_key, :strand, :happened_ms)"
            " ON CONFLICT (source, alert_key, strand) DO UPDATE SET happened_ms = excluded.happened_ms"
            " WHERE excluded.happened_ms >= newest.happened_ms RETURNING happened_ms",
            source=source,
            alert_key=alert_key,
            strand=strand,
            happened_ms=happened_ms,
        )
        return row is not None

    async def newest_ms(self, source: str, alert_key: str, strand: str) -> int | None:
        row = await self._connection.row(
            "SELECT happened_ms FROM newest"
            " WHERE source = :source AND alert_key = :alert_key AND strand = :strand",
            source=source,
            alert_key=alert_key,
            strand=strand,
        )
        return row["happened_ms"] if row else None
