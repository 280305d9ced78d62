"""What waits for approval, how was it voted on, and how far did its execution come?"""

import json
from collections.abc import Callable
from typing import Any

from bot.store.protocol import Connection, Row
from bot.text import redacted

# What people typed: the report takes it from here.
_SAID = ("why",)


class ApprovalRecords:
    """Approvals and executions as plain facts; approval.py and execution/ know what they mean."""

    def __init__(self, connection: Connection, *, redact: Callable[[str], str]) -> None:
        self._connection = connection
        self._redact = redact

    async def ask(
        self, incident_id: int, facts: dict[str, Any], *, requester: str, digest: str, at_ms: int
    ) -> int:
        """Keep a new approval, `pending`; its id."""
        safe = {name: redacted(of, self._redact) if name in _SAID else of for name, of in facts.items()}
        row = await self._connection.row(
            "INSERT INTO approvals (incident_id, requester, state, digest, facts, created_ms)"
            " VALUES (:incident_id, :requester, 'pending', :digest, :facts, :at_ms) RETURNING id",
            incident_id=incident_id,
            requester=requester,
            digest=digest,
            facts=json.dumps(safe, ensure_ascii=False),
            at_ms=at_ms,
        )
        return int(row["id"]) if row else 0

    async def get(self, id: int) -> Row | None:
        """Its columns, with `facts` read and `votes`: a list of {voter, vote, digest, at_ms}."""
        row = await self._connection.row("SELECT * FROM approvals WHERE id = :id", id=id)
        if row is None:
            return None
        votes = await self._connection.rows(
            "SELECT voter, vote, digest, at_ms FROM votes WHERE approval_id = :id ORDER BY at_ms, voter",
            id=id,
        )
        return row | {"facts": json.loads(row["facts"]), "votes": votes}

    async def of_incident(self, incident_id: int) -> list[Row]:
        rows = await self._connection.rows(
            "SELECT id FROM approvals WHERE incident_id = :incident_id ORDER BY id", incident_id=incident_id
        )
        found = [await self.get(row["id"]) for row in rows]
        return [row for row in found if row]

    async def save(self, id: int, *, state: str, facts: dict[str, Any]) -> None:
        await self._connection.run(
            "UPDATE approvals SET state = :state, facts = :facts WHERE id = :id",
            id=id,
            state=state,
            facts=json.dumps(facts, ensure_ascii=False),
        )

    async def vote(self, id: int, *, voter: str, vote: str, digest: str, at_ms: int) -> bool:
        """Keep a vote; False when this person has voted on it before."""
        touched = await self._connection.run(
            "INSERT INTO votes (approval_id, voter, vote, digest, at_ms)"
            " VALUES (:id, :voter, :vote, :digest, :at_ms)"
            " ON CONFLICT (approval_id, voter) DO NOTHING",
            id=id,
            voter=voter,
            vote=vote,
            digest=digest,
            at_ms=at_ms,
        )
        return touched == 1

    # -- executions -------------------------------------------------------------------------------

    async def make_ready(self, approval_id: int) -> bool:
        """Let an approval be executed; False when it was already: one approval, one execution."""
        touched = await self._connection.run(
            "INSERT INTO executions (approval_id, state) VALUES (:approval_id, 'ready')"
            " ON CONFLICT (approval_id) DO NOTHING",
            approval_id=approval_id,
        )
        return touched == 1

    async def has_work(self, *, now_ms: int) -> bool:
        """Whether there is an execution to claim."""
        row = await self._connection.row(
            "SELECT id FROM executions WHERE state IN ('ready', 'executing')"
            " AND (state = 'ready' OR lease_ms <= :now_ms) LIMIT 1",
            now_ms=now_ms,
        )
        return row is not None

    async def claim_execution(self, *, owner: str, now_ms: int, lease_ms: int) -> Row | None:
        """An execution to carry out, for this engine alone while it renews its lease: one that is ready,
        or one whose engine died. {id, approval_id, state, fence, …}; state is what it was before."""
        row = await self._connection.row(
            "SELECT id, state FROM executions WHERE state IN ('ready', 'executing')"
            " AND (state = 'ready' OR lease_ms <= :now_ms) ORDER BY id LIMIT 1",
            now_ms=now_ms,
        )
        if row is None:
            return None
        claimed = await self._connection.row(
            "UPDATE executions SET state = 'executing', owner = :owner, lease_ms = :until_ms,"
            " fence = fence + 1 WHERE id = :id AND state = :state AND lease_ms <= :now_ms"
            " RETURNING id, approval_id, fence, stop_asked_by, result",
            id=row["id"],
            state=row["state"],
            owner=owner,
            now_ms=now_ms,
            until_ms=now_ms + lease_ms,
        )
        return claimed | {"was": row["state"]} if claimed else None

    async def renew_execution(self, id: int, fence: int, *, until_ms: int) -> bool:
        touched = await self._connection.run(
            "UPDATE executions SET lease_ms = :until_ms"
            " WHERE id = :id AND fence = :fence AND state = 'executing'",
            id=id,
            fence=fence,
            until_ms=until_ms,
        )
        return touched == 1

    async def begin_execution(self, id: int, *, at_ms: int) -> None:
        """Keep when its first effect was intended."""
        await self._connection.run(
            "UPDATE executions SET begun_ms = :at_ms WHERE id = :id", id=id, at_ms=at_ms
        )

    async def begun_since(self, target: str, tier: str, *, since_ms: int) -> list[int]:
        """When plans of `tier` began on `target` after `since_ms`, oldest first, in ms since 1970;
        but for those that are known to have deleted nothing."""
        rows = await self._connection.rows(
            "SELECT e.begun_ms, e.state, e.result, a.facts FROM executions e"
            " JOIN approvals a ON a.id = e.approval_id"
            " WHERE e.begun_ms > :since_ms ORDER BY e.begun_ms",
            since_ms=since_ms,
        )
        lossy = [row for row in rows if not _lost_nothing(row)]
        plans = [(row["begun_ms"], json.loads(row["facts"])["plan"]) for row in lossy]
        return [at_ms for at_ms, plan in plans if plan["target"] == target and plan["tier"] == tier]

    async def steps_done_on(self, target: str, remediation: str) -> list[Row]:
        """The steps, as their plans have them, of `remediation` that were done on `target`, oldest first;
        also those of which a person said so."""
        rows = await self._connection.rows(
            # Named as the index over them names them, or it would not be used.
            "SELECT a.facts, s.n FROM approvals a JOIN executions e ON e.approval_id = a.id"
            " JOIN steps s ON s.execution_id = e.id"
            " WHERE json_extract(a.facts, '$.plan.remediation') = :remediation"
            " AND json_extract(a.facts, '$.plan.target') = :target"
            " AND (s.state = 'done' OR e.state = 'succeeded') ORDER BY e.begun_ms, e.id, s.n",
            target=target,
            remediation=remediation,
        )
        return [json.loads(row["facts"])["plan"]["steps"][row["n"]] for row in rows]

    async def release_executions(self) -> None:
        """After a start: the last process's leases are void."""
        await self._connection.run("UPDATE executions SET lease_ms = 0 WHERE state IN ('ready', 'executing')")

    async def execution_of(self, approval_id: int) -> Row | None:
        return await self._connection.row(
            "SELECT * FROM executions WHERE approval_id = :approval_id", approval_id=approval_id
        )

    async def is_running(self, incident_id: int) -> bool:
        """Whether a plan of this incident is ready to run, or runs."""
        row = await self._connection.row(
            "SELECT e.id FROM executions e JOIN approvals a ON a.id = e.approval_id"
            " WHERE a.incident_id = :incident_id AND e.state IN ('ready', 'executing')",
            incident_id=incident_id,
        )
        return row is not None

    async def has_begun(self, incident_id: int) -> bool:
        """Whether a plan of this incident is past its last check, and not at its end."""
        row = await self._connection.row(
            "SELECT e.id FROM executions e JOIN approvals a ON a.id = e.approval_id"
            " WHERE a.incident_id = :incident_id AND a.state = 'used' AND e.state = 'executing'",
            incident_id=incident_id,
        )
        return row is not None

    async def ask_to_stop(self, approval_id: int, by: str) -> bool:
        """Whether it was running and nobody had asked before."""
        touched = await self._connection.run(
            "UPDATE executions SET stop_asked_by = :by WHERE approval_id = :approval_id"
            " AND state IN ('ready', 'executing') AND stop_asked_by IS NULL",
            approval_id=approval_id,
            by=by,
        )
        return touched == 1

    async def stop_asked_by(self, execution_id: int) -> str | None:
        row = await self._connection.row(
            "SELECT stop_asked_by FROM executions WHERE id = :id", id=execution_id
        )
        return row["stop_asked_by"] if row else None

    async def finish_execution(self, id: int, fence: int, *, state: str, result: dict[str, Any]) -> bool:
        """succeeded, failed or unknown; False when the lease was lost."""
        touched = await self._connection.run(
            "UPDATE executions SET state = :state, result = :result WHERE id = :id AND fence = :fence"
            " AND state = 'executing'",
            id=id,
            fence=fence,
            state=state,
            result=json.dumps(result, ensure_ascii=False),
        )
        return touched == 1

    async def settle_execution(self, approval_id: int, *, state: str) -> bool:
        """What a person says of an unknown outcome; False when it is not unknown."""
        touched = await self._connection.run(
            "UPDATE executions SET state = :state WHERE approval_id = :approval_id AND state = 'unknown'",
            approval_id=approval_id,
            state=state,
        )
        return touched == 1

    async def keep_step(self, execution_id: int, n: int, *, state: str, **kept: str | None) -> None:
        """Keep how far step `n` has come: cursor, evidence and detail stay when they are not given."""
        await self._connection.run(
            "INSERT INTO steps (execution_id, n, state, cursor, evidence, detail)"
            " VALUES (:execution_id, :n, :state, :cursor, :evidence, :detail)"
            " ON CONFLICT (execution_id, n) DO UPDATE SET state = excluded.state,"
            " cursor = COALESCE(excluded.cursor, steps.cursor),"
            " evidence = COALESCE(excluded.evidence, steps.evidence),"
            " detail = COALESCE(excluded.detail, steps.detail)",
            execution_id=execution_id,
            n=n,
            state=state,
            **({"cursor": None, "evidence": None, "detail": None} | kept),
        )

    async def steps(self, execution_id: int) -> list[Row]:
        return await self._connection.rows(
            "SELECT n, state, cursor, evidence, detail FROM steps"
            " WHERE execution_id = :execution_id ORDER BY n",
            execution_id=execution_id,
        )


def _lost_nothing(row: Row) -> bool:
    """Of an execution with its approval's facts: it has ended, it only deletes, and it counted none."""
    if row["state"] not in ("succeeded", "failed") or not row["result"]:
        return False
    steps = json.loads(row["facts"])["plan"]["steps"]
    only_deletes = all(step["kind"] == "redis-sweep" for step in steps)
    return only_deletes and json.loads(row["result"]).get("deleted") == 0
