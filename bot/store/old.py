"""What of the long past is no longer kept? The words alone: each row, its name and its key stay."""

from bot.store.protocol import Connection


class OldRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def empty(self, *, before_ms: int, most: int) -> int:
        """Empty up to `most` bodies that were worked on and as many payloads that Slack has, the oldest
        first, of what came or was written before `before_ms`; how many there were. What failed stays."""
        # The conditions are those of the indexes over what is still full, or they would not be used.
        bodies = await self._connection.run(
            "UPDATE inbox SET body = '' WHERE id IN (SELECT id FROM inbox"
            "   WHERE state = 'done' AND body <> '' AND received_ms < :before_ms"
            "   ORDER BY received_ms LIMIT :most)",
            before_ms=before_ms,
            most=most,
        )
        payloads = await self._connection.run(
            "UPDATE outbox SET payload = '{}' WHERE id IN (SELECT id FROM outbox"
            "   WHERE state = 'sent' AND payload <> '{}' AND created_ms < :before_ms"
            "   ORDER BY created_ms LIMIT :most)",
            before_ms=before_ms,
            most=most,
        )
        return bodies + payloads
