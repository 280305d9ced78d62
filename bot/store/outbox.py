"""What is still to be said in Slack, in which order, and what has been said?

A message has a name (`message_id`) before Slack gives it a ts. A lane is a Slack channel; the lane is what
is leased, which gives order, a single sender and pacing at once.
"""

import json
from collections.abc import Callable
from dataclasses import dataclass
from enum import IntEnum
from typing import Any

from bot.store.protocol import Connection, Row

LOOKED_AT = 200  # rows of a lane that are looked at to find the next to send


class Class(IntEnum):
    """First to last. Order holds within a thread and class."""

    ANSWER = 0
    URGENT = 1
    INCIDENT = 2
    DIGEST = 3


POST = "chat.postMessage"
UPDATE = "chat.update"


@dataclass(frozen=True)
class Letter:
    """One row of the outbox. `ts` is its message's and `thread_ts` its parent's, once Slack gave them.

    `payload` are the method's arguments without channel and ts. `file` ({filename, content}) goes up
    before the post; `file_link` is its address once it is there.
    """

    id: int
    lane: str
    message_id: str
    parent_id: str | None
    klass: int
    dedup_key: str
    method: str
    payload: dict[str, Any]
    state: str
    attempts: int
    next_ms: int
    tried_ms: int | None
    created_ms: int
    ts: str | None
    thread_ts: str | None
    parent_failed: bool
    file_link: str | None

    @property
    def thread(self) -> str:
        return self.parent_id or self.message_id


@dataclass(frozen=True)
class Lease:
    """A lane that one sender holds; `fence` proves it."""

    lane: str
    fence: int


class OutboxRecords:
    def __init__(self, connection: Connection, *, redact: Callable[[str], str]) -> None:
        self._connection = connection
        self._redact = redact

    # -- what the rest of Pong asks ---------------------------------------------------------------

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
        await self._connection.run(
            "INSERT INTO messages (id, lane, parent_id) VALUES (:id, :lane, :parent_id) ON CONFLICT (id) DO NOTHING",
            id=message_id,
            lane=lane,
            parent_id=parent_id,
        )
        await self._connection.run(
            "INSERT INTO lanes (lane) VALUES (:lane) ON CONFLICT (lane) DO NOTHING", lane=lane
        )
        await self._add(lane, message_id, POST, payload, klass=klass, dedup_key=message_id, at_ms=at_ms)

    async def edit(
        self, message_id: str, payload: dict[str, Any], *, klass: Class = Class.INCIDENT, at_ms: int
    ) -> None:
        """Change what a message says. Still unsent, it is sent in its new form; an edit that waits is replaced."""
        text = self._text(payload)
        merged = await self._connection.run(
            "UPDATE outbox SET payload = :payload WHERE message_id = :message_id AND state = 'pending'"
            " AND (method = 'chat.update' OR (attempts = 0 AND file_link IS NULL))",
            payload=text,
            message_id=message_id,
        )
        if merged:
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

    async def counts(self) -> dict[str, int]:
        """How many rows there are in each state."""
        rows = await self._connection.rows("SELECT state, COUNT(*) AS n FROM outbox GROUP BY state")
        return {row["state"]: row["n"] for row in rows}

    # -- what the sender asks ---------------------------------------------------------------------

    async def claim_lane(self, *, owner: str, now_ms: int, lease_ms: int) -> Lease | None:
        """A lane with something to send, for this sender alone until its lease ends."""
        row = await self._connection.row(
            "UPDATE lanes SET owner = :owner, lease_ms = :until_ms, fence = fence + 1 WHERE lane ="
            " (SELECT lane FROM lanes WHERE (lease_ms <= :now_ms OR owner = '') AND EXISTS"
            "   (SELECT 1 FROM outbox WHERE outbox.lane = lanes.lane AND state IN ('pending', 'sending'))"
            "   ORDER BY next_ms LIMIT 1)"
            " RETURNING lane, fence",
            owner=owner,
            now_ms=now_ms,
            until_ms=now_ms + lease_ms,
        )
        return Lease(row["lane"], row["fence"]) if row else None

    async def renew(self, lease: Lease, *, until_ms: int) -> bool:
        """Whether the lease still stood; then it stands until `until_ms`."""
        touched = await self._connection.run(
            "UPDATE lanes SET lease_ms = :until_ms WHERE lane = :lane AND fence = :fence",
            lane=lease.lane,
            fence=lease.fence,
            until_ms=until_ms,
        )
        return touched == 1

    async def release(self, lease: Lease) -> None:
        await self._connection.run(
            "UPDATE lanes SET owner = '', lease_ms = 0 WHERE lane = :lane AND fence = :fence",
            lane=lease.lane,
            fence=lease.fence,
        )

    async def release_all(self) -> None:
        """After a start: the last process's leases are void."""
        await self._connection.run("UPDATE lanes SET owner = '', lease_ms = 0, fence = fence + 1")

    async def waiting(self, lane: str) -> list[Letter]:
        """What a lane still has to send, in the order of sending."""
        rows = await self._connection.rows(
            "SELECT o.*, m.ts, m.parent_id, p.ts AS thread_ts, EXISTS (SELECT 1 FROM outbox f"
            "   WHERE f.message_id = COALESCE(m.parent_id, m.id) AND f.method = 'chat.postMessage'"
            "   AND f.state = 'failed') AS parent_failed"
            " FROM outbox o JOIN messages m ON m.id = o.message_id LEFT JOIN messages p ON p.id = m.parent_id"
            " WHERE o.lane = :lane AND o.state IN ('pending', 'sending') ORDER BY o.class, o.id LIMIT :most",
            lane=lane,
            most=LOOKED_AT,
        )
        return [_letter(row) for row in rows]

    async def sending(self, id: int, *, now_ms: int) -> None:
        """Note, before the call, that it is being made."""
        await self._connection.run(
            "UPDATE outbox SET state = 'sending', attempts = attempts + 1, tried_ms = :now_ms WHERE id = :id",
            id=id,
            now_ms=now_ms,
        )

    async def uploaded(self, id: int, *, file_link: str) -> None:
        """Note that the file is at Slack, not yet shared."""
        await self._connection.run(
            "UPDATE outbox SET file_link = :file_link, state = 'pending' WHERE id = :id", id=id, file_link=file_link
        )

    async def sent(self, letter: Letter, *, ts: str | None, now_ms: int) -> None:
        """Slack has it; `ts` is the message's own when the letter was a post."""
        await self._connection.run(
            "UPDATE outbox SET state = 'sent', sent_ms = :now_ms, error = NULL WHERE id = :id",
            id=letter.id,
            now_ms=now_ms,
        )
        if ts is not None:
            await self._connection.run(
                "UPDATE messages SET ts = :ts WHERE id = :id", id=letter.message_id, ts=ts
            )

    async def again(self, id: int, *, at_ms: int, error: str) -> None:
        """Slack certainly has not got it: it goes out again at `at_ms`."""
        await self._connection.run(
            "UPDATE outbox SET state = 'pending', next_ms = :at_ms, error = :error WHERE id = :id",
            id=id,
            at_ms=at_ms,
            error=error,
        )

    async def failed(self, id: int, *, error: str) -> None:
        """Slack will never take it: it is kept and set aside."""
        await self._connection.run(
            "UPDATE outbox SET state = 'failed', error = :error WHERE id = :id", id=id, error=error
        )

    async def delay_lane(self, lane: str, *, until_ms: int) -> None:
        """No post in this lane before `until_ms`."""
        await self._connection.run(
            "UPDATE lanes SET next_ms = :until_ms WHERE lane = :lane AND next_ms < :until_ms",
            lane=lane,
            until_ms=until_ms,
        )

    async def lane_next_ms(self, lane: str) -> int:
        row = await self._connection.row("SELECT next_ms FROM lanes WHERE lane = :lane", lane=lane)
        return int(row["next_ms"]) if row else 0

    async def delay_method(self, method: str, *, until_ms: int) -> None:
        """No call of this method, in any lane, before `until_ms`."""
        await self._connection.run(
            "INSERT INTO budgets (method, next_ms) VALUES (:method, :until_ms)"
            " ON CONFLICT (method) DO UPDATE SET next_ms = MAX(budgets.next_ms, excluded.next_ms)",
            method=method,
            until_ms=until_ms,
        )

    async def method_next_ms(self, method: str) -> int:
        row = await self._connection.row("SELECT next_ms FROM budgets WHERE method = :method", method=method)
        return int(row["next_ms"]) if row else 0

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
            "INSERT INTO outbox (lane, message_id, class, dedup_key, coalesce_key, method, payload, created_ms)"
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

    def _text(self, payload: dict[str, Any]) -> str:
        return self._redact(json.dumps(payload, ensure_ascii=False))


def _letter(row: Row) -> Letter:
    return Letter(
        id=row["id"],
        lane=row["lane"],
        message_id=row["message_id"],
        parent_id=row["parent_id"],
        klass=row["class"],
        dedup_key=row["dedup_key"],
        method=row["method"],
        payload=json.loads(row["payload"]),
        state=row["state"],
        attempts=row["attempts"],
        next_ms=row["next_ms"],
        tried_ms=row["tried_ms"],
        created_ms=row["created_ms"],
        ts=row["ts"],
        thread_ts=row["thread_ts"],
        parent_failed=bool(row["parent_failed"]),
        file_link=row["file_link"],
    )
