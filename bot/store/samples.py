"""What were a target's figures while an incident was open?"""

from collections.abc import Sequence
from dataclasses import asdict, fields

from bot.store.protocol import Connection
from bot.watching.sample import Sample

KEEPS_MS = 6 * 3_600_000
_COLUMNS = tuple(field.name for field in fields(Sample))


class SampleRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def keep(self, samples: Sequence[tuple[int, Sample]]) -> None:
        """Keep each with its incident's number; those older than 6 h go."""
        for incident_id, sample in samples:
            await self._connection.run(
                f"INSERT INTO samples (incident_id, {', '.join(_COLUMNS)})"  # noqa: S608 - our own names
                f" VALUES (:incident_id, {', '.join(f':{name}' for name in _COLUMNS)})",
                incident_id=incident_id,
                **asdict(sample),
            )
            await self._connection.run(
                "DELETE FROM samples WHERE incident_id = :incident_id AND at_ms < :since_ms",
                incident_id=incident_id,
                since_ms=sample.at_ms - KEEPS_MS,
            )

    async def of(self, incident_id: int) -> list[Sample]:
        """All of an incident, oldest first."""
        rows = await self._connection.rows(
            f"SELECT {', '.join(_COLUMNS)} FROM samples"  # noqa: S608 - our own names
            " WHERE incident_id = :incident_id ORDER BY at_ms",
            incident_id=incident_id,
        )
        return [Sample(**row) for row in rows]
