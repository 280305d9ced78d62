"""Which incidents are there?"""

import json
from collections.abc import Callable
from dataclasses import asdict, fields, replace
from typing import Any

from bot.incident import BY_HAND, DRILL, AlertState, Conclusion, Incident, Status
from bot.store.protocol import Connection, Row

_FIELDS = {field.name for field in fields(Incident)}
# What people typed and others said of themselves: the report takes it from here.
_SAID = (
    "acknowledged_as",
    "alert_name",
    "alert_about",
    "on_call_there",
    "status_said",
    "action",
    "eta",
    "platform",
    "outcome",
    "root_cause",
    "fix",
)


class IncidentRecords:
    def __init__(self, connection: Connection, *, redact: Callable[[str], str]) -> None:
        self._connection = connection
        self._redact = redact

    async def open(self, incident: Incident) -> Incident:
        """Keep a new incident; it comes back with its number."""
        row = await self._connection.row(
            "INSERT INTO incidents (runbook, target, status, opened_ms, version, facts)"
            " VALUES (:runbook, :target, :status, :opened_ms, 0, '{}') RETURNING id",
            runbook=incident.runbook,
            target=incident.target or "",
            status=incident.status,
            opened_ms=incident.opened_ms,
        )
        assert row is not None  # noqa: S101 - INSERT … RETURNING gives a row or raises
        return await self.save(replace(incident, id=int(row["id"])))

    async def save(self, incident: Incident) -> Incident:
        """Keep what has become of an incident; it comes back with its new version."""
        said: dict[str, Any] = {
            name: self._redact(text) for name in _SAID if (text := getattr(incident, name))
        }
        concluded = tuple(self._redacted(one) for one in incident.concluded)
        saved = replace(incident, version=incident.version + 1, concluded=concluded, **said)
        await self._connection.run(
            "UPDATE incidents SET target = :target, status = :status, resolved_ms = :resolved_ms,"
            " version = :version, facts = :facts WHERE id = :id",
            id=saved.id,
            target=saved.target or "",
            status=saved.status,
            resolved_ms=saved.resolved_ms,
            version=saved.version,
            facts=json.dumps(asdict(saved), ensure_ascii=False),
        )
        return saved

    def _redacted(self, one: Conclusion) -> Conclusion:
        return replace(one, root_cause=self._redact(one.root_cause), fix=self._redact(one.fix))

    async def get(self, id: int) -> Incident | None:
        return _one(await self._connection.row("SELECT facts FROM incidents WHERE id = :id", id=id))

    async def open_for(self, runbook: str, target: str | None) -> Incident | None:
        """The open incident of a target under a runbook."""
        row = await self._connection.row(
            "SELECT facts FROM incidents"
            " WHERE runbook = :runbook AND target = :target AND status <> 'resolved'",
            runbook=runbook,
            target=target or "",
        )
        return _one(row)

    async def open_on(self, target: str) -> Incident | None:
        """The newest open incident of a target, whatever its runbook."""
        row = await self._connection.row(
            "SELECT facts FROM incidents WHERE target = :target AND status <> 'resolved'"
            " ORDER BY id DESC LIMIT 1",
            target=target,
        )
        return _one(row)

    async def last_for(self, runbook: str, target: str | None) -> Incident | None:
        """The newest incident of a target under a runbook, open or not."""
        row = await self._connection.row(
            "SELECT facts FROM incidents WHERE runbook = :runbook AND target = :target"
            " ORDER BY id DESC LIMIT 1",
            runbook=runbook,
            target=target or "",
        )
        return _one(row)

    async def all_open(self) -> list[Incident]:
        rows = await self._connection.rows(
            "SELECT facts FROM incidents WHERE status <> 'resolved' ORDER BY id"
        )
        return [_incident(row) for row in rows]

    async def newest(self, most: int) -> list[Incident]:
        rows = await self._connection.rows(
            "SELECT facts FROM incidents ORDER BY id DESC LIMIT :most", most=most
        )
        return [_incident(row) for row in rows]

    async def opened_since(self, since_ms: int) -> int:
        """By alerts: what people open themselves is no storm."""
        row = await self._connection.row(
            "SELECT COUNT(*) AS n FROM incidents WHERE opened_ms > :since_ms"
            " AND json_extract(facts, '$.source') NOT IN (:by_hand, :drill)",
            since_ms=since_ms,
            by_hand=BY_HAND,
            drill=DRILL,
        )
        return int(row["n"]) if row else 0

    async def oldest_of_last_ms(self, most: int) -> int | None:
        """When the oldest of the last `most` was opened, ms; by alerts only. None where there are fewer."""
        row = await self._connection.row(
            "SELECT opened_ms FROM incidents WHERE json_extract(facts, '$.source') NOT IN (:by_hand, :drill)"
            " ORDER BY opened_ms DESC LIMIT 1 OFFSET :newer",
            by_hand=BY_HAND,
            drill=DRILL,
            newer=most - 1,
        )
        return int(row["opened_ms"]) if row else None

    async def keep_finding(self, incident_id: int, kind: str, facts: dict[str, Any], *, at_ms: int) -> int:
        """Keep the answer to a diagnostic question; its number. `incident_id` 0 is for no incident."""
        row = await self._connection.row(
            "INSERT INTO findings (incident_id, at_ms, kind, facts)"
            " VALUES (:incident_id, :at_ms, :kind, :facts) RETURNING id",
            incident_id=incident_id,
            at_ms=at_ms,
            kind=kind,
            facts=self._redact(json.dumps(facts, ensure_ascii=False)),
        )
        assert row is not None  # noqa: S101 - SQL promises it
        return int(row["id"])

    async def finding(self, number: int) -> dict[str, Any] | None:
        """One kept answer: {at_ms, kind, facts}; None when there is none."""
        row = await self._connection.row(
            "SELECT at_ms, kind, facts FROM findings WHERE id = :number", number=number
        )
        return row | {"facts": json.loads(row["facts"])} if row else None

    async def findings(self, incident_id: int) -> list[dict[str, Any]]:
        """All kept answers, oldest first: {at_ms, kind, facts}."""
        rows = await self._connection.rows(
            "SELECT at_ms, kind, facts FROM findings WHERE incident_id = :incident_id ORDER BY id",
            incident_id=incident_id,
        )
        return [row | {"facts": json.loads(row["facts"])} for row in rows]


def _one(row: Row | None) -> Incident | None:
    return _incident(row) if row else None


def _incident(row: Row) -> Incident:
    facts = {name: value for name, value in json.loads(row["facts"]).items() if name in _FIELDS}
    facts["status"] = Status(facts["status"])
    facts["alert"] = AlertState(facts["alert"])
    facts["refires"] = tuple((name, at_ms) for name, at_ms in facts.get("refires", ()))
    facts["on_call_called"] = tuple(facts.get("on_call_called", ()))
    facts["concluded"] = tuple(Conclusion(**one) for one in facts.get("concluded", ()))
    return Incident(**facts)
