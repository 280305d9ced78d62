"""Which targets does somebody watch just now?"""

import json
from dataclasses import asdict, dataclass

from bot.store.protocol import Connection, Row
from bot.watching.sample import Sample


@dataclass(frozen=True, kw_only=True)
class Watch:
    """`message_id` is the live message; `last` is the look before, None at first."""

    id: int
    target: str
    message_id: str
    until_ms: int
    last: Sample | None = None


class WatchRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def begin(self, target: str, message_id: str, *, until_ms: int) -> int:
        """Its number."""
        row = await self._connection.row(
            "INSERT INTO watches (target, message_id, until_ms, is_on)"
            " VALUES (:target, :message_id, :until_ms, 1) RETURNING id",
            target=target,
            message_id=message_id,
            until_ms=until_ms,
        )
        assert row is not None  # noqa: S101 - SQL promises it
        return int(row["id"])

    async def all_on(self) -> list[Watch]:
        rows = await self._connection.rows("SELECT * FROM watches WHERE is_on = 1 ORDER BY id")
        return [_watch(row) for row in rows]

    async def get(self, id: int) -> Watch | None:
        """One that goes on; None when it has ended."""
        row = await self._connection.row("SELECT * FROM watches WHERE id = :id AND is_on = 1", id=id)
        return _watch(row) if row else None

    async def seen(self, id: int, sample: Sample) -> None:
        await self._connection.run(
            "UPDATE watches SET last = :last WHERE id = :id", id=id, last=json.dumps(asdict(sample))
        )

    async def end(self, id: int) -> bool:
        """False when it had ended before."""
        touched = await self._connection.run(
            "UPDATE watches SET is_on = 0 WHERE id = :id AND is_on = 1", id=id
        )
        return touched == 1


def _watch(row: Row) -> Watch:
    return Watch(
        id=row["id"],
        target=row["target"],
        message_id=row["message_id"],
        until_ms=row["until_ms"],
        last=Sample(**json.loads(row["last"])) if row["last"] else None,
    )
