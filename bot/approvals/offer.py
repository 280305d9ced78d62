"""How does a plan come to be offered, and what is kept of it until people have decided?"""

import json
from contextlib import suppress
from dataclasses import dataclass, replace
from typing import Any

from bot import timers
from bot.approvals.approval import Approval, Ballot, Policy, State, Vote
from bot.approvals.why import Why
from bot.config.tables import ApprovalTable
from bot.errors import BadInput, Unread
from bot.incident import Incident
from bot.pong import Pong
from bot.remediations.digest import digest, from_json, to_json
from bot.remediations.plan import Plan, Preview
from bot.remediations.remediation import Words
from bot.store.protocol import Row
from bot.store.records import Records
from bot.thread import runbook_of

ID_MOST = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A plan with what was measured for it, who has decided what, and with which words and why it was asked
    for."""

    approval: Approval
    plan: Plan
    preview: Preview
    words: Words
    why: Why

    @property
    def id(self) -> int:
        return self.approval.id


def policy(pong: Pong, incident: Incident, plan: Plan) -> Policy:
    """How many, how long and from where, as the runbook and pong.toml have it now."""
    table, allowed = pong.settings.approval, runbook_of(pong, incident).allowed.get(plan.remediation)
    return Policy(
        tier=plan.tier,
        by_approvers=plan.by_approvers or allowed is None or allowed.role == "approver",
        need=max(plan.least_approvals, table.need.get(plan.remediation, 1)),
        to_approve_ms=timers.minutes(table.to_approve_min),
        to_execute_ms=timers.minutes(table.to_execute_min),
        approvers=pong.settings.people.approvers,
        may_break_glass=_may_break_glass(table, plan),
        glass_delay_ms=timers.minutes(table.break_glass_delay_min),
    )


def _may_break_glass(table: ApprovalTable, plan: Plan) -> bool:
    """Never for what two people have to agree to, or to type."""
    return plan.remediation in table.break_glass and plan.least_approvals == 1 and not plan.must_type


def digest_now(pong: Pong, incident: Incident, plan: Plan, preview: Preview) -> str:
    """What an approval of this plan binds, by the runbook and the policy of this moment."""
    return digest(
        plan,
        preview,
        incident_id=incident.id,
        runbook_hash=runbook_of(pong, incident).hash(),
        policy=policy(pong, incident, plan),
    )


async def ask(
    records: Records,
    pong: Pong,
    incident: Incident,
    prepared: tuple[Plan, Preview],
    *,
    by: str,
    words: Words,
    why: Why,
) -> Offer:
    """Keep a new approval, with its expiry."""
    offer = drafted(pong, incident, prepared, by=by, words=words, why=why)
    approval = offer.approval
    id = await records.approvals.ask(
        incident.id, _facts(offer), requester=by, digest=approval.digest, at_ms=pong.clock.now_ms()
    )
    offer = replace(offer, approval=replace(approval, id=id))
    await records.timers.schedule(incident.id, timers.APPROVE_BY, id, due_ms=approval.approve_by_ms)
    return offer


def drafted(
    pong: Pong, incident: Incident, prepared: tuple[Plan, Preview], *, by: str, words: Words, why: Why
) -> Offer:
    """What `ask` would keep; its id is 0."""
    plan, preview = prepared
    now_ms, rules = pong.clock.now_ms(), policy(pong, incident, plan)
    approval = Approval(
        id=0,
        incident_id=incident.id,
        requester=by,
        digest=digest_now(pong, incident, plan, preview),
        policy=rules,
        approve_by_ms=now_ms + rules.to_approve_ms,
        execute_by_ms=now_ms + rules.to_approve_ms + rules.to_execute_ms,
    )
    return Offer(approval=approval, plan=plan, preview=preview, words=words, why=why)


@dataclass(frozen=True, kw_only=True)
class Unknown:
    """A plan of which nobody knows whether it ran: what it was, also where its steps cannot be read."""

    remediation: str
    title: str
    words: Words


async def load(records: Records, id: int) -> Offer:
    """Raises BadInput when there is none, Unread when another version of Pong kept it."""
    row = await records.approvals.get(id) if id <= ID_MOST else None
    if row is None:
        raise BadInput("This button is not one of Pong's: use the newest message in the thread.")
    return _offer(row)


async def save(records: Records, offer: Offer) -> None:
    await records.approvals.save(offer.id, state=offer.approval.state, facts=_facts(offer))


async def open_offers(records: Records, incident: Incident) -> list[Offer]:
    """Those that still wait for votes, or for their execution; what cannot be read can never run."""
    offers = []
    for row in await records.approvals.of_incident(incident.id):
        with suppress(Unread):
            offers.append(_offer(row))
    return [offer for offer in offers if offer.approval.is_open]


async def unknown_offers(records: Records, incident: Incident) -> list[Unknown]:
    """Those of which nobody knows whether they ran, and nobody has said it."""
    rows = await records.approvals.of_incident(incident.id)
    executions = [await records.approvals.execution_of(row["id"]) for row in rows]
    pairs = zip(rows, executions, strict=True)
    facts = [row["facts"] for row, execution in pairs if execution and execution["state"] == "unknown"]
    return [_unknown(one) for one in facts]


def _facts(offer: Offer) -> dict[str, Any]:
    approval = offer.approval
    return {
        "plan": json.loads(to_json(offer.plan)),
        "preview": json.loads(to_json(offer.preview)),
        "policy": json.loads(to_json(approval.policy)),
        "approve_by_ms": approval.approve_by_ms,
        "execute_by_ms": approval.execute_by_ms,
        "on_behalf_of": approval.on_behalf_of,
        "words": list(offer.words),
        "why": json.loads(to_json(offer.why)),
    }


def _unknown(facts: dict[str, Any]) -> Unknown:
    plan = facts["plan"]
    return Unknown(remediation=plan["remediation"], title=plan["title"], words=tuple(facts["words"]))


def _offer(row: Row) -> Offer:
    """Raises Unread for what is no whole plan here."""
    try:
        return _whole(row)
    except (BadInput, KeyError, ValueError):
        raise Unread(
            "Another version of Pong kept this plan, and this one cannot read it: ask again if it is needed."
        ) from None


def _whole(row: Row) -> Offer:
    facts = row["facts"]
    approval = Approval(
        id=row["id"],
        incident_id=row["incident_id"],
        requester=row["requester"],
        digest=row["digest"],
        policy=from_json(Policy, json.dumps(facts["policy"])),
        approve_by_ms=facts["approve_by_ms"],
        execute_by_ms=facts["execute_by_ms"],
        on_behalf_of=facts["on_behalf_of"],
        state=State(row["state"]),
        ballots=tuple(
            Ballot(
                voter=vote["voter"],
                vote=Vote(vote["vote"]),
                digest_prefix=vote["digest"],
                at_ms=vote["at_ms"],
            )
            for vote in row["votes"]
        ),
    )
    return Offer(
        approval=approval,
        plan=from_json(Plan, json.dumps(facts["plan"])),
        preview=from_json(Preview, json.dumps(facts["preview"])),
        words=tuple(facts["words"]),
        why=from_json(Why, json.dumps(facts.get("why") or {})),
    )
