"""What would it mean to let Cloudflare guard the application more, or less again?

The runbook's step 21: while Redis is down nothing limits anybody.
https://developers.cloudflare.com/fundamentals/reference/under-attack-mode/
"""

from bot.errors import BadInput, ServiceUnavailable
from bot.providers.cloudflare import LEVELS, Zone
from bot.remediations import change
from bot.remediations.change import Change
from bot.remediations.plan import HttpCall, Plan, Preview, Repeat, Tier, Wait
from bot.remediations.remediation import Prepared, Scene

SET_WITHIN_S = 60


async def prepare_level(scene: Scene, zone: Zone, word: str) -> Prepared:
    level = await zone.level(scene.http)
    if level is None:
        raise ServiceUnavailable("Cloudflare does not tell the zone's security level, so it is not changed.")
    if level == word:
        raise BadInput(f"The zone's security level is {word} already.")
    preview = Preview(measured_at_ms=scene.clock.now_ms(), says=(f"The security level is {level} now",))
    return plan(scene, zone.level_path, old=level, new=word), preview


def plan(scene: Scene, path: str, *, old: str, new: str) -> Plan:
    back = (
        f"/redis protect {old} {scene.target.name}" if old in LEVELS[1:] else f"set it to {old} at Cloudflare"
    )
    price = "every visitor waits some seconds for a check, and programs that call the API may not pass it"
    return Plan(
        remediation="protect",
        title=f"Cloudflare security level {new}",
        target=scene.target.name,
        address=scene.address,
        tier=Tier.REVERSIBLE,
        steps=(
            HttpCall(
                service="Cloudflare",
                method="PATCH",
                path=path,
                undo=f"{back}.",
                repeat=Repeat.HARMLESS,
                fields=(("value", new),),
                changes=Change(change.LEVEL, old, new),
            ),
            Wait(
                at_most_s=SET_WITHIN_S,
                until=f"the security level is {new}",
                condition="security-level-is",
                given=new,
            ),
        ),
        lost=price if new == LEVELS[-1] else "nothing",
        undo=f"Undo: {back}",
        preconditions=(f"the security level is {old}",),
        goal=f"the security level is {new}",
    )
