"""What is still to be said in Slack, and what has been said?

A message has a name (`message_id`) before Slack gives it a ts; `sending.py` is how it gets there.
"""

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.store.protocol import Connection, Row
from bot.store.sending import POST, STATUSPAGE, UPDATE, Lane, Lease, Letter, SendingRecords
from bot.text import redacted

__all__ = ["POST", "STATUSPAGE", "UPDATE", "Class", "Lane", "Lease", "Letter", "OutboxRecords", "Unheard"]


class Class(IntEnum):
    """First to last. Order holds within a thread and class."""

    URGENT = 0  # before answers: whoever asks or is refused sixty times must not delay a page by a minute
    ANSWER = 1
    INCIDENT = 2
    DIGEST = 3


@dataclass(frozen=True)
class Unheard:
    """A post that Slack has not taken; `since_ms`: when the first that it was asked to take was written."""

    message_id: str
    since_ms: int


class OutboxRecords(SendingRecords):
    def __init__(self, connection: Connection, *, redact: Callable[[str], str]) -> None:
        super().__init__(connection)
        self._redact = redact

    async def post(
        self,
        message_id: str,
        payload: dict[str, Any],
        *,
        lane: str,
        parent_id: str | None = None,
        klass: Class = Class.INCIDENT,
        at_ms: int,
    ) -> None:
        """Say something new, once: the same `message_id` is posted once whatever happens."""
        await self._name(message_id, lane, parent_id)
        await self._add(lane, message_id, POST, payload, klass=klass, dedup_key=message_id, at_ms=at_ms)

    async def publish(
        self, message_id: str, payload: dict[str, Any], *, parent_id: str | None = None, at_ms: int
    ) -> None:
        """Tell the status page something, once; what stands under `parent_id` is carried on."""
        await self._name(message_id, STATUSPAGE, parent_id)
        await self._add(
            STATUSPAGE,
            message_id,
            STATUSPAGE,
            payload,
            klass=Class.INCIDENT,
            dedup_key=message_id,
            at_ms=at_ms,
        )

    async def edit(
        self, message_id: str, payload: dict[str, Any], *, klass: Class = Class.INCIDENT, at_ms: int
    ) -> None:
        """Change what a message says. Unsent, it goes out in its new form; an edit that waits is replaced."""
        if waits := await self._unsent(message_id):
            await self._connection.run(
                "UPDATE outbox SET payload = :payload, created_ms = :at_ms WHERE id = :id",
                id=waits["id"],
                at_ms=at_ms,
                payload=self._text(payload, waits),
            )
            return
        message = await self._connection.row("SELECT lane FROM messages WHERE id = :id", id=message_id)
        if message is None:
            return
        row = await self._connection.row("SELECT COALESCE(MAX(id), 0) + 1 AS n FROM outbox")
        number = row["n"] if row else 1
        await self._add(
            message["lane"],
            message_id,
            UPDATE,
            payload,
            klass=klass,
            dedup_key=f"{message_id}/edit-{number}",
            at_ms=at_ms,
        )

    async def message_id_at(self, lane: str, ts: str) -> str | None:
        """The name of the message that Slack knows as `ts`."""
        row = await self._connection.row(
            "SELECT id FROM messages WHERE lane = :lane AND ts = :ts", lane=lane, ts=ts
        )
        return str(row["id"]) if row else None

    async def adopt(self, lane: str, ts: str) -> str:
        """A name for a message that somebody else posted, so that its thread can be answered in."""
        if known := await self.message_id_at(lane, ts):
            return known
        id = f"slack:{lane}:{ts}"
        await self._connection.run(
            "INSERT INTO messages (id, lane, ts) VALUES (:id, :lane, :ts) ON CONFLICT (id) DO NOTHING",
            id=id,
            lane=lane,
            ts=ts,
        )
        return id

    async def ts_of(self, message_id: str) -> str | None:
        row = await self._connection.row("SELECT ts FROM messages WHERE id = :id", id=message_id)
        return row["ts"] if row else None

    async def is_posted(self, message_id: str) -> bool:
        """Whether a message of this name was ever put here."""
        row = await self._connection.row("SELECT id FROM messages WHERE id = :id", id=message_id)
        return row is not None

    async def unheard(self, prefixes: Sequence[str]) -> Unheard | None:
        """The newest post whose id begins with one of `prefixes` and that waits behind what Slack was asked
        to take and has not: what is said next can take its place."""
        rows = await self._connection.rows(
            "SELECT outbox.message_id, MIN(tried.created_ms) AS since_ms FROM outbox"
            " JOIN outbox AS tried ON tried.lane = outbox.lane"
            " WHERE outbox.state IN ('pending', 'sending') AND outbox.method = :method"
            " AND tried.state IN ('pending', 'sending') AND tried.attempts > 0"
            " GROUP BY outbox.id, outbox.message_id ORDER BY outbox.id DESC",
            method=POST,
        )
        ours = (row for row in rows if str(row["message_id"]).startswith(tuple(prefixes)))
        return next((Unheard(row["message_id"], row["since_ms"]) for row in ours), None)

    async def counts(self) -> dict[str, int]:
        """How many rows there are in each state."""
        rows = await self._connection.rows(
            # With the condition of the index over the states: no payload is read.
            "SELECT state, COUNT(*) AS n FROM outbox WHERE state <> '' GROUP BY state"
        )
        return {row["state"]: row["n"] for row in rows}

    async def _name(self, message_id: str, lane: str, parent_id: str | None) -> None:
        await self._connection.run(
            "INSERT INTO messages (id, lane, parent_id) VALUES (:id, :lane, :parent_id)"
            " ON CONFLICT (id) DO NOTHING",
            id=message_id,
            lane=lane,
            parent_id=parent_id,
        )
        await self._connection.run(
            "INSERT INTO lanes (lane) VALUES (:lane) ON CONFLICT (lane) DO NOTHING", lane=lane
        )

    async def _unsent(self, message_id: str) -> Row | None:
        """The newest row of a message that can still be changed: nobody has begun to send it."""
        return await self._connection.row(
            # The two states are named as the index over them names them, or it would not be used.
            "SELECT id, method, payload FROM outbox WHERE message_id = :message_id"
            " AND state IN ('pending', 'sending') AND state = 'pending'"
            " AND (method = 'chat.update' OR (attempts = 0 AND file_link IS NULL)) ORDER BY id DESC LIMIT 1",
            message_id=message_id,
        )

    async def _add(
        self,
        lane: str,
        message_id: str,
        method: str,
        payload: dict[str, Any],
        *,
        klass: Class,
        dedup_key: str,
        at_ms: int,
    ) -> None:
        await self._connection.run(
            "INSERT INTO outbox"
            " (lane, message_id, class, dedup_key, coalesce_key, method, payload, created_ms)"
            " VALUES (:lane, :message_id, :class, :dedup_key, :coalesce_key, :method, :payload, :at_ms)"
            " ON CONFLICT (dedup_key) DO NOTHING",
            lane=lane,
            message_id=message_id,
            dedup_key=dedup_key,
            coalesce_key=message_id if method == UPDATE else None,
            method=method,
            payload=self._text(payload),
            at_ms=at_ms,
            **{"class": int(klass)},
        )

    def _text(self, payload: dict[str, Any], before: Row | None = None) -> str:
        """`payload` as it is kept. The file and broadcast of the post that it takes the place of stay."""
        kept = json.loads(before["payload"]) if before and before["method"] == POST else {}
        stays = {name: kept[name] for name in ("file", "reply_broadcast") if name in kept}
        whole = stays | payload
        clean = redacted(whole, self._redact)
        # The letters of a picture mean nothing; a short password found among them would spoil it.
        if (file := whole.get("file")) and file.get("encoding") == "base64":
            clean["file"]["content"] = file["content"]
        return json.dumps(clean, ensure_ascii=False)
