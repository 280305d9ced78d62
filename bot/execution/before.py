"""May it still run, and what is kept before it does?"""

import json

from bot.approval import check_before_execution
from bot.errors import Refused, ServiceUnavailable
from bot.execution.effects.redis import remediation_client
from bot.execution.evidence import collect
from bot.offer import Offer, digest_now, load, prepare, remediation_of
from bot.pong import Pong
from bot.remediations.plan import RedisSweep, loses_more

SLACK_ANSWERED_WITHIN_MS = 30_000
ASKED_AGAIN_EVERY_S = 2.0


async def check_again(pong: Pong, offer: Offer) -> None:
    """The incident, the people, the runbook, the plan and the server, all as they are now. Raises Refused."""
    roles = await pong.directory.roles(fresh=True)
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
    plan, preview = await prepare(pong, incident, offer.class_name)
    if plan != now.plan:
        raise Refused("The plan would be another one now than what was approved: ask again.")
    if loses_more(preview, now.preview):
        raise Refused("More would be lost now than was approved: ask again, with the new figures.")


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


def _prefix(offer: Offer) -> str:
    return next(step.prefix for step in offer.plan.steps if isinstance(step, RedisSweep))


async def keep_evidence(pong: Pong, offer: Offer) -> str:
    """What the server was like before, as JSON; what could not be read in 10 s is named in it."""
    target = pong.targets.get(offer.plan.target)
    redis = remediation_client(remediation_of(target))
    try:
        evidence = await collect(redis, pong.clock, classes={offer.class_name: _prefix(offer)})
    except ServiceUnavailable as error:
        return json.dumps({"missing": [str(error)]})
    finally:
        await redis.aclose()
    return json.dumps(evidence.facts(), ensure_ascii=False)
