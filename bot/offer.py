"""How does a plan come to be offered, and what is kept of it until people have decided?"""

import asyncio
import json
import socket
from dataclasses import dataclass, replace
from typing import Any

from bot import timers
from bot.approval import Approval, Ballot, Policy, State, Vote
from bot.clock import Clock
from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.execution.effects.redis import remediation_client
from bot.incident import Incident
from bot.pong import Pong
from bot.remediations import clear_cache
from bot.remediations.plan import Plan, Preview, digest, from_json, to_json
from bot.runbooks.runbook import Allowed
from bot.store.protocol import Row
from bot.store.records import Records
from bot.targets.address import Address
from bot.targets.target import Target
from bot.thread import runbook_of

CLEAR = "clear"
ID_MOST = 2**63 - 1


@dataclass(frozen=True, kw_only=True)
class Offer:
    """A plan with what was measured for it, and who has decided what. `class_name` is the class of key."""

    approval: Approval
    plan: Plan
    preview: Preview
    class_name: str

    @property
    def id(self) -> int:
        return self.approval.id


async def prepare(pong: Pong, incident: Incident, class_name: str) -> tuple[Plan, Preview]:
    """Measure, then plan. Raises BadInput for a class that the runbook does not name, Refused where Pong
    may only look, ServiceUnavailable when the server does not answer."""
    target = pong.targets.get(incident.target or "")
    allowed = runbook_of(pong, incident).allowed.get(CLEAR)
    if allowed is None:
        raise Refused("This incident's runbook allows no clearing.")
    return await cleared(target, remediation_of(target), allowed, class_name, clock=pong.clock)


async def cleared(
    target: Target, address: Address, allowed: Allowed, class_name: str, *, clock: Clock
) -> tuple[Plan, Preview]:
    """What clearing a class at `address` would be. Raises BadInput and ServiceUnavailable."""
    prefix = clear_cache.resolve_class(class_name, allowed.prefixes)
    redis = remediation_client(address)
    try:
        preview = await clear_cache.measure(
            redis, prefix, clock, classes=allowed.prefixes, memory_limit_bytes=target.memory_limit_bytes
        )
    finally:
        await redis.aclose()
    parameters = clear_cache.Parameters(
        target=target.name,
        address=await resolved(address),
        class_name=class_name,
        prefix=prefix,
        lost=allowed.classes[class_name].lost,
        goal_percent=target.thresholds.memory_goal_percent,
    )
    return clear_cache.plan(preview, parameters), preview


def remediation_of(target: Target) -> Address:
    """Where changes go. Raises Refused where Pong may only look."""
    if target.remediation is None:
        raise Refused(
            f"Pong may only look at {target.name}: a change needs REDIS_REMEDIATION_URL "
            "(the README says which rights that user has)."
        )
    return target.remediation


async def resolved(address: Address) -> str:
    """The address with what its name stands for now, so that an approval binds one server."""
    if address.scheme == "unix":
        return str(address)
    try:
        found = await asyncio.get_running_loop().getaddrinfo(
            address.host, address.port, type=socket.SOCK_STREAM
        )
    except OSError as error:
        raise ServiceUnavailable(f"The name {address.host} cannot be resolved: {error.strerror}.") from error
    numeric = sorted({str(entry[4][0]) for entry in found})
    return f"{address} ({', '.join(numeric)})" if numeric != [address.host] else str(address)


def policy(pong: Pong, plan: Plan) -> Policy:
    """How many, how long and from where, as pong.toml has it now."""
    table = pong.settings.approval
    return Policy(
        tier=plan.tier,
        to_approve_ms=timers.minutes(table.to_approve_min),
        to_execute_ms=timers.minutes(table.to_execute_min),
        approvers=pong.settings.people.approvers,
        may_break_glass=False,
    )


def digest_now(pong: Pong, incident: Incident, plan: Plan, preview: Preview) -> str:
    """What an approval of this plan binds, by the runbook and the policy of this moment."""
    return digest(
        plan,
        preview,
        incident_id=incident.id,
        runbook_hash=runbook_of(pong, incident).hash(),
        policy=policy(pong, plan),
    )


async def ask(
    records: Records,
    pong: Pong,
    incident: Incident,
    prepared: tuple[Plan, Preview],
    *,
    by: str,
    class_name: str,
) -> Offer:
    """Keep a new approval, with its expiry."""
    plan, preview = prepared
    now_ms, rules = pong.clock.now_ms(), policy(pong, plan)
    approval = Approval(
        id=0,
        incident_id=incident.id,
        requester=by,
        digest=digest_now(pong, incident, plan, preview),
        policy=rules,
        approve_by_ms=now_ms + rules.to_approve_ms,
        execute_by_ms=now_ms + rules.to_approve_ms + rules.to_execute_ms,
    )
    offer = Offer(approval=approval, plan=plan, preview=preview, class_name=class_name)
    id = await records.approvals.ask(
        incident.id, _facts(offer), requester=by, digest=approval.digest, at_ms=now_ms
    )
    offer = replace(offer, approval=replace(approval, id=id))
    await records.timers.schedule(incident.id, timers.APPROVE_BY, id, due_ms=approval.approve_by_ms)
    return offer


async def load(records: Records, id: int) -> Offer:
    """Raises BadInput when there is none."""
    row = await records.approvals.get(id) if id <= ID_MOST else None
    if row is None:
        raise BadInput("This button is not one of Pong's: use the newest message in the thread.")
    return _offer(row)


async def save(records: Records, offer: Offer) -> None:
    await records.approvals.save(offer.id, state=offer.approval.state, facts=_facts(offer))


async def open_offers(records: Records, incident: Incident) -> list[Offer]:
    """Those that still wait for votes, or for their execution."""
    offers = [_offer(row) for row in await records.approvals.of_incident(incident.id)]
    return [offer for offer in offers if offer.approval.is_open]


def _facts(offer: Offer) -> dict[str, Any]:
    approval = offer.approval
    return {
        "plan": json.loads(to_json(offer.plan)),
        "preview": json.loads(to_json(offer.preview)),
        "policy": json.loads(to_json(approval.policy)),
        "approve_by_ms": approval.approve_by_ms,
        "execute_by_ms": approval.execute_by_ms,
        "on_behalf_of": approval.on_behalf_of,
        "class_name": offer.class_name,
    }


def _offer(row: Row) -> Offer:
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
        class_name=facts["class_name"],
    )
