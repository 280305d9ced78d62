"""May it still run, and what is kept before it does?"""

import json
from dataclasses import replace
from typing import Any

from redis.exceptions import RedisError

from bot.approvals.approval import check_before_execution
from bot.approvals.offer import Offer, digest_now, load
from bot.approvals.prepare import prepare, servers_to_change
from bot.errors import BadInput, Refused, ServiceUnavailable, Unchecked
from bot.execution.effects.redis import remediation_client
from bot.execution.evidence import collect
from bot.incident import Incident
from bot.pong import Pong
from bot.remediations.compared import is_another, is_met_already, loses_more
from bot.remediations.plan import RedisSweep
from bot.standing import fallback
from bot.store.protocol import Row
from bot.targets.address import Address
from bot.targets.primary import servers_of
from bot.targets.rest import Rest
from bot.tasks import closed

SLACK_ANSWERED_WITHIN_MS = 30_000
ASKED_AGAIN_EVERY_S = 2.0
# Slack tells who is in a group some twenty times a minute.
PEOPLE_ASKED_AGAIN_EVERY_S = 10.0
RESUMED_WITHIN_MS = 10 * 60_000


async def check_again(pong: Pong, offer: Offer) -> None:
    """The incident, the people, the runbook, the plan and the server, all as they are now. Raises Refused."""
    incident, now = await _approved_still(pong, offer)
    plan, preview = await prepare(pong, incident, now.plan.remediation, now.words)
    if is_another(plan, now.plan):
        raise Refused("The plan would be another one now than what was approved: ask again.")
    if loses_more(preview, now.preview):
        raise Refused("More would be lost now than was approved: ask again, with the new figures.")
    if is_met_already(plan, preview, now.preview):
        raise Refused(
            f"Memory is at {preview.memory_before_percent:g} % by now, under the goal of "
            f"{plan.memory_goal_percent:g} %, so it is not needed any more."
        )


async def _approved_still(pong: Pong, offer: Offer) -> tuple[Incident, Offer]:
    """Those who voted are asked about again while nobody tells who they are, as long as the approval holds:
    a lost answer does not use it up. Raises Refused."""
    while True:
        try:
            return await _approved_now(pong, offer)
        except Unchecked:
            next_ms = pong.clock.now_ms() + PEOPLE_ASKED_AGAIN_EVERY_S * 1000
            if next_ms >= offer.approval.execute_by_ms:
                raise
        await pong.clock.sleep(PEOPLE_ASKED_AGAIN_EVERY_S)


async def _approved_now(pong: Pong, offer: Offer) -> tuple[Incident, Offer]:
    voters = {ballot.voter for ballot in offer.approval.ballots}
    roles = await pong.directory.roles(voters, fresh=True)
    incident = await pong.store.read(lambda records: records.incidents.get(offer.approval.incident_id))
    if incident is None:
        raise Refused("The incident is gone, so nothing runs.")
    now = await pong.store.read(lambda records: load(records, offer.id))
    check_before_execution(
        now.approval,
        roles,
        digest_now=digest_now(pong, incident, now.plan, now.preview),
        at_ms=pong.clock.now_ms(),
        is_incident_open=incident.is_open,
    )
    return incident, now


async def check_resumption(pong: Pong, offer: Offer, row: Row, *, deleted: int, run_id: str | None) -> None:
    """Whether a begun step may go on by itself after its engine died: it is the same hour, the same incident
    and the same server, and no more is lost than was approved. Raises Refused."""
    begun_ms = row["begun_ms"]
    if begun_ms is not None and pong.clock.now_ms() - begun_ms > RESUMED_WITHIN_MS:
        minutes = RESUMED_WITHIN_MS // 60_000
        raise Refused(f"Pong was away, and it began over {minutes} min ago: it does not go on by itself")
    incident = await pong.store.read(lambda records: records.incidents.get(offer.approval.incident_id))
    if incident is None or not incident.is_open:
        raise Refused("Pong was away, and the incident was resolved meanwhile")
    if not any(isinstance(step, RedisSweep) for step in offer.plan.steps):
        return
    if run_id is not None and await _run_id(pong, offer) not in (run_id, None):
        raise Refused("Pong was away, and the server was restarted or replaced meanwhile")
    try:
        plan, preview = await prepare(pong, incident, offer.plan.remediation, offer.words)
    except BadInput:
        return  # nothing is left to delete
    if is_another(plan, offer.plan):
        raise Refused("Pong was away, and the plan would be another one now")
    if loses_more(replace(preview, keys=preview.keys + deleted), offer.preview):
        raise Refused("Pong was away, and more would be lost now than was approved")


async def _run_id(pong: Pong, offer: Offer) -> str | None:
    servers = await servers_to_change(pong.targets.get(offer.plan.target))
    if len(servers) > 1:
        return None
    redis = remediation_client(servers[0])
    try:
        return str((await redis.info("server")).get("run_id"))
    except (RedisError, OSError):
        return None
    finally:
        await closed(redis)


async def slack_is_there(pong: Pong, *, until_ms: int) -> None:
    """Wait until Slack has answered within the last 30 s, so that the Stop button works. Raises Refused at
    `until_ms`, when the approval ends."""
    while True:
        now_ms = pong.clock.now_ms()
        answered_ms = pong.slack.answered_ms
        if answered_ms is not None and now_ms - answered_ms <= SLACK_ANSWERED_WITHIN_MS:
            return
        if now_ms >= until_ms:
            raise Refused(
                "Slack did not answer until the approval ended, so Stop would not have worked: ask again."
            )
        if not await pong.slack.ask():
            await pong.clock.sleep(ASKED_AGAIN_EVERY_S)


async def keep_evidence(pong: Pong, offer: Offer) -> str:
    """What the server was like before, as JSON; what could not be read in 10 s is named in it."""
    if offer.plan.remediation == fallback.NAME:
        # It changes nothing in the Redis, and a frozen one would keep it waiting.
        return json.dumps({"missing": ["the plan changes nothing in Redis, so it was not asked"]})
    target = pong.targets.get(offer.plan.target)
    endpoint = target.remediation or target.address
    if isinstance(endpoint, Rest):
        return json.dumps({"missing": [f"{target.name} is a REST API, which tells none of it"]})
    try:
        servers = await servers_of(endpoint)
        each = [await _evidence_of(pong, offer, server) for server in servers]
    except ServiceUnavailable as error:
        return json.dumps({"missing": [str(error)]})
    whole = each[0] if len(each) == 1 else {"servers": dict(zip(map(str, servers), each, strict=True))}
    return json.dumps(whole, ensure_ascii=False)


async def _evidence_of(pong: Pong, offer: Offer, server: Address) -> dict[str, Any]:
    redis = remediation_client(server)
    try:
        return (await collect(redis, pong.clock, classes=_classes(offer))).facts()
    except ServiceUnavailable as error:
        return {"missing": [str(error)]}
    finally:
        await closed(redis)


def _classes(offer: Offer) -> dict[str, str]:
    """The classes of key that the plan deletes, name -> prefix."""
    prefixes = [step.prefix for step in offer.plan.steps if isinstance(step, RedisSweep)]
    return {offer.words[0]: prefixes[0]} if prefixes else {}
