"""What has been accepted and is still to be worked on?"""

import json
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field
from typing import Any

from bot.errors import Overtaken
from bot.store.protocol import Connection, Row

SLACK = "slack"  # the source of what people do there; every other source is an alert source's name


@dataclass(frozen=True)
class Accepted:
    """One thing that came in: a webhook's body, a command, a click, a submission."""

    id: int
    source: str
    body: str
    received_ms: int
    attempts: int

    def data(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class Kept:
    """One alert of a source: its key there, whether it fires, where it stands there and its labels (as they
    came)."""

    key: str
    status: str
    link: str | None
    labels: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Firing:
    """One alert of an incident that has not ended, and since when it fires, where that is known."""

    name: str
    starts_ms: int | None
    labels: Mapping[str, str] = field(default_factory=dict)


class InboxRecords:
    def __init__(self, connection: Connection) -> None:
        self._connection = connection

    async def accept(
        self, source: str, dedup_key: str, body: str, *, at_ms: int, tells_again: bool = False
    ) -> int | None:
        """Keep `body`; its id, or None when the same sender sent the same thing before. Where that
        `tells_again`, what was worked or set aside since is to be worked anew."""
        row = await self._connection.row(
            "INSERT INTO inbox (source, dedup_key, body, received_ms)"
            " VALUES (:source, :dedup_key, :body, :at_ms)"
            " ON CONFLICT (source, dedup_key) DO UPDATE"
            " SET state = 'new', attempts = 0, next_ms = 0, received_ms = excluded.received_ms,"
            " body = excluded.body"  # its own may have been emptied since
            " WHERE :tells_again AND inbox.state IN ('done', 'failed') RETURNING id",
            source=source,
            dedup_key=dedup_key,
            body=body,
            at_ms=at_ms,
            tells_again=tells_again,
        )
        return int(row["id"]) if row else None

    async def claim(
        self, *, now_ms: int, lease_ms: int, most: int, but: Collection[int] = ()
    ) -> list[Accepted]:
        """Up to `most` things to work on, oldest first, each for this caller alone until its lease ends; none
        of the numbers in `but`."""
        rows = await self._connection.rows(
            "UPDATE inbox SET state = 'working', lease_ms = :until_ms, attempts = attempts + 1 WHERE id IN"
            " (SELECT id FROM inbox WHERE state IN ('new', 'working')"
            "   AND ((state = 'new' AND next_ms <= :now_ms) OR (state = 'working' AND lease_ms <= :now_ms))"
            "   AND id NOT IN (SELECT value FROM json_each(:but)) ORDER BY id LIMIT :most)"
            " RETURNING id, source, body, received_ms, attempts",
            now_ms=now_ms,
            until_ms=now_ms + lease_ms,
            most=most,
            but=json.dumps(sorted(but)),
        )
        return sorted((_accepted(row) for row in rows), key=lambda accepted: accepted.id)

    async def next_ms(self, *, but: Collection[int] = ()) -> int | None:
        """When the next thing can be claimed, ms, leaving out the numbers in `but`; None when nothing
        waits."""
        row = await self._connection.row(
            "SELECT MIN(CASE state WHEN 'new' THEN next_ms ELSE lease_ms END) AS next_ms FROM inbox"
            " WHERE state IN ('new', 'working') AND id NOT IN (SELECT value FROM json_each(:but))",
            but=json.dumps(sorted(but)),
        )
        return row["next_ms"] if row else None

    async def release_all(self) -> None:
        """After a start: what the last process had begun is to be done again."""
        await self._connection.run(
            # The two states are named as the index over them names them, or it would not be used.
            "UPDATE inbox SET state = 'new' WHERE state = 'working' AND state IN ('new', 'working')"
        )

    async def done(self, id: int, *, attempt: int) -> None:
        """Raises Overtaken, as do the two below, unless it is in work by the claim that `attempt` counts."""
        touched = await self._connection.run(
            "UPDATE inbox SET state = 'done', error = NULL"
            " WHERE id = :id AND state = 'working' AND attempts = :attempt",
            id=id,
            attempt=attempt,
        )
        _must_be_ours(touched, id)

    async def again(self, id: int, *, attempt: int, at_ms: int, error: str) -> None:
        """Put it back, to be tried at `at_ms`."""
        touched = await self._connection.run(
            "UPDATE inbox SET state = 'new', next_ms = :at_ms, error = :error"
            " WHERE id = :id AND state = 'working' AND attempts = :attempt",
            id=id,
            attempt=attempt,
            at_ms=at_ms,
            error=error,
        )
        _must_be_ours(touched, id)

    async def failed(self, id: int, *, attempt: int, error: str) -> None:
        """Set it aside: it is kept, and not tried again unless its sender tells it again."""
        touched = await self._connection.run(
            "UPDATE inbox SET state = 'failed', error = :error"
            " WHERE id = :id AND state = 'working' AND attempts = :attempt",
            id=id,
            attempt=attempt,
            error=error,
        )
        _must_be_ours(touched, id)

    async def count(self, state: str) -> int:
        row = await self._connection.row(
            # With the condition of the index over the states: no body is read.
            "SELECT COUNT(*) AS n FROM inbox WHERE state = :state AND state <> ''",
            state=state,
        )
        return int(row["n"]) if row else 0

    async def alert_is_news(
        self, source: str, alert_key: str, status: str, *, can_refire: bool = False
    ) -> bool:
        """Note one alert; whether it was not known with this status. A key with a start in it never fires
        again once it was resolved, so a late repeat of "firing" is no news, unless it `can_refire`."""
        row = await self._connection.row(
            "SELECT status FROM alerts WHERE source = :source AND alert_key = :alert_key",
            source=source,
            alert_key=alert_key,
        )
        if row and (row["status"] == status or (row["status"] == "resolved" and not can_refire)):
            await self._connection.run(
                "UPDATE alerts SET seen = seen + 1 WHERE source = :source AND alert_key = :alert_key",
                source=source,
                alert_key=alert_key,
            )
            return False
        await self._connection.run(
            "INSERT INTO alerts (source, alert_key, status) VALUES (:source, :alert_key, :status)"
            " ON CONFLICT (source, alert_key) DO UPDATE SET status = excluded.status, seen = alerts.seen + 1",
            source=source,
            alert_key=alert_key,
            status=status,
        )
        return True

    async def alert_is_loose(self, source: str, alert_key: str) -> bool:
        """Whether an alert is known, has not ended and belongs to no incident."""
        row = await self._connection.row(
            "SELECT 1 AS found FROM alerts WHERE source = :source AND alert_key = :alert_key"
            " AND status = 'firing' AND incident_id IS NULL",
            source=source,
            alert_key=alert_key,
        )
        return row is not None

    async def alert_belongs(
        self,
        source: str,
        alert_key: str,
        incident_id: int,
        *,
        link: str | None = None,
        labels: Mapping[str, str] | None = None,
    ) -> None:
        """`link` is where the alert stands at its source; what was known of that, and of its labels, stays
        known."""
        await self._connection.run(
            "UPDATE alerts SET incident_id = :incident_id, link = COALESCE(:link, link),"
            " labels = COALESCE(:labels, labels)"
            " WHERE source = :source AND alert_key = :alert_key",
            source=source,
            alert_key=alert_key,
            incident_id=incident_id,
            link=link,
            labels=json.dumps(dict(labels), ensure_ascii=False) if labels else None,
        )

    async def incident_of(self, source: str, alert_key: str) -> int | None:
        """The number of the incident that an alert belongs to; None where it belongs to none."""
        row = await self._connection.row(
            "SELECT incident_id FROM alerts WHERE source = :source AND alert_key = :alert_key",
            source=source,
            alert_key=alert_key,
        )
        return row["incident_id"] if row else None

    async def alerts_of(self, incident_id: int, source: str) -> list[Kept]:
        """What one source told of an incident, oldest first."""
        rows = await self._connection.rows(
            "SELECT alert_key, status, link, labels FROM alerts"
            " WHERE incident_id = :incident_id AND source = :source ORDER BY rowid",
            incident_id=incident_id,
            source=source,
        )
        return [
            Kept(row["alert_key"], row["status"], row["link"], json.loads(row["labels"] or "{}"))
            for row in rows
        ]

    async def alert_called(self, source: str, alert_key: str, name: str, *, starts_ms: int | None) -> None:
        """What it is called, and since when it fires as far as its source says so."""
        await self._connection.run(
            "UPDATE alerts SET name = :name, starts_ms = :starts_ms"
            " WHERE source = :source AND alert_key = :alert_key",
            source=source,
            alert_key=alert_key,
            name=name,
            starts_ms=starts_ms,
        )

    async def firing(self, incident_id: int, *, most: int, but: Collection[str] = ()) -> list[Firing]:
        """The first alerts of an incident that have not ended, oldest first, without those whose severity is
        one of `but`. In a storm nobody reads them all."""
        rows = await self._connection.rows(
            "SELECT name, starts_ms, labels FROM alerts"
            " WHERE incident_id = :incident_id AND status = 'firing'"
            " AND lower(COALESCE(json_extract(labels, '$.severity'), '')) NOT IN"
            " (SELECT value FROM json_each(:but)) ORDER BY rowid LIMIT :most",
            incident_id=incident_id,
            but=json.dumps(sorted(but)),
            most=most,
        )
        return [_firing(row) for row in rows]

    async def fires(self, incident_id: int, name: str) -> bool:
        """Whether an alert of that name has not ended."""
        row = await self._connection.row(
            "SELECT 1 AS found FROM alerts WHERE incident_id = :incident_id AND status = 'firing'"
            " AND name = :name LIMIT 1",
            incident_id=incident_id,
            name=name,
        )
        return row is not None

    async def alerts_firing(self, incident_id: int) -> int:
        """How many alerts of an incident have not ended."""
        row = await self._connection.row(
            "SELECT COUNT(*) AS count FROM alerts WHERE incident_id = :incident_id AND status = 'firing'",
            incident_id=incident_id,
        )
        return int(row["count"]) if row else 0


def _must_be_ours(touched: int, id: int) -> None:
    if not touched:
        raise Overtaken(f"inbox {id} was claimed anew or worked meanwhile: nothing of this run is kept")


def _firing(row: Row) -> Firing:
    labels = json.loads(row["labels"] or "{}")
    return Firing(row["name"] or labels.get("alertname", "another alert"), row["starts_ms"], labels)


def _accepted(row: Row) -> Accepted:
    return Accepted(row["id"], row["source"], row["body"], row["received_ms"], row["attempts"])
