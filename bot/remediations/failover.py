"""What would it mean that a replica takes its primary's place?

Only Sentinels can do that without doing harm.
https://redis.io/docs/latest/operate/oss_and_stack/management/sentinel/
"""

from redis.exceptions import RedisError

from bot.errors import BadInput, Refused, ServiceUnavailable
from bot.remediations.plan import Plan, Preview, RedisCommand, Repeat, Tier, Wait
from bot.remediations.remediation import Prepared, Remediation, Scene, Words
from bot.remediations.trouble import in_words
from bot.targets.endpoint import Sentinels
from bot.targets.sentinel import View, do_agree, views_of
from bot.text import outside

FAILED_OVER_WITHIN_S = 60


async def prepare(scene: Scene, words: Words) -> Prepared:
    group = scene.target.remediation
    if not isinstance(group, Sentinels):
        raise BadInput(
            f"Only Sentinels fail {scene.target.name} over: give REDIS_REMEDIATION_URL their address, "
            "redis+sentinel://user:password@host:26379,host:26379/SERVICE."
        )
    views = await views_of(group)
    sentinel = willing(group, views)
    primary = sentinel.primary
    if primary is None:
        raise ServiceUnavailable(f"No Sentinel names the primary of {group.service}: ping it first.")
    behind_bytes, behind = await _behind(scene)
    says = (
        behind,
        f"{sum(view.is_down for view in views)} of {len(views)} Sentinels cannot reach the primary",
    )
    named = f"{primary[0]}:{primary[1]}"
    return plan(scene, group.service, sentinel=sentinel.sentinel, primary=named), Preview(
        measured_at_ms=scene.clock.now_ms(), behind_bytes=behind_bytes, says=says
    )


def willing(group: Sentinels, views: list[View]) -> View:
    """The first Sentinel that could do it. Raises Refused with why none can. Pure."""
    if not do_agree(views):
        raise Refused("The Sentinels do not agree which server is the primary: mend that first.")
    able = [view for view in views if view.primary and view.can_fail_over]
    if able:
        return able[0]
    # One that counts them says more than one that does not answer.
    told = [view.quorum for view in views if view.quorum] + [view.fault for view in views if view.fault]
    why = outside(told[0], 200) if told else "they do not answer"
    raise Refused(f"The Sentinels of {group.service} cannot fail over now: {why}.")


def plan(scene: Scene, service: str, *, sentinel: str, primary: str) -> Plan:
    """`primary` is host:port of the server that is to be one no longer."""
    again = f"SENTINEL FAILOVER {service} once more, when it has a replica again"
    return Plan(
        remediation="failover",
        title="Fail over to a replica",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.DATA_LOSING,
        steps=(
            RedisCommand(
                arguments=("SENTINEL", "FAILOVER", service),
                at=sentinel,
                undo=f"{again}.",
                # The Sentinels themselves tell whether it came about.
                repeat=Repeat.CHECK,
            ),
            Wait(
                at_most_s=FAILED_OVER_WITHIN_S,
                until=f"another server than {primary} is the primary",
                condition="primary-is-another",
                given=primary,
            ),
        ),
        lost="writes that no replica has got yet; every client is disconnected and asks the Sentinels anew",
        undo=f"Undo: {again}",
        preconditions=("the Sentinels agree", "they reach their quorum"),
        goal="a replica is the primary, and answers",
    )


async def _behind(scene: Scene) -> tuple[int | None, str]:
    """How far the nearest replica is behind, in bytes and in words; None where nobody tells."""
    try:
        info = await scene.redis.info("replication")
    except (RedisError, OSError, Refused) as error:
        why = in_words(error) if not isinstance(error, Refused) else "Pong may not ask"
        return None, f"How far its replicas are behind is not known: {why}"
    offset = int(info.get("master_repl_offset") or 0)
    replicas = [one for name, one in info.items() if name.startswith("slave") and isinstance(one, dict)]
    online = [one for one in replicas if one.get("state") == "online"]
    if not online:
        raise Refused("It has no replica that is online, so there is none to take its place.")
    least = min(offset - int(one.get("offset") or 0) for one in online)
    which = f"The nearest of its {len(online)} replicas" if len(online) > 1 else "Its only replica"
    least = max(0, least)
    return least, f"{which} was {least:,} bytes behind when it last said so (they say it once a second)"


REMEDIATION = Remediation(
    name="failover", takes="", prepare=prepare, words_least=0, words_most=0, needs_redis=False
)
