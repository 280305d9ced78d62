"""What is due when?"""

from dataclasses import dataclass

from bot.store.protocol import Connection, Row


@dataclass(frozen=True)
class Due:
    """One timer that has come due, leased to whoever claimed it; `fence` proves the lease."""

    id: int
    incident_id: int
    kind: str
    slot: int
    due_ms: int
    fence: int


class TimerRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def schedule(self, incident_id: int, kind: str, slot: int, *, due_ms: int) -> None:
        """Let something come due once; the same slot of the same kind is scheduled once."""
        await self._connection.run(
            "INSERT INTO timers (incident_id, kind, slot, due_ms)"
            " VALUES (:incident_id, :kind, :slot, :due_ms)"
            " ON CONFLICT (incident_id, kind, slot) DO NOTHING",
            incident_id=incident_id,
            kind=kind,
            slot=slot,
            due_ms=due_ms,
        )

    async def claim(self, *, now_ms: int, lease_ms: int, most: int) -> list[Due]:
        """Up to `most` timers that are due, the earliest first, this caller's alone until the lease ends."""
        rows = await self._connection.rows(
            "UPDATE timers SET lease_ms = :until_ms, fence = fence + 1 WHERE id IN"
            " (SELECT id FROM timers WHERE state = 'waiting' AND due_ms <= :now_ms AND lease_ms <= :now_ms"
            "   ORDER BY due_ms, id LIMIT :most)"
            " RETURNING id, incident_id, kind, slot, due_ms, fence",
            now_ms=now_ms,
            until_ms=now_ms + lease_ms,
            most=most,
        )
        return sorted((_due(row) for row in rows), key=lambda due: (due.due_ms, due.id))

    async def fire(self, due: Due) -> bool:
        """Mark it fired, in the transaction that does what it is for; False when the lease was lost or it
        was cancelled meanwhile, and then nothing may be done."""
        touched = await self._connection.run(
            "UPDATE timers SET state = 'fired' WHERE id = :id AND state = 'waiting' AND fence = :fence",
            id=due.id,
            fence=due.fence,
        )
        return touched == 1

    async def again(self, due: Due, *, due_ms: int) -> None:
        """Let one that was fired just now come due once more: its moment has not come yet."""
        await self._connection.run(
            "UPDATE timers SET state = 'waiting', due_ms = :due_ms, lease_ms = 0, fence = fence + 1"
            " WHERE id = :id",
            id=due.id,
            due_ms=due_ms,
        )

    async def release_all(self) -> None:
        """After a start: leases of the last process are void."""
        await self._connection.run("UPDATE timers SET lease_ms = 0 WHERE state = 'waiting'")

    async def postpone(self, incident_id: int, kind: str, *, due_ms: int) -> int:
        """Move what still waits to `due_ms`; how many there were."""
        return await self._connection.run(
            "UPDATE timers SET due_ms = :due_ms, fence = fence + 1, lease_ms = 0"
            " WHERE incident_id = :incident_id AND kind = :kind AND state = 'waiting'",
            incident_id=incident_id,
            kind=kind,
            due_ms=due_ms,
        )

    async def cancel(self, incident_id: int, kind: str) -> None:
        await self._connection.run(
            "UPDATE timers SET state = 'cancelled', fence = fence + 1"
            " WHERE incident_id = :incident_id AND kind = :kind AND state = 'waiting'",
            incident_id=incident_id,
            kind=kind,
        )

    async def cancel_on(self, target: str, kind: str) -> None:
        """Those of every incident on `target`, the resolved ones too."""
        await self._connection.run(
            "UPDATE timers SET state = 'cancelled', fence = fence + 1"
            " WHERE kind = :kind AND state = 'waiting'"
            # Asked of the few that wait, not of all incidents that the target ever had.
            " AND (SELECT target FROM incidents WHERE id = timers.incident_id) = :target",
            kind=kind,
            target=target,
        )

    async def waits_on(self, target: str, kind: str) -> bool:
        """Whether one waits of any incident on `target`, the resolved ones too."""
        row = await self._connection.row(
            "SELECT id FROM timers WHERE kind = :kind AND state = 'waiting'"
            " AND (SELECT target FROM incidents WHERE id = timers.incident_id) = :target LIMIT 1",
            kind=kind,
            target=target,
        )
        return row is not None

    async def cancel_slot(self, incident_id: int, kind: str, slot: int) -> None:
        await self._connection.run(
            "UPDATE timers SET state = 'cancelled', fence = fence + 1"
            " WHERE incident_id = :incident_id AND kind = :kind AND slot = :slot AND state = 'waiting'",
            incident_id=incident_id,
            kind=kind,
            slot=slot,
        )

    async def waiting(self, incident_id: int) -> list[Due]:
        rows = await self._connection.rows(
            "SELECT id, incident_id, kind, slot, due_ms, fence FROM timers"
            " WHERE incident_id = :incident_id AND state = 'waiting' ORDER BY due_ms, id",
            incident_id=incident_id,
        )
        return [_due(row) for row in rows]

    async def next_slot(self, incident_id: int, kind: str) -> int:
        """A slot that was never used."""
        row = await self._connection.row(
            "SELECT COALESCE(MAX(slot), 0) + 1 AS slot FROM timers"
            " WHERE incident_id = :incident_id AND kind = :kind",
            incident_id=incident_id,
            kind=kind,
        )
        return int(row["slot"]) if row else 1


def _due(row: Row) -> Due:
    return Due(row["id"], row["incident_id"], row["kind"], row["slot"], row["due_ms"], row["fence"])
