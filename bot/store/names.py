"""What are people called? Kept, so that a report can be read without asking Slack."""

from bot.store.protocol import Connection


class NameRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def remember(self, user: str, handle: str) -> None:
        """Keep how a person is called; nothing for an empty handle."""
        if handle:
            await self._connection.run(
                "INSERT INTO names (id, handle) VALUES (:id, :handle)"
                " ON CONFLICT (id) DO UPDATE SET handle = excluded.handle",
                id=user,
                handle=handle,
            )

    async def all(self) -> dict[str, str]:
        """Handles by user id."""
        rows = await self._connection.rows("SELECT id, handle FROM names")
        return {row["id"]: row["handle"] for row in rows}
