"""How far has each message come on its way to Slack, and who may send in which lane?

A lane is a Slack channel; the lane is what is leased, which gives order, a single sender and pacing at once.
"""

import json
from dataclasses import dataclass
from typing import Any

from bot.store.protocol import Connection, Row

LOOKED_AT = 200  # rows of a lane that are looked at to find the next to send

POST = "chat.postMessage"
UPDATE = "chat.update"
STATUSPAGE = "statuspage"  # an outside service's lane, and method: bot/public/publishing.py sends there


@dataclass(frozen=True)
class Letter:
    """One row of the outbox. `ts` is its message's and `thread_ts` its parent's, once Slack gave them.

    `payload` are the method's arguments without channel and ts. `file` ({filename, content, title?}) goes
    up before the post; `file_link` is its address once it is there. `parent_failed` says that Slack refused
    its parent, or the message that it would change.
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
class Lane:
    """A channel, or an outside service, with something to send. No post before `next_ms`; leased by `owner`
    until `lease_ms`."""

    name: str
    next_ms: int
    owner: str
    lease_ms: int


@dataclass(frozen=True)
class Lease:
    """A lane that one sender holds; `fence` proves it."""

    lane: str
    fence: int


class SendingRecords:
    """What the sender asks of the outbox."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def lanes(self) -> list[Lane]:
        """The channels with something to send."""
        rows = await self._connection.rows(
            "SELECT lane, next_ms, owner, lease_ms FROM lanes WHERE lane <> :outside"
            " AND EXISTS (SELECT 1 FROM outbox"
            "   WHERE outbox.lane = lanes.lane AND state IN ('pending', 'sending')) ORDER BY next_ms, lane",
            outside=STATUSPAGE,
        )
        return [_lane(row) for row in rows]

    async def lane(self, name: str) -> Lane | None:
        """One lane, whether or not it has anything to send."""
        row = await self._connection.row(
            "SELECT lane, next_ms, owner, lease_ms FROM lanes WHERE lane = :lane", lane=name
        )
        return _lane(row) if row else None

    async def hold(self, lane: str, *, owner: str, now_ms: int, lease_ms: int) -> Lease | None:
        """The lane, for this sender alone until its lease ends; None while another sender has it."""
        row = await self._connection.row(
            "UPDATE lanes SET owner = :owner, lease_ms = :until_ms,"
            " fence = fence + CASE WHEN owner = :owner THEN 0 ELSE 1 END"
            " WHERE lane = :lane AND (owner IN ('', :owner) OR lease_ms <= :now_ms) RETURNING lane, fence",
            lane=lane,
            owner=owner,
            now_ms=now_ms,
            until_ms=now_ms + lease_ms,
        )
        return Lease(row["lane"], row["fence"]) if row else None

    async def renew(self, lease: Lease, *, until_ms: int) -> bool:
        """Whether the lease still stood; then it stands until `until_ms`."""
        touched = await self._connection.run(
            "UPDATE lanes SET lease_ms = :until_ms WHERE lane = :lane AND fence = :fence AND owner <> ''",
            lane=lease.lane,
            fence=lease.fence,
            until_ms=until_ms,
        )
        return touched == 1

    async def release_all(self) -> None:
        """After a start: the last process's leases are void."""
        await self._connection.run("UPDATE lanes SET owner = '', lease_ms = 0, fence = fence + 1")

    async def waiting(self, lane: str) -> list[Letter]:
        """What a lane still has to send, in the order of sending."""
        rows = await self._connection.rows(
            "SELECT o.*, m.ts, m.parent_id, p.ts AS thread_ts, EXISTS (SELECT 1 FROM outbox f"
            # A post's dedup_key is its message's name: by that there is an index over all rows.
            "   WHERE f.dedup_key IN (m.id, m.parent_id) AND f.state = 'failed') AS parent_failed"
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
            "UPDATE outbox SET file_link = :file_link, state = 'pending' WHERE id = :id",
            id=id,
            file_link=file_link,
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

    async def wait(self, id: int, *, at_ms: int, error: str) -> None:
        """Nothing is known yet, or nothing was begun: the same step again at `at_ms`."""
        await self._connection.run(
            "UPDATE outbox SET next_ms = :at_ms, error = :error WHERE id = :id",
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
            "UPDATE lanes SET next_ms = :until_ms WHERE lane = :lane", lane=lane, until_ms=until_ms
        )

    async def delay_method(self, method: str, *, until_ms: int) -> None:
        """Move a method's budget, in all lanes, on to `until_ms`."""
        await self._connection.run(
            "INSERT INTO budgets (method, next_ms) VALUES (:method, :until_ms)"
            " ON CONFLICT (method) DO UPDATE SET next_ms = excluded.next_ms",
            method=method,
            until_ms=until_ms,
        )

    async def budgets(self) -> dict[str, int]:
        """Until when each method's calls are spent, ms."""
        rows = await self._connection.rows("SELECT method, next_ms FROM budgets")
        return {row["method"]: row["next_ms"] for row in rows}


def _lane(row: Row) -> Lane:
    return Lane(row["lane"], row["next_ms"], row["owner"], row["lease_ms"])


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
